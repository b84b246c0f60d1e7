"""Places on drawn scales. Enters: scores, points, days. Leaves: numbers for SVG, in per cent of the width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.scoring.scorecard import Scorecard


def x_of(value: float, low: float, high: float) -> str:
    """Where a value lies between two ends, in per cent with two decimals."""
    width = high - low
    return f"{0.0 if width == 0 else 100 * (value - low) / width:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One band on the scale of scores: where it starts and how wide it is."""

    name: str
    label: str
    meaning: str
    start: float
    width: float


def segments(card: Scorecard) -> tuple[Segment, ...]:
    """The bands as parts of a scale from 0 to 100."""
    ends = [band.at_least for band in card.bands[1:]] + [100.0]
    return tuple(
        Segment(name=band.name, label=band.label, meaning=band.meaning, start=band.at_least, width=end - band.at_least)
        for band, end in zip(card.bands, ends, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar from `start`, `width` long, in per cent; `zero` is where the axis lies."""

    start: str
    width: str
    zero: str


def bars(spans: Sequence[tuple[float, float]], *, extra: Iterable[float] = (0.0,)) -> list[Bar]:
    """Bars from one value to another on one common axis that holds `extra` as well; thin ones stay visible."""
    values = [value for span in spans for value in span] + list(extra)
    low, high = min(values, default=0.0), max(values, default=1.0)
    width = (high - low) or 1.0
    return [
        Bar(
            start=f"{100 * (min(span) - low) / width:.2f}",
            width=f"{max(0.4, 100 * abs(span[1] - span[0]) / width):.2f}",
            zero=f"{100 * (0 - low) / width:.2f}",
        )
        for span in spans
    ]


def days_scale(days: Sequence[date]) -> list[float]:
    """Days on a line from the first to the last, in per cent."""
    first, last = days[0].toordinal(), days[-1].toordinal()
    width = (last - first) or 1
    return [100 * (day.toordinal() - first) / width for day in days]
