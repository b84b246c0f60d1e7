"""A difference of rule books with its impact, as a workbook: the values in, the bytes of an .xlsx file out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from riskapi.briefing.sheets import CellValue, Column, Form, Link, Sheet, Table, workbook_bytes
from riskapi.matrix.moved import Movement
from riskapi.rules import Instrument, Rule
from riskapi.scoring.scorecard import rounded
from riskapi.workbench.diff import MATERIAL, BookDiff, Edit, RuleChange
from riskapi.workbench.diff_base import Sides
from riskapi.workbench.diff_impact import Impact, Moved
from riskapi.workbench.diff_step import needed_step, needed_version
from riskapi.workbench.diff_text import by_delta, why

#: Pairings that are listed: deals and what a portfolio names before the matrix, and of each those that move most.
MOST_MOVES = 5_000
#: Width of a bar of the distributions, in points of the score.
BAR = 5

_NOTICE = "An encoding of the law for analysis, not legal advice. The score is no probability."


def workbook(sides: Sides, impact: Impact | None, base: str, day: date) -> bytes:
    """The workbook; without `impact` it has what changed, and nothing of what that moves. It bears the day as its date."""
    sheets = [_summary(sides.diff, impact, base, day), _rules(sides)]
    if impact is not None:
        sheets += [_moves(impact), _distribution(impact)]
    return workbook_bytes(sheets, title=f"What the rules change against {base}", day=day)


# Summary


def _summary(diff: BookDiff, impact: Impact | None, base: str, day: date) -> Sheet:
    columns = (Column("what", Form.TEXT, 44), Column("value", Form.ANY, 60))
    rows = [*_of_diff(diff, base), *_not_compared(diff)]
    if impact is not None:
        rows += _of_impact(impact, day)
    return Sheet("Summary", (Table("summary", columns, rows),), (_NOTICE,))


def _of_diff(diff: BookDiff, base: str) -> Iterator[tuple[str, CellValue]]:
    needed = needed_step(diff)
    yield "compared with", base
    yield "rule set before", diff.before
    yield "rule set after", diff.after
    yield "step of the version", needed.step.word
    yield "because of", needed.because or None
    yield "lowest version that fits", str(needed_version(diff, needed))
    changes = Counter(item.change.value for item in diff.rules)
    for change in ("added", "removed", "changed"):
        yield f"rules {change}", changes[change]
    yield "of them in texts or examples only", sum(not item.is_material for item in diff.rules)
    yield "instruments with changed particulars", len(diff.instruments)
    yield "changes of the scorecard", len(diff.scorecard)


def _not_compared(diff: BookDiff) -> Iterator[tuple[str, CellValue]]:
    for problem in diff.not_compared:
        yield "not compared", f"{problem.place()}: {problem.detail}"


def _of_impact(impact: Impact, day: date) -> Iterator[tuple[str, CellValue]]:
    yield "as of", day
    yield "pairings looked at", impact.total.total()
    yield from ((f"pairings looked at, from {origin}", count) for origin, count in sorted(impact.total.items()))
    yield "pairings that move", len(impact.moved)
    yield from ((f"pairings that move, from {origin}", count) for origin, count in sorted(impact.by_origin.items()))
    yield "pairings that change their band", impact.bands.total()
    yield "pairings listed in Moves", min(len(impact.moved), MOST_MOVES)


# Rules

_RULE_COLUMNS = (
    Column("change", Form.TEXT, 10),
    Column("rule", Form.TEXT, 44),
    Column("title", Form.LONG, 44),
    Column("instrument", Form.LONG, 32),
    Column("citation", Form.LONG, 34),
    Column("what", Form.TEXT, 12),
    Column("field", Form.TEXT, 18),
    Column("before", Form.LONG, 50),
    Column("after", Form.LONG, 50),
    Column("can move a score", Form.TEXT, 10),
)


def _rules(sides: Sides) -> Sheet:
    """One row an edit."""
    rows = [row for item in sides.diff.rules for row in _rule_rows(item, sides)]
    for key, edits in sides.diff.instruments.items():
        instrument = sides.after.instruments[key]
        head = ("changed", None, None, instrument.title, _citation(instrument.citation, instrument))
        rows += [(*head, *_edit(edit)) for edit in edits]
    rows += [("changed", None, "Scorecard", None, None, *_edit(edit)) for edit in sides.diff.scorecard]
    return Sheet("Rules", (Table("rules", _RULE_COLUMNS, rows),))


def _rule_rows(item: RuleChange, sides: Sides) -> Iterator[tuple[CellValue, ...]]:
    rule = sides.after.by_id.get(item.rule_id) or sides.base.book.by_id[item.rule_id]
    head = (item.change.value, rule.id, rule.title, rule.instrument.title, _citation_of(rule))
    yield from ((*head, *_edit(edit)) for edit in item.edits)


def _citation_of(rule: Rule) -> Link:
    return _citation(rule.citation, rule.instrument)


def _citation(text: str, instrument: Instrument) -> Link:
    """The citation, with the address of the first text that the author of the file read."""
    return Link(text, instrument.sources[0].url if instrument.sources else None)


def _edit(edit: Edit) -> tuple[CellValue, ...]:
    return (edit.aspect.value, edit.field, edit.before, edit.after, "yes" if edit.aspect in MATERIAL else "no")


# Moves

_MOVE_COLUMNS = (
    Column("pairing", Form.LONG, 40),
    Column("from", Form.TEXT, 9),
    Column("as of", Form.DATE, 11),
    Column("deal", Form.TEXT, 16),
    Column("foreign stake", Form.SHARE, 9),
    Column("in", Form.TEXT, 6),
    Column("score before", Form.NUMBER, 9),
    Column("score after", Form.NUMBER, 9),
    Column("change", Form.CHANGE, 9),
    Column("low before", Form.NUMBER, 9),
    Column("high before", Form.NUMBER, 9),
    Column("low after", Form.NUMBER, 9),
    Column("high after", Form.NUMBER, 9),
    Column("band before", Form.TEXT, 11),
    Column("band after", Form.TEXT, 11),
    Column("gates gained", Form.LONG, 22),
    Column("gates lost", Form.LONG, 22),
    Column("why", Form.LONG, 70),
)


def _moves(impact: Impact) -> Sheet:
    named_first = sorted(impact.moved, key=lambda item: (item.proposal.origin == "matrix", by_delta(item)))
    listed = sorted(named_first[:MOST_MOVES], key=by_delta)
    left = len(impact.moved) - len(listed)
    remarks = (f"Left out: {left:,} of {len(impact.moved):,} movements, of the matrix those that are smallest.",)
    return Sheet("Moves", (Table("moves", _MOVE_COLUMNS, [_move(item) for item in listed]),), remarks if left else ())


def _move(item: Moved) -> tuple[CellValue, ...]:
    told, movement = item.proposal.told, item.movement
    before, after = movement.before, movement.after
    kind, stake, country = (told.get(f"deal.{name}") for name in ("type", "foreign_stake", "activity_country"))
    return (
        item.proposal.label,
        item.proposal.origin,
        item.proposal.as_of,
        str(kind) if kind is not None else None,
        stake if isinstance(stake, float) else None,
        str(country) if country is not None else None,
        *(rounded(number, 2) for number in (before.score, after.score)),
        _change(movement.delta),
        *(rounded(number, 2) for number in (before.low, before.high, after.low, after.high)),
        *(before.band, after.band),
        *_gates(movement),
        why(movement).replace("`", ""),
    )


def _change(number: float) -> float:
    return round(number, 2) + 0.0  # as in JSON; no minus before a nought


def _gates(movement: Movement) -> tuple[CellValue, CellValue]:
    one, two = set(movement.before.gates), set(movement.after.gates)
    return ", ".join(sorted(two - one)) or None, ", ".join(sorted(one - two)) or None


# Distribution


def _distribution(impact: Impact) -> Sheet:
    tables = (_changes(impact), _scores(impact), _bands(impact), _met_gates(impact), _behind(impact))
    return Sheet("Distribution", tables, ("Counts of pairings that move; those that stay as they are, are not in it.",))


def _bar(value: float) -> int:
    """The lower end of the bar; a hair below an end counts as the end, and the last bar holds both its ends."""
    return min(int((value + 1e-9) // BAR) * BAR, 100 - BAR)


def _changes(impact: Impact) -> Table:
    found = Counter(_bar(item.movement.delta) for item in impact.moved)
    ends = range(min(found, default=0), max(found, default=-BAR) + BAR, BAR)
    columns = (Column("change from", Form.CHANGE), Column("to below", Form.CHANGE), Column("pairings", Form.COUNT))
    return Table("changes", columns, [(end, end + BAR, found[end]) for end in ends], "Change of the score")


def _scores(impact: Impact) -> Table:
    before = Counter(_bar(item.movement.before.score) for item in impact.moved)
    after = Counter(_bar(item.movement.after.score) for item in impact.moved)
    columns = (
        *(Column("score from", Form.NUMBER), Column("to below", Form.NUMBER)),
        *(Column("pairings before", Form.COUNT), Column("pairings after", Form.COUNT)),
    )
    rows = [(end, end + BAR, before[end], after[end]) for end in range(0, 100, BAR)]
    return Table("scores", columns, rows, "Score before and after")


def _bands(impact: Impact) -> Table:
    columns = (Column("band before"), Column("band after"), Column("pairings", Form.COUNT))
    rows = [(*pair, count) for pair, count in sorted(impact.bands.items(), key=lambda entry: (-entry[1], entry[0]))]
    return Table("bands", columns, rows, "Changes of band")


def _met_gates(impact: Impact) -> Table:
    columns = (Column("gate"), Column("newly met", Form.COUNT), Column("no longer met", Form.COUNT))
    return Table("gates", columns, [(gate, *counts) for gate, counts in impact.gates.items()], "Gates")


def _behind(impact: Impact) -> Table:
    columns = (
        *(Column("rule", Form.TEXT, 44), Column("pairings it has a part in", Form.COUNT)),
        *(
            Column("least change", Form.CHANGE),
            Column("mean change", Form.CHANGE),
            Column("largest change", Form.CHANGE),
        ),
    )
    return Table("behind", columns, [_part(key, found) for key, found in impact.by_rule.items()], "Rules behind it")


def _part(rule_id: str, found: list[Moved]) -> tuple[CellValue, ...]:
    deltas = [item.movement.delta for item in found]
    return rule_id, len(found), _change(min(deltas)), _change(sum(deltas) / len(deltas)), _change(max(deltas))
