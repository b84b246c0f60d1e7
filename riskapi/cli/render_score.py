"""The head of the page and the waterfall. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from riskapi.assessment.answer import Answer, BandAnswer, WaterfallStep
from riskapi.assessment.words import amount, points
from riskapi.cli.style import BAND_STYLES, Look, section

SCALE_WIDTH = 72
TOP = 100.0


def headline(answer: Answer, look: Look) -> RenderableType:
    """The question, the score with its band, the interval on a scale, and what the band means."""
    style = BAND_STYLES.get(answer.band.name, "bold")
    score = Text.assemble(
        ("Score  ", "dim"), (amount(answer.score), f"bold {style}"), ("   ", ""), (answer.band.label, f"bold {style}")
    )
    between = Text.assemble(
        ("Range  ", "dim"),
        f"{amount(answer.low)} to {amount(answer.high)}",
        ("   " + _band_span(answer.band_low, answer.band_high), "dim"),
    )
    body = Group(
        score,
        between,
        Text(),
        Scale(answer.low, answer.score, answer.high, style, look),
        Text(),
        Text(answer.band.meaning),
        *_observed(answer.band),
    )
    return Group(Text(answer.question, style="bold"), Text(), Padding(body, (0, 0, 0, 2)))


def _observed(band: BandAnswer) -> tuple[Text, ...]:
    """What became of past deals in the band; told without a word of probability."""
    rates = band.observed
    if rates is None or rates.rate is None or rates.low is None or rates.high is None:
        return ()
    share = f"{100 * rates.rate:.0f} % ({100 * rates.low:.0f} to {100 * rates.high:.0f} %)"
    told = f"Of {rates.n} past deals on record in this band {rates.adverse} were stopped or given up: {share}; no random sample."
    return (Text(told, style="dim"),)


def _band_span(low: BandAnswer, high: BandAnswer) -> str:
    same = f"{low.label} throughout" if low.name == high.name else f"{low.label} to {high.label}"
    return f"{same}, depending on what is not known"


@dataclass(frozen=True)
class Scale:
    """A scale from 0 to 100 with the interval and the score on it, as wide as there is room for."""

    low: float
    score: float
    high: float
    style: str
    look: Look

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(20, min(SCALE_WIDTH, options.max_width - 8))
        for line in (self.bar(width), self.ticks(width)):
            yield from console.render(line, options.update(no_wrap=True, overflow="crop"))

    def bar(self, width: int) -> Text:
        """The line of the scale: where the score may lie is thick, the score itself is a mark."""
        rest, thick, mark = self.look.sign("─", "-"), self.look.sign("━", "="), self.look.sign("●", "O")
        first, place, last = (_cell(value, width) for value in (self.low, self.score, self.high))
        text = Text()
        for cell in range(width):
            if cell == place:
                text.append(mark, style=f"bold {self.style}")
            elif first <= cell <= last:
                text.append(thick, style=self.style)
            else:
                text.append(rest, style="dim")
        return text

    @staticmethod
    def ticks(width: int) -> Text:
        """The figures under the scale."""
        cells = [" "] * (width + 3)
        for value in (0, 25, 50, 75, 100):
            label = str(value)
            start = max(0, min(_cell(value, width) - len(label) // 2, width - len(label)))
            cells[start : start + len(label)] = label
        return Text("".join(cells).rstrip(), style="dim")


def _cell(value: float, width: int) -> int:
    return min(width - 1, max(0, round(value / TOP * (width - 1))))


# Waterfall


def waterfall(answer: Answer, look: Look) -> RenderableType:
    """How the points add up, from the base to the total, with a subtotal for each pillar."""
    table = Table(box=None, show_header=True, pad_edge=False, padding=(0, 1, 0, 0), expand=True, header_style="dim")
    table.add_column("", ratio=5, overflow="ellipsis", no_wrap=True)
    table.add_column("points", justify="right", width=6)
    table.add_column("so far", justify="right", width=6)
    table.add_column("", ratio=3, min_width=12)
    axis = _axis(answer.waterfall)
    open_rules = {rule.id for rule in answer.rules if rule.counted_while_unknown}
    for pillar, steps in groupby(answer.waterfall, key=lambda step: step.pillar):
        _add_pillar(table, _label(answer, pillar), list(steps), axis, open_rules, look)
    total = _total(answer)
    table.add_row(Text("Total", style="bold"), Text(points(answer.points), style="bold"), "", "")
    marked = any(step.rule in open_rules for step in answer.waterfall)
    note = Text("(?) counted although it is not known whether the rule applies", style="dim") if marked else None
    return section("How the score adds up", table, total, note, note="+10 points double the odds of an adverse outcome")


def _label(answer: Answer, pillar: str | None) -> str | None:
    return next((item.label for item in answer.pillars if item.pillar == pillar), pillar)


def _axis(steps: Sequence[WaterfallStep]) -> tuple[float, float]:
    ends = [0.0, *(step.running for step in steps)]
    return min(ends), max(ends)


def _add_pillar(table: Table, label: str | None, steps: Sequence[WaterfallStep], axis: tuple[float, float],
                open_rules: Iterable[str], look: Look) -> None:  # fmt: skip
    if label is not None:
        table.add_row(Text(label, style="bold"), Text(points(sum(step.points for step in steps)), style="bold"), "", "")
    for step in steps:
        mark = "(?) " if step.rule is not None and step.rule in open_rules else ""
        name = Text("  " * (label is not None) + mark + step.label)
        table.add_row(
            name, points(step.points), f"{step.running:.10g}", Bar(step.running - step.points, step.running, axis, look)
        )


def _total(answer: Answer) -> Text:
    text = Text.assemble(
        f"{answer.points:.10g} points are a score of ", (amount(answer.score), "bold"), " = 100 / (1 + 2^(-points/10))"
    )
    return (
        text
        if answer.waterfall[-1].kind != "floor"
        else text.append("; the floor of the strongest gate is the last step")
    )


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall as a bar between two running sums, on the axis that all steps share."""

    start: float
    end: float
    axis: tuple[float, float]
    look: Look

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        low, high = self.axis
        scale = (width - 1) / ((high - low) or 1.0)
        first, last = sorted(round((value - low) * scale) for value in (self.start, self.end))
        up = self.end >= self.start
        sign = self.look.sign("█" if up else "░", "#" if up else "-")
        yield Segment(" " * first)
        yield Segment(sign * max(1, last - first), Style.parse("red" if up else "green"))
        yield Segment.line()
