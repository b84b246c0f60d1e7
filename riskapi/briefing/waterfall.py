"""How the points add up: the sheet Waterfall with its chart. Enters: a briefing. Leaves: a sheet.

The sums are formulas over the points, so that a reader can change a figure and see what follows; the answer's own sums
are their values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from riskapi.assessment.answer import WaterfallStep
from riskapi.assessment.words import amount, shortened
from riskapi.briefing.charts import LOWERS, RAISES, WHOLE, Bars, Chart
from riskapi.briefing.material import Briefing
from riskapi.briefing.sheets import CellValue, Column, Form, Formula, Mark, Sheet, Table, Tone

SHEET: Final = "Waterfall"
_LABEL: Final = 34
_STEPS: Final = (
    Column("Step", Form.LONG, 44),
    Column("Part", Form.LONG, 20),
    Column("Points", Form.CHANGE, 8),
    Column("So far", Form.CHANGE, 8),
    Column("Score so far", Form.SCORE, 8),
    Column("Counts", Form.LONG, 14),
    Column("Label in the chart", Form.LONG, 24),
    Column("Unseen", Form.NUMBER, 8),
    Column("Raises", Form.NUMBER, 8),
    Column("Raises, below 0", Form.NUMBER, 8),
    Column("Lowers", Form.NUMBER, 8),
    Column("Lowers, below 0", Form.NUMBER, 8),
    Column("Base and total", Form.NUMBER, 8),
)
_KINDS: Final = {"base": "Start", "floor": "Floor"}


def waterfall(briefing: Briefing, remarks: int = 3) -> Sheet:
    """The steps from the base to the total, with the chart beside them."""
    answer = briefing.answer
    first = remarks + 3  # the row of the first step, below remarks, a blank line and the heads
    rows = [_step(briefing, step, place, first) for place, step in enumerate(answer.waterfall)]
    rows.append(_total(briefing, len(rows), first))
    chart = Chart(
        title="How the score adds up, in points",
        description=_in_words(briefing),
        labels=7,
        bars=(
            Bars(8, None),
            Bars(9, RAISES, in_legend=True),
            Bars(10, RAISES),
            Bars(11, LOWERS, in_legend=True),
            Bars(12, LOWERS),
            Bars(13, WHOLE, in_legend=True),
        ),
        axis="points so far",
        width_cm=30,
        height_cm=12,
    )
    notes = (
        "+10 points double the odds of an adverse outcome. The points add up to the total; score = 100 / (1 + 2^(-points / 10)).",
        "Change a figure under Points: the sums, the scores and the chart follow. The answer is what the other sheets say.",
        f"{answer.points:+.10g} points are a score of {amount(answer.score)}.",
    )
    return Sheet(SHEET, (Table("waterfall", _STEPS, rows, chart=chart),), notes)


def _in_words(briefing: Briefing) -> str:
    """The chart for those who do not see it."""
    steps = "; ".join(f"{step.label} {step.points:+.10g}" for step in briefing.answer.waterfall)
    return f"Column chart of the steps from the base to the total of {briefing.answer.points:+.10g} points: {steps}."


def _step(briefing: Briefing, step: WaterfallStep, place: int, first: int) -> tuple[CellValue, ...]:
    row = first + place
    before = step.running - step.points
    pillars = {item.pillar: item.label for item in briefing.answer.pillars}
    sums = Formula(f"=C{row}" if place == 0 else f"=D{row - 1}+C{row}", step.running)
    part = pillars.get(step.pillar or "", _KINDS.get(step.kind, step.kind))
    return (
        step.label, part, step.points, sums, _score(row, step.running), _counts(briefing, step),
        shortened(step.label, _LABEL), *_bars(row, before, step.running, is_whole=step.kind == "base", is_first=place == 0),
    )  # fmt: skip


def _counts(briefing: Briefing, step: WaterfallStep) -> Mark | None:
    rule = briefing.rules.get(step.rule or "")
    if rule is None:
        return None
    return Mark("not known, counted", Tone.OPEN) if rule.counted_while_unknown else Mark("applies", Tone.APPLIES)


def _total(briefing: Briefing, place: int, first: int) -> tuple[CellValue, ...]:
    row, total = first + place, briefing.answer.points
    points = Formula(f"=D{row - 1}", total)
    bars = _bars(row, 0.0, total, is_whole=True, is_first=False)
    return ("Total", "Sum", None, points, _score(row, total), None, "Total", *bars)


def _score(row: int, running: float) -> Formula:
    return Formula(f"=100/(1+2^(-D{row}/10))", 100 / (1 + 2 ** (-running / 10)))


def _bars(row: int, before: float, after: float, *, is_whole: bool, is_first: bool) -> Iterator[Formula]:
    """Six columns for one bar; a bar that crosses zero needs a part above and a part below."""
    start = f"D{row - 1}" if not is_first else "0"
    here = f"D{row}"
    low, high = min(before, after), max(before, after)
    whole = (before, after) if is_whole else None
    rises = after >= before
    above, below = max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)
    if whole:
        yield from (Formula("=0", 0.0) for _ in range(5))
        yield Formula(f"={here}", after)
        return
    high_f, low_f = f"MAX({start},{here})", f"MIN({start},{here})"
    above_f, below_f = f"MAX({high_f},0)-MAX({low_f},0)", f"MIN({low_f},0)-MIN({high_f},0)"
    yield Formula(f"=MAX({low_f},0)+MIN({high_f},0)", max(low, 0.0) + min(high, 0.0))
    for up in (True, False):
        sign = ">=" if up else "<"
        yield Formula(f"=IF({here}{sign}{start},{above_f},0)", above if up is rises else 0.0)
        yield Formula(f"=IF({here}{sign}{start},{below_f},0)", below if up is rises else 0.0)
    yield Formula("=0", 0.0)
