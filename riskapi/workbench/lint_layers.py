"""What an author should look at in the changes that layers make of rules below: a book in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from riskapi.rules import Rule, RuleBook
from riskapi.rules.book import ChangeKind, LayerChange
from riskapi.rules.fingerprint import changed_aspects, fingerprint
from riskapi.rules.source import read_source
from riskapi.workbench.diff import Edit, rule_edits
from riskapi.workbench.lint_finding import EXPLANATIONS, Finding

_WHAT = {
    ChangeKind.OVERRIDES: "the override",
    ChangeKind.POINTS: "the change of points",
    ChangeKind.DISABLES: "the switching off",
}
_MOST_EDITS = 4
_LONGEST = 160


def stale_changes(book: RuleBook) -> Iterator[Finding]:
    """Changes whose rule below is not any more what it was when they were written."""
    for change in book.changes:
        aspects = changed_aspects(change.original, change.of)
        if aspects:
            yield _finding("override-stale", change, _told(change, aspects, book), _mend(change))


def needless_overrides(book: RuleBook) -> Iterator[Finding]:
    """Overrides that say what the rule below says anyway."""
    for change in book.changes:
        now = book.by_id.get(change.original.id)
        if now is not None and fingerprint(now) == fingerprint(change.original):
            detail = f"{_WHAT[change.kind]} leaves condition, dates and effect of the rule below as they are"
            yield _finding("override-needless", change, detail, None)


def of_layers(findings: Iterable[Finding], rules: Iterable[Rule]) -> list[Finding]:
    """The findings in the files of these rules: what lies below has its own authors."""
    files = {rule.file for rule in rules}
    return [item for item in findings if item.file in files]


def written_here(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Without those about a law's head that a file took over from the law which it extends: that has its own authors."""
    heads: dict[str, frozenset[str] | None] = {}
    for item in findings:
        if item.rule is None and item.field and item.file:
            if item.file not in heads:
                heads[item.file] = _head_of_extension(Path(item.file))
            head = heads[item.file]
            if head is not None and item.field.partition(".")[0] not in head:
                continue
        yield item


def _head_of_extension(path: Path) -> frozenset[str] | None:
    """The fields that an extending file has; None for any other file."""
    data = read_source(path).data if path.is_file() else None
    return frozenset(data) if isinstance(data, dict) and "extends" in data else None


def _finding(code: str, change: LayerChange, detail: str, hint: str | None) -> Finding:
    severity = EXPLANATIONS[code].severity
    rule = change.original.id
    return Finding(
        code=code, severity=severity, detail=detail, file=change.file, line=change.line, rule=rule, hint=hint
    )


def _told(change: LayerChange, aspects: Iterable[str], book: RuleBook) -> str:
    below, now = change.original, book.by_id.get(change.original.id)
    head = f"{_WHAT[change.kind]} was written for another state of the rule: since then its {' and '.join(aspects)} changed"
    if now is None:
        return f"{head}; the rule below is at {below.file}:{below.line}"
    edits = rule_edits(below, now)
    shown = "; ".join(_edit(item) for item in edits[:_MOST_EDITS])
    more = f"; and {len(edits) - _MOST_EDITS} more" if len(edits) > _MOST_EDITS else ""
    return f"{head}; against it as it is now ({below.file}:{below.line}) the layer says: {shown or 'the same'}{more}"


def _edit(edit: Edit) -> str:
    before, after = (("nothing" if text is None else text[:_LONGEST]) for text in (edit.before, edit.after))
    return f"{edit.field}: `{after}` in place of `{before}`"


def _mend(change: LayerChange) -> str:
    return f"read the rule below again, correct {_WHAT[change.kind]}, then write `of: {fingerprint(change.original)}`"
