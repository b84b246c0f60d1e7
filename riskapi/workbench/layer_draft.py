"""A first draft of a layer's change of a rule below: the rule and what is wanted in, the text of a file out.

For a rule that is to be replaced, its lines are copied as they stand in its file, comments and all, so that the author only
changes what he sees otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from riskapi.errors import Problem, RequestError
from riskapi.rules import Rule
from riskapi.rules.book import ChangeKind
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.source import read_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is wanted of the rule; `file` is where its text stands, `reason` may still be empty."""

    kind: ChangeKind
    rule: Rule
    file: Path
    today: date
    points: float | None = None
    reason: str | None = None


def draft_text(change: Change) -> str:
    """A whole file that extends the instrument; raises `RequestError` where a rule's text cannot be copied."""
    head = f"extends: {change.rule.instrument.id}\n"
    if change.kind is ChangeKind.OVERRIDES:
        head += f"checked:\n  on: {change.today}\n  how:{_remark('what you read, and what you could not read')}"
        head += f"confidence:{_remark('high | medium | low')}rules:\n"
    else:
        head += f"{change.kind.value}:\n"
    return head + entry_text(change)


def entry_text(change: Change) -> str:
    """Only the entry, to be pasted below `rules:`, `points:` or `disables:` of a file that is there."""
    if change.kind is ChangeKind.OVERRIDES:
        return "\n".join(_copied(change)) + "\n"
    lines = [f"  - rule: {change.rule.id}", f"    of: {fingerprint(change.rule)}"]
    if change.kind is ChangeKind.POINTS:
        lines.append(f"    points: {change.rule.points if change.points is None else change.points:g}")
    return "\n".join(lines) + f"\n    reason:{_reason(change)}"


def write_change(change: Change, rules: Path) -> Path:
    """Put the draft below the rules folder of a layer; raises `RequestError` where the layer has the file already."""
    law = change.rule.instrument
    path = rules / law.jurisdiction.lower() / f"{law.id}.yaml"
    if path.exists():
        hint = f"print the entry with --print, and paste it below `{_SECTION[change.kind]}:` of the file"
        detail = "the layer has a file for this law already"
        raise RequestError(Problem(code="cannot-append", file=str(path), detail=detail, hint=hint))
    text = draft_text(change)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


_SECTION = {ChangeKind.OVERRIDES: "rules", ChangeKind.POINTS: "points", ChangeKind.DISABLES: "disables"}


def _remark(text: str) -> str:
    return f"                               # {text}\n"


def _reason(change: Change) -> str:
    # In double quotation marks, which take any text once its own are escaped.
    if not change.reason:
        return _remark("why you see it differently")
    plain = " ".join(change.reason.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f' "{plain}"\n'


def _copied(change: Change) -> Iterator[str]:
    first, *others = _lines_of(change)
    yield re.sub(r"\bid:", "overrides:", first, count=1)
    indent = " " * (len(first) - len(first.lstrip("- ")))
    yield f"{indent}of: {fingerprint(change.rule)}"
    yield f"{indent}reason:{_reason(change)}".rstrip("\n")
    yield from others


def _lines_of(change: Change) -> list[str]:
    """The lines of the rule in its file, from its dash to the line before the next rule."""
    source = read_source(change.file)
    rules = source.data.get("rules") if isinstance(source.data, dict) else None
    found = rules if isinstance(rules, list) else []
    starts = [source.place(("rules", index))[0] - 1 for index in range(len(found))]
    lines = change.file.read_text(encoding="utf-8").splitlines()
    for index, item in enumerate(found):
        if isinstance(item, dict) and item.get("id") == change.rule.id and "table" not in item:
            end = starts[index + 1] if index + 1 < len(starts) else len(lines)
            copied = lines[starts[index] : end]
            if re.match(r"\s*- id:", copied[0]):
                return _without_tail(copied)
    detail = f"the text of `{change.rule.id}` cannot be copied: it is made from a table, or does not start with `- id:`"
    hint = "write the override by hand, or give it other points (--points) or switch it off (--disable)"
    raise RequestError(
        Problem(code="cannot-copy", file=change.rule.file, line=change.rule.line, detail=detail, hint=hint)
    )


def _without_tail(lines: list[str]) -> list[str]:
    """Without the empty lines and the remarks after it, and other fields of the file: those belong to what comes next."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    end = next((at for at, line in enumerate(lines) if at and line.strip() and _depth(line) <= indent), len(lines))
    while end > 1 and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
