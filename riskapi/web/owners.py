"""The owners above a company as a drawing: holdings in, boxes and lines in levels out.

Every holding stands in the list beside the drawing too; the drawing leaves out what does not fit (`MOST` boxes a level) and
says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from riskapi.assessment.words import shortened
from riskapi.briefing.ownership import Holding

WIDTH: Final = 196
HEIGHT: Final = 62
GAP_X: Final = 22
GAP_Y: Final = 66
MOST: Final = 6
MOST_LEVELS: Final = 4
_LETTERS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An owner or the company; `x` and `y` are its upper left corner."""

    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    is_company: bool
    is_control: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A holding from one box down to another, with its share and kind."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: str
    is_control: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The whole drawing; `left_out` counts the owners that did not fit."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int


def graph(company: str, held: Sequence[Holding]) -> Graph | None:
    """The drawing; None where no owner is on record."""
    if not held:
        return None
    levels = _levels(held)
    shown = [list(level)[:MOST] for level in levels[:MOST_LEVELS]]
    width = max(len(level) for level in [*shown, [company]]) * (WIDTH + GAP_X) + GAP_X
    places = _places(company, shown, width)
    lines = tuple(_lines(held, places))
    boxes = tuple(_box(name, place, company, held) for name, place in places.items())
    return Graph(
        width=width,
        height=(len(shown) + 1) * (HEIGHT + GAP_Y) - GAP_Y + 2 * GAP_X,
        boxes=boxes,
        lines=lines,
        left_out=sum(len(level) for level in levels) - sum(len(level) for level in shown),
    )


def _levels(held: Sequence[Holding]) -> list[dict[str, None]]:
    """Owners by level, each where it first comes."""
    levels: dict[int, dict[str, None]] = {}
    seen: set[str] = set()
    ranked = sorted(held, key=lambda item: (item.level, not item.is_control, -(item.share or 0.0)))
    for item in ranked:
        if item.owner not in seen:
            seen.add(item.owner)
            levels.setdefault(item.level, {})[item.owner] = None
    return [levels[level] for level in sorted(levels)]


def _places(company: str, levels: Sequence[Sequence[str]], width: float) -> dict[str, tuple[float, float]]:
    """The top level above all others, the company below."""
    places: dict[str, tuple[float, float]] = {}
    for depth, level in enumerate(reversed([[company], *levels])):
        start = (width - len(level) * (WIDTH + GAP_X) + GAP_X) / 2
        for index, name in enumerate(level):
            places.setdefault(name, (start + index * (WIDTH + GAP_X), GAP_X + depth * (HEIGHT + GAP_Y)))
    return places


def _lines(held: Iterable[Holding], places: dict[str, tuple[float, float]]) -> Iterable[Line]:
    for item in held:
        if item.owner in places and item.held in places and places[item.owner][1] < places[item.held][1]:
            (x1, y1), (x2, y2) = places[item.owner], places[item.held]
            amount = "share not known" if item.share is None else f"{100 * item.share:.3g} %"
            yield Line(
                x1=x1 + WIDTH / 2,
                y1=y1 + HEIGHT,
                x2=x2 + WIDTH / 2,
                y2=y2,
                label=amount if item.kind == "capital" else f"{amount} {item.kind}",
                is_control=item.is_control,
            )


def _box(name: str, place: tuple[float, float], company: str, held: Sequence[Holding]) -> Box:
    own = next((item for item in held if item.owner == name), None)
    where = "" if own is None else ", ".join(filter(None, (own.owner_is, own.owner_country)))
    lines = tuple(filter(None, (shortened(name, _LETTERS), shortened(where, _LETTERS + 4))))
    return Box(
        name=name,
        lines=lines,
        x=place[0],
        y=place[1],
        is_company=name == company,
        is_control=any(item.is_control for item in held if item.owner == name),
    )
