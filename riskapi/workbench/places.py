"""Where in its file a field of a rule stands. Enters: a rule and a field. Leaves: `file:line`, as an editor opens it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from riskapi.rules import Rule
from riskapi.rules.source import Source, read_source
from riskapi.workbench.conditions import Field


class Places:
    """Reads each file once, when a place in it is first asked for; `folder` is that of the rule book."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._source = cache(self._read)

    def line(self, rule: Rule, field: Field) -> int:
        """The line of the field, or of the rule where the field has none of its own."""
        source = self._source(rule.file)
        rules = source.data["rules"] if isinstance(source.data, dict) else []
        for index, item in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(item, dict) and item.get("id") == rule.id:
                return source.places.get(("rules", index, *field), (rule.line, 1))[0]
        return rule.line

    def shown(self, rule: Rule, field: Field) -> str:
        """`us/us.law.yaml:12`."""
        return f"{rule.file}:{self.line(rule, field)}"

    def _read(self, file: str) -> Source:
        inside = self.folder / file
        return read_source(inside if inside.is_file() else Path(file), file)
