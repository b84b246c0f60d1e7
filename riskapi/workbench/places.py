"""Where in its file a field of a rule or an instrument stands: a path of keys in, a line out, as an editor opens it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from riskapi.rules import Instrument, Rule
from riskapi.rules.source import Path_, Source, read_source
from riskapi.rules.tables import Reading, expanded


class Places:
    """Reads each file once, when a place in it is first asked for; `folder` is that of the rule book."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._source = cache(self._read)

    def line(self, rule: Rule, field: Path_) -> int:
        """The line of a field of the rule, or of what encloses it where the field has none of its own."""
        source = self._source(rule.file)
        rules = source.data.get("rules") if isinstance(source.data, dict) else None
        for index, item in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(item, dict) and rule.id in (item.get("id"), item.get("overrides")):
                return source.line_here(("rules", index, *field))
        return rule.line

    def line_of_head(self, instrument: Instrument, field: Path_) -> int:
        """The line of a field of the instrument itself."""
        return self._source(instrument.file).place(field)[0]

    def shown(self, rule: Rule, field: Path_) -> str:
        """`us/us.law.yaml:12`."""
        return f"{rule.file}:{self.line(rule, field)}"

    def _read(self, file: str) -> Source:
        inside = self.folder / file
        path = inside if inside.is_file() else Path(file)
        return expanded(read_source(path, file), Reading(folder=path.parent, vocabulary=None)).source
