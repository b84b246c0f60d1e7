"""Every combination of chosen facts, and which of them nobody need pass over.

Enters: the values of each chosen fact, what the caller likes, an `ask` function. Leaves: one `Cell` for each combination;
`on_front` marks the Pareto front: no other cell is at least as good in everything that the caller likes and in the
score (lower is better), and better in one of them. What is liked is the caller's word; the score knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf, prod
from typing import Literal, TypeAlias

from riskapi.facts.vocabulary import Value
from riskapi.scoring.alternatives import applied, no_longer_told
from riskapi.scoring.soundings import Ask, Sounding, Told

#: Cells of a grid at most.
MAX_CELLS = 400

#: High or low (of lists: long or short), or the values from the best to the worst.
Preference: TypeAlias = Literal["high", "low"] | tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRequest:
    """The values of each chosen fact, and what is liked of some of them."""

    axes: Mapping[str, tuple[Value, ...]]
    prefer: Mapping[str, Preference]

    def size(self) -> int:
        """How many combinations there are."""
        return prod(len(values) for values in self.axes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One combination with its result, None where it cannot be asked. `dropped` are told facts that it rules out."""

    values: Mapping[str, Value]
    result: Sounding | None
    dropped: tuple[str, ...]
    on_front: bool


def fill(grid: GridRequest, told: Told, ask: Ask) -> tuple[Cell, ...]:
    """The cells in the order of the axes."""
    cells = []
    for values in product(*grid.axes.values()):
        changes = dict(zip(grid.axes, values, strict=True))
        result = ask(applied(told, changes))
        cells.append(Cell(values=changes, result=result, dropped=no_longer_told(told, changes), on_front=False))
    return _marked(cells, grid.prefer)


def _marked(cells: Sequence[Cell], prefer: Mapping[str, Preference]) -> tuple[Cell, ...]:
    """The cells with those of the front marked."""
    grades = [None if cell.result is None else _grades(cell.values, cell.result.score, prefer) for cell in cells]
    known = [item for item in grades if item is not None]
    return tuple(
        replace(cell, on_front=own is not None and not any(_beats(other, own) for other in known))
        for cell, own in zip(cells, grades, strict=True)
    )


def _grades(values: Mapping[str, Value], score: float, prefer: Mapping[str, Preference]) -> tuple[float, ...]:
    """More is better in each place."""
    return (-round(score, 9), *(grade(values[fact], liked) for fact, liked in prefer.items()))


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(mine >= theirs for mine, theirs in zip(one, other, strict=True))


def grade(value: Value, liked: Preference) -> float:
    """How much a value is liked; what is not known, or not in the caller's order, least of all."""
    if isinstance(liked, tuple):
        return -float(liked.index(value)) if value in liked else -inf
    if isinstance(value, tuple):
        amount = float(len(value))
    elif isinstance(value, int | float):
        amount = float(value)
    else:
        return -inf
    return amount if liked == "high" else -amount
