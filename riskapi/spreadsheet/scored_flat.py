"""A scored file as plain files: CSV and Parquet with the columns of the workbook, JSON with everything. Leaves: bytes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter

from riskapi.assessment.answer import Versions
from riskapi.briefing.cells import NO_FORMULA
from riskapi.spreadsheet.arrange import Arranged, Part, arranged
from riskapi.spreadsheet.grid import Cell, Row
from riskapi.spreadsheet.results import CellProblem, RowAnswer, ScoredFile, ScoredRow

_NUMBER = re.compile(r"[+-]?[\d\s.,']+%?")
_NUMBERS: Final = frozenset({"Score", "Lowest", "Highest"})


# CSV


def scored_csv(scored: ScoredFile) -> bytes:
    """The table as text, parted like the file; UTF-8 with a mark, so that spreadsheets read names rightly."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=scored.grid.delimiter or ",", lineterminator="\r\n")
    writer.writerows([_text(cell) for cell in row] for row in _lines(scored))
    return target.getvalue().encode("utf-8-sig")


def _lines(scored: ScoredFile) -> Iterator[Row]:
    columns = arranged(scored)
    yield from scored.grid.rows[: scored.head]
    yield tuple(column.heading for column in columns)
    for place in range(len(scored.rows)):
        yield tuple(column.cells[place] for column in columns)


def _text(cell: Cell) -> str:
    """The cell as text; what a spreadsheet would work out stands behind an apostrophe."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime() if cell.time() != time():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()[:10]
    text = str(cell)
    is_formula = text.startswith(NO_FORMULA) and not _NUMBER.fullmatch(text) and not isinstance(cell, int | float)
    return f"'{text}" if is_formula else text


# Parquet


def scored_parquet(scored: ScoredFile) -> bytes:
    """The table with scores as numbers and days as dates; the columns of the file are text."""
    import polars as pl  # noqa: PLC0415 - takes longer to load than a small file to score

    columns = arranged(scored)
    frame = pl.DataFrame(
        [
            pl.Series(name, _typed(column), dtype=_type(column))
            for name, column in zip(_unique(columns), columns, strict=True)
        ]
    )
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def _type(column: Arranged) -> Any:  # noqa: ANN401  # polars is loaded when it is needed
    import polars as pl  # noqa: PLC0415

    if column.part is Part.ANSWER and column.heading in _NUMBERS:
        return pl.Float64
    return pl.Date if column.part is Part.ANSWER and column.heading == "Answered as of" else pl.String


def _typed(column: Arranged) -> Sequence[Any]:
    if column.part is Part.ANSWER:
        return column.cells
    return [None if cell is None else str(cell) for cell in column.cells]


def _unique(columns: Sequence[Arranged]) -> list[str]:
    """Names of columns, each once."""
    found: list[str] = []
    for number, column in enumerate(columns, 1):
        name = f"column {number}" if column.heading is None else str(column.heading)
        found.append(name if name not in found else f"{name} ({number})")
    return found


# JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShown:
    """What is wrong with a cell, or with the row where `column` is null; `cell` is its place, such as D7."""

    column: str | None
    cell: str | None
    code: str
    detail: str
    hint: str | None
    candidates: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """A row, counted as spreadsheets count, with its cells by heading."""

    row: int
    status: str
    label: str | None
    cells: Mapping[str, Cell]
    answer: RowAnswer | None
    errors: tuple[ErrorShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """A file with the answers to its rows."""

    as_of: date
    answered: int
    refused: int
    rows: tuple[RowShown, ...]
    notices: tuple[str, ...]
    file: str
    file_hash: str
    versions: Versions
    notice: str


def scored_json(scored: ScoredFile) -> bytes:
    """Everything that is known of the answers."""
    return _adapter().dump_json(file_answer(scored), indent=2)


def file_answer(scored: ScoredFile) -> FileAnswer:
    """The answers as data."""
    return FileAnswer(
        as_of=scored.as_of,
        answered=scored.answered,
        refused=scored.refused,
        rows=tuple(_row_shown(scored, row) for row in scored.rows),
        notices=scored.notices,
        file=scored.grid.name,
        file_hash=scored.file_hash,
        versions=scored.versions,
        notice=scored.notice,
    )


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[FileAnswer]:
    return TypeAdapter(FileAnswer)


def _row_shown(scored: ScoredFile, row: ScoredRow) -> RowShown:
    cells = scored.grid.rows[row.row]
    shown = {
        _heading(scored, number): cell
        for number, cell in enumerate(cells)
        if cell is not None and number not in scored.dropped
    }
    errors = tuple(error_shown(scored, row, item) for item in row.problems)
    return RowShown(row=row.row + 1, status=row.status, label=row.label, cells=shown, answer=row.answer, errors=errors)


def _heading(scored: ScoredFile, number: int) -> str:
    """The heading of a column; its letter where it has none, or where an earlier column has the same."""
    heading = scored.headings[number]
    is_first = heading is not None and scored.headings.index(heading) == number
    return str(heading) if is_first else letters(number)


def error_shown(scored: ScoredFile, row: ScoredRow, item: CellProblem) -> ErrorShown:
    """What is wrong, with its place as spreadsheets call it."""
    problem = item.problem
    return ErrorShown(
        column=None if item.column is None else _heading(scored, item.column),
        cell=None if item.column is None else f"{letters(item.column)}{row.row + 1}",
        code=problem.code,
        detail=problem.detail,
        hint=problem.hint,
        candidates=problem.candidates,
    )


def letters(number: int) -> str:
    """The letters of a column, counted from 0."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
