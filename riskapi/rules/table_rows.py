"""The rows of a decision table with the place of every cell: from the rule file itself, or from a CSV file beside it.

Enters: a read rule file, or the text of a CSV file. Leaves: a `Grid`, whose cells are text; what they mean is the business
of `tables`. Problems of form are collected in the grid.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskapi.errors import Problem
from riskapi.rules.source import MAX_BYTES, Data, Path_, Source

MAX_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something of a table stands: file, line, column, and the name under which it is told."""

    file: str
    line: int
    column: int
    name: str

    def problem(self, code: str, detail: str, hint: str | None = None) -> Problem:
        """A problem here."""
        return Problem(
            code=code, detail=detail, file=self.file, line=self.line, column=self.column, field=self.name, hint=hint
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell; blank is the empty text."""

    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place, and its cells by the header of their column."""

    spot: Spot
    cells: Mapping[str, Cell]

    def text(self, header: str) -> str:
        """The text under a header, empty where there is none."""
        cell = self.cells.get(header)
        return cell.text if cell else ""


@dataclass(slots=True)
class Grid:
    """Headers with their places in order, rows, and what is wrong with the form."""

    headers: dict[str, Spot] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rows_inside(source: Source, path: Path_) -> Grid:
    """The rows that stand in the rule file, under `path`."""
    grid, rows = Grid(), _at(source.data, path)
    if not isinstance(rows, list) or not rows:
        grid.problems.append(source.problem(path, "bad-value", "a table needs a list of at least one row"))
        return grid
    for index, row in enumerate(rows[:MAX_ROWS]):
        here = (*path, index)
        if not isinstance(row, dict):
            hint = "write - {key: first, deal.type: licence, points: 4}"
            grid.problems.append(source.problem(here, "bad-value", "a row is a mapping from columns to cells", hint))
            continue
        cells = dict(_cells(source, here, row, grid))
        grid.rows.append(Row(_spot(source, here), cells))
        for header, cell in cells.items():
            grid.headers.setdefault(header, cell.spot)
    if len(rows) > MAX_ROWS:
        grid.problems.append(source.problem(path, "too-long", f"a table has at most {MAX_ROWS} rows"))
    return grid


def _cells(source: Source, here: Path_, row: Mapping[str, Data], grid: Grid) -> Iterator[tuple[str, Cell]]:
    for header, value in row.items():
        spot = _spot(source, (*here, header))
        if isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(item, str) for item in value)):
            grid.problems.append(spot.problem("bad-value", "a cell is text or a list of codes"))
            continue
        text = ", ".join(str(item) for item in value) if isinstance(value, list) else value or ""
        yield header, Cell("none" if value == [] else text, spot)


def _spot(source: Source, path: Path_) -> Spot:
    line, column = source.place(path)
    return Spot(source.file, line, column, ".".join(map(str, path)))


def _at(data: Data, path: Path_) -> Data:
    for part in path:
        if isinstance(data, dict):
            data = data.get(str(part))
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data


def read_csv(path: Path, shown_as: str) -> Grid:
    """The rows of a CSV file; the file must be there."""
    raw = path.read_bytes()
    start = Spot(shown_as, 1, 1, "")
    if len(raw) > MAX_BYTES:
        return Grid(problems=[start.problem("file-too-large", f"more than {MAX_BYTES} bytes")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "save it as `CSV UTF-8`"
        return Grid(problems=[Spot(shown_as, line, 1, "").problem("not-utf-8", "the file is not UTF-8 text", hint)])
    return rows_of_csv(text, shown_as)


def rows_of_csv(text: str, shown_as: str) -> Grid:
    """Like `read_csv`, for text."""
    grid = Grid()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    headers: list[str] = []
    try:
        for values in reader:
            here, line = line, reader.line_num + 1
            if not any(value.strip() for value in values):
                continue
            if not headers:
                headers = _headers(values, shown_as, here, grid)
            elif len(grid.rows) < MAX_ROWS:
                grid.rows.append(_csv_row(headers, values, Spot(shown_as, here, 1, f"line {here}"), grid))
            else:
                grid.problems.append(
                    Spot(shown_as, here, 1, "").problem("too-long", f"a table has at most {MAX_ROWS} rows")
                )
                break
    except csv.Error as error:
        hint = "a cell with a comma or a quotation mark is put in quotation marks; those inside are doubled"
        grid.problems.append(Spot(shown_as, reader.line_num, 1, "").problem("bad-csv", f"not valid CSV: {error}", hint))
    if not grid.rows and not grid.problems:
        grid.problems.append(Spot(shown_as, 1, 1, "").problem("bad-value", "a table needs a list of at least one row"))
    return grid


def _headers(values: Sequence[str], file: str, line: int, grid: Grid) -> list[str]:
    headers = [value.strip() for value in values]
    if len(headers) == 1 and ";" in headers[0]:
        hint = "save it with commas between the cells, not semicolons"
        grid.problems.append(Spot(file, line, 1, "").problem("bad-csv", "the cells are separated by semicolons", hint))
    for index, header in enumerate(headers):
        spot = Spot(file, line, index + 1, header)
        if not header:
            grid.problems.append(
                spot.problem("unknown-column", f"column {index + 1} has no header", "name it, or delete it")
            )
        elif header in grid.headers:
            grid.problems.append(
                spot.problem("duplicate-key", f"the column `{header}` stands twice", "keep one of them")
            )
        grid.headers.setdefault(header, spot)
    return headers


def _csv_row(headers: Sequence[str], values: Sequence[str], spot: Spot, grid: Grid) -> Row:
    if len(values) > len(headers):
        hint = 'a cell with a comma, such as "CN, HK", is put in double quotation marks'
        detail = f"the row has {len(values)} cells, the table {len(headers)} columns"
        grid.problems.append(spot.problem("bad-csv", detail, hint))
    pairs = zip(headers, values, strict=False)
    return Row(
        spot,
        {
            header: Cell(value.strip(), Spot(spot.file, spot.line, index + 1, f"{spot.name} {header}"))
            for index, (header, value) in enumerate(pairs)
        },
    )
