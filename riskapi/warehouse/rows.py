"""A row of a table after reading: typed cells and the line that they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Cell: TypeAlias = str | int | float | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (the first, where a cell holds line breaks) and its typed cells by column."""

    line: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        """The cell of a column; None is not known."""
        return self.cells[column]
