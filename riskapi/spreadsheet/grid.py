"""A sheet as it was read. Enters: nothing. Leaves: `Grid`, the cells of a file with what has to be told of the reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
Row: TypeAlias = tuple[Cell, ...]
#: Finds the row with the headings of a table of pairings.
HeadOf: TypeAlias = Callable[[Sequence[Row]], int | None]


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet beside the one with the pairings."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of the sheet with the pairings, from its first row and column on; an empty cell is None.

    `failed` are places (row and column from 0) whose formula gives an error or was never worked out; `notices` say what
    the reader should know of how the file was read; `delimiter` is that of a text file.
    """

    rows: tuple[Row, ...]
    name: str
    sheet: str | None = None
    delimiter: str | None = None
    failed: frozenset[tuple[int, int]] = frozenset()
    notices: tuple[str, ...] = ()
    others: tuple[OtherSheet, ...] = ()


def is_blank(row: Row) -> bool:
    """Whether nothing stands in the row."""
    return all(cell is None for cell in row)


def trimmed(row: list[Cell]) -> Row:
    """The row without the empty cells at its end."""
    last = len(row)
    while last and row[last - 1] is None:
        last -= 1
    return tuple(row[:last])
