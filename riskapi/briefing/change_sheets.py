"""What would change the result: the sheets Sensitivity, Find out, What-if and Grid. Enters: a briefing. Leaves: sheets.

With a what-if answer each fact of the deal is shown by itself; without one, what is not known and what is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from riskapi.assessment.answer import Answer, AssumptionAnswer, TrialAnswer, UnknownAnswer
from riskapi.assessment.whatif import CellShown, FactSwing, WhatIfAnswer
from riskapi.assessment.words import CONTROL, STANDING, amount, fact_words, gate_words, shortened
from riskapi.briefing.charts import LOWERS, RAISES, Bars, Chart
from riskapi.briefing.marks import band_mark, lines, listed
from riskapi.briefing.material import Briefing, Served, change_words, ways
from riskapi.briefing.sheets import CellValue, Column, Form, Formula, Mark, Sheet, Table, Tone

SENSITIVITY: Final = "Sensitivity"
FIND_OUT: Final = "Find out"
WHAT_IF: Final = "What-if"
GRID: Final = "Grid"
_LABEL: Final = 32
_VALUE: Final = 60
_BARS: Final = 25
#: Differences of scores below this cannot be seen at one decimal.
_VISIBLE: Final = 0.05

_SWING_COLUMNS: Final = (
    Column("Fact", Form.LONG, 28),
    Column("Now", Form.LONG, 20),
    Column("Standing", Form.LONG, 13),
    Column("Who decides", Form.LONG, 14),
    Column("Lowest score", Form.SCORE, 8),
    Column("Lowest with", Form.LONG, 22),
    Column("Highest score", Form.SCORE, 8),
    Column("Highest with", Form.LONG, 22),
    Column("Swing", Form.NUMBER, 8),
    Column("Lower than now", Form.NUMBER, 8),
    Column("Higher than now", Form.NUMBER, 8),
)


def sensitivity(briefing: Briefing) -> Sheet:
    """One fact at a time, the largest swing first, with the tornado beside it."""
    remarks = 2
    swings = _swings(briefing)
    rows = [_swing_row(item, briefing.answer.score, place + remarks + 3) for place, item in enumerate(swings)]
    now = amount(briefing.answer.score)
    chart = Chart(
        title=f"The score is {now}: to the left (blue) one fact lowers it, to the right (orange) it raises it",
        description=f"Bars from the lowest to the highest score that each fact alone leads to; the score is now {now}. "
        + "; ".join(f"{item.label} {amount(item.lowest)} to {amount(item.highest)}" for item in swings),
        labels=1,
        bars=(
            Bars(5, None),
            Bars(10, LOWERS),
            Bars(11, RAISES),
        ),  # lying bars have their legend the other way round in places
        axis="score, 0 to 100",
        lying=True,
        lowest=0,
        highest=100,
        width_cm=30,
        height_cm=max(7.0, 3.5 + 0.75 * len(rows)),
    )
    told = (
        "Each fact of the deal is changed by itself, everything else stays; the bars run from the lowest to the highest score."
        if briefing.whatif
        else "What is not known or assumed, one fact at a time; the bars run from the lowest to the highest score.",
        "The swing is the distance between the two. A lower score by another structure is no statement that it is lawful.",
    )
    return Sheet(SENSITIVITY, (Table("sensitivity", _SWING_COLUMNS, rows, chart=chart),), told)


class _Swing:
    """One bar of the tornado."""

    __slots__ = ("control", "highest", "highest_with", "label", "lowest", "lowest_with", "now", "standing")

    def __init__(self, label: str, now: str | None, standing: str, control: str | None) -> None:
        self.label, self.now, self.standing, self.control = label, now, standing, control
        self.lowest = self.highest = 0.0
        self.lowest_with = self.highest_with = "as it is"

    def span(self, score: float, ends: Iterable[tuple[float, str]]) -> _Swing:
        """Between the lowest and the highest of the ends and of the score as it is."""
        found = [(score, "as it is"), *ends]
        self.lowest, self.lowest_with = min(found, key=lambda end: end[0])
        self.highest, self.highest_with = max(found, key=lambda end: end[0])
        return self


def _swings(briefing: Briefing) -> list[_Swing]:
    score = briefing.answer.score
    found = _of_whatif(briefing.whatif, score) if briefing.whatif else _of_answer(briefing, score)
    visible = [item for item in found if item.highest - item.lowest >= _VISIBLE]
    return sorted(visible, key=lambda item: (item.lowest - item.highest, item.label))[:_BARS]


def _of_whatif(whatif: WhatIfAnswer, score: float) -> Iterator[_Swing]:
    for fact in whatif.facts:
        ends = [(item.score, shortened(item.text, _VALUE)) for item in fact.alternatives]
        yield _Swing(fact_words(fact.fact), _now(fact), STANDING.get(fact.standing, fact.standing),
                     CONTROL.get(fact.control, fact.control)).span(score, ends)  # fmt: skip


def _now(fact: FactSwing) -> str:
    return "not known" if fact.now is None else shortened(fact.text, _VALUE)


def _of_answer(briefing: Briefing, score: float) -> Iterator[_Swing]:
    for item in briefing.answer.unknowns:
        about = f" of {item.party}" if item.party else ""
        ends = [(trial.score, shortened(trial.text, _VALUE)) for trial in (item.lowest, item.highest)]
        yield _Swing(fact_words(item.fact) + about, "not known", "not known", None).span(score, ends)
    for taken in briefing.answer.assumptions:
        end = (taken.otherwise.score, shortened(taken.otherwise.text, _VALUE))
        yield _Swing(fact_words(taken.fact), str(taken.assumed), "assumed", None).span(score, [end])


def _swing_row(item: _Swing, score: float, row: int) -> tuple[CellValue, ...]:
    return (
        shortened(item.label, _LABEL), item.now, item.standing, item.control, item.lowest, item.lowest_with, item.highest,
        item.highest_with, Formula(f"=G{row}-E{row}", round(item.highest - item.lowest, 4)),
        round(score - item.lowest, 4), round(item.highest - score, 4),
    )  # fmt: skip


# What to find out

_UNKNOWN_COLUMNS: Final = (
    Column("No.", Form.COUNT, 6),
    Column("Question", Form.LONG, 52),
    Column("Kind", Form.LONG, 12),
    Column("Moves the ends by", Form.NUMBER, 10),
    Column("At least", Form.SCORE, 9),
    Column("At least with", Form.LONG, 26),
    Column("At most", Form.SCORE, 9),
    Column("At most with", Form.LONG, 26),
    Column("Lowest then", Form.SCORE, 9),
    Column("Highest then", Form.SCORE, 9),
    Column("Rules that wait for it", Form.LONG, 44),
    Column("Fact", Form.LONG, 34),
)
_RULES: Final = 6


def find_out(briefing: Briefing) -> Sheet:
    """What is not known, the most telling first, and what is assumed."""
    rows = [_unknown(number, item) for number, item in enumerate(briefing.answer.unknowns, 1)]
    rows += [_assumed(number, item) for number, item in enumerate(briefing.answer.assumptions, len(rows) + 1)]
    remarks = (
        "What is worth finding out, by how far it can move the ends of the range; then what is assumed because nobody told it.",
        "At least, at most: scores that the answer can lead to. Lowest, highest: the ends of the range that could then remain.",
    )
    return Sheet(FIND_OUT, (Table("find_out", _UNKNOWN_COLUMNS, rows),), remarks)


def _unknown(number: int, item: UnknownAnswer) -> tuple[CellValue, ...]:
    low, high = sorted((item.lowest, item.highest), key=lambda trial: (trial.score, trial.low, trial.high))
    about = f"{item.party}: " if item.party else ""
    return (
        number, about + item.question, Mark("not known", Tone.OPEN), item.moves, low.score, _with(low), high.score,
        _with(high), min(low.low, high.low), max(low.high, high.high), listed(item.rules, _RULES), item.fact,
    )  # fmt: skip


def _assumed(number: int, item: AssumptionAnswer) -> tuple[CellValue, ...]:
    other = item.otherwise
    assumed = (
        {True: "yes", False: "no"}.get(item.assumed, str(item.assumed))
        if isinstance(item.assumed, bool)
        else str(item.assumed)
    )
    question = f"{item.meaning} Assumed: {assumed}."
    return (
        number, question, Mark("assumed", Tone.QUIET), None, other.score, _with(other), None, None, other.low, other.high,
        None, item.fact,
    )  # fmt: skip


def _with(trial: TrialAnswer) -> str:
    return shortened(trial.text, 2 * _VALUE)


# What-if

_WAY_COLUMNS: Final = (
    Column("No.", Form.COUNT, 6),
    Column("Change", Form.LONG, 40),
    Column("Holds only if", Form.LONG, 44),
    Column("Effort", Form.NUMBER, 8),
    Column("Score", Form.SCORE, 8),
    Column("Lowest", Form.SCORE, 8),
    Column("Highest", Form.SCORE, 8),
    Column("Band", Form.LONG, 11),
    Column("Reaches", Form.LONG, 24),
    Column("Gates that remain", Form.LONG, 44),
    Column("Gates that are new", Form.LONG, 30),
    Column("Gates that may apply", Form.COUNT, 10),
    Column("Told facts that it rules out", Form.LONG, 24),
)


_GRID_COLUMNS: Final = (
    Column("Score", Form.SCORE, 8),
    Column("Lowest", Form.SCORE, 8),
    Column("Highest", Form.SCORE, 8),
    Column("Band", Form.LONG, 14),
    Column("Against now", Form.CHANGE, 9),
    Column("Gates that apply", Form.LONG, 60),
    Column("Gates that may apply", Form.COUNT, 10),
    Column("Told facts that it rules out", Form.LONG, 24),
)


def what_if(briefing: Briefing) -> Sheet:
    """The smallest changes that reach a lower band or lift a gate."""
    if briefing.whatif is None:
        return Sheet(WHAT_IF, (), ("No what-if was asked with this briefing.",))
    whatif = briefing.whatif
    titles = {rule.id: f"{gate_words(rule.gate or '')} ({rule.jurisdiction}): {rule.title}" for rule in whatif.rules}
    rows = [_way(number, item, titles) for number, item in enumerate(ways(whatif), 1)]
    remarks = (
        f"{whatif.search.singles:,} single changes and {whatif.search.pairs:,} pairs were tried; the least effort first.",
        "No alternative is said to be lawful, available or wise. It holds only if what it needs is true in substance;",
        "authorities can look through a structure that was chosen to avoid them. With each stand the gates that remain.",
    )
    return Sheet(WHAT_IF, (Table("what_if", _WAY_COLUMNS, rows),), remarks)


def _way(number: int, item: Served, titles: dict[str, str]) -> tuple[CellValue, ...]:
    way, result = item.way, item.way.result
    reaches = [f"band {band}" for band in item.bands] + [f"lifts: {titles.get(rule, rule)}" for rule in item.lifts]
    return (
        number, lines(change_words(way)), lines(_needs(item)), way.effort, result.score, result.low, result.high,
        band_mark(result.band), lines(reaches), lines(titles.get(rule, rule) for rule in result.gates),
        lines(titles.get(rule, rule) for rule in way.new_gates), len(result.may_apply), listed(map(fact_words, way.dropped)),
    )  # fmt: skip


def _needs(item: Served) -> Iterator[str]:
    for change in item.way.changes:
        yield change.needs
        if change.also:
            yield f"Or instead: {'; '.join(change.also)}."


# Grid


def grid(briefing: Briefing) -> Sheet | None:
    """Every combination of some facts with its result; None where no grid was asked."""
    found = briefing.whatif.grid if briefing.whatif else None
    if briefing.whatif is None or found is None:
        return None
    titles = {
        rule.id: f"{gate_words(rule.gate or '')} ({rule.jurisdiction}): {rule.title}" for rule in briefing.whatif.rules
    }
    columns = (*(Column(fact_words(fact).capitalize(), Form.LONG, 24) for fact in found.facts), *_GRID_COLUMNS)
    rows = [_combination(cell, titles, briefing.answer) for cell in _ordered(found.cells)]
    remarks = (
        f"Combinations of {' and '.join(map(fact_words, found.facts))}, the lowest score first; all else as it was told.",
        "No alternative is said to be lawful, available or wise; a form counts only where it is what the parties really do.",
    )
    return Sheet(GRID, (Table("grid", columns, rows),), remarks)


def _ordered(cells: Iterable[CellShown]) -> list[CellShown]:
    """By score; those that cannot be asked last, else in their order."""
    return sorted(cells, key=lambda cell: (cell.result is None, cell.result.score if cell.result else 0.0))


def _combination(cell: CellShown, titles: dict[str, str], answer: Answer) -> tuple[CellValue, ...]:
    result = cell.result
    texts = tuple(cell.texts.values())
    dropped = listed(map(fact_words, cell.dropped))
    if result is None:
        return (*texts, None, None, None, Mark("cannot be asked", Tone.QUIET), None, None, None, dropped)
    gates = lines(titles.get(rule, rule) for rule in result.gates)
    change = round(result.score - answer.score, 4)
    return (
        *texts, result.score, result.low, result.high, band_mark(result.band), change, gates, len(result.may_apply), dropped,
    )  # fmt: skip
