"""A workbook of decision tables read back: a file in, rows and examples as text with the cell of each out.

Only form is judged here; what the rows say is checked by the loader of rule files, whose problems then name these cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.errors import Problem, RuleError
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.table_cells import CellError
from riskapi.rules.table_conditions import Conditions
from riskapi.rules.table_rows import MAX_ROWS, Cell, Grid, Row, Spot
from riskapi.workbench.table_columns import Column, columns_of_examples, from_cell, row_column
from riskapi.workbench.table_file import TableFile
from riskapi.workbench.table_sheets import ABOUT, EXAMPLES, HEAD, ROWS

MAX_BYTES = 20_000_000
_MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table as the workbook has it; `state` is that of the files when they were exported."""

    table: TableFile
    state: str
    rows: Grid
    examples: Grid


@dataclass(frozen=True, slots=True)
class _Listed:
    sheet: str
    holds: str
    table: str
    state: str


def read_workbook(path: Path, tables: Mapping[str, TableFile], vocabulary: Vocabulary) -> list[ReadTable]:
    """The tables of a workbook that `workbook_of` made; `tables` are those of the rule files, by id.

    Raises `RuleError` with all problems of form.
    """
    book = _opened(path)
    problems: list[Problem] = []
    found: dict[str, dict[str, tuple[_Listed, Grid]]] = {}
    for item in _listed(book, path.name):
        table, page = tables.get(item.table), book.get(item.sheet)
        if table is None:
            hint = "list them with `riskapi rules table list`; a private rule set needs --rules"
            problems.append(_wrong(path.name, f"there is no table `{item.table[:120]}` in the rule files", hint))
        elif page is None:
            hint = f"call it so again, or export the table anew; its name stands in the sheet {ABOUT}"
            problems.append(_wrong(path.name, f"the sheet `{item.sheet}` is missing", hint))
        else:
            grid = _grid(page, path.name, table, item.holds, vocabulary)
            problems += [replace(problem, line=None, column=None) for problem in grid.problems]
            found.setdefault(item.table, {})[item.holds] = (item, grid)
    if problems:
        raise RuleError(problems)
    return [_table(tables[name], parts) for name, parts in found.items()]


def _table(table: TableFile, parts: Mapping[str, tuple[_Listed, Grid]]) -> ReadTable:
    """A sheet that is not listed leaves its part of the table as it is."""
    state = next(iter(parts.values()))[0].state
    rows = parts[ROWS][1] if ROWS in parts else table.rows
    return ReadTable(table, state, rows, parts[EXAMPLES][1] if EXAMPLES in parts else table.examples)


def _opened(path: Path) -> Mapping[str, Worksheet]:
    hint = "name a workbook that `riskapi rules table export` made, saved as .xlsx"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RuleError(_wrong(path.name, f"the workbook has more than {MAX_BYTES} bytes", hint))
        book = load_workbook(path, rich_text=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise RuleError(_wrong(path.name, f"the file is no workbook that can be read: {error}"[:300], hint)) from None
    return {page.title: page for page in book.worksheets}


def _wrong(file: str, detail: str, hint: str | None = None) -> Problem:
    return Problem(code="bad-workbook", detail=detail, file=file, hint=hint)


def _listed(book: Mapping[str, Worksheet], file: str) -> list[_Listed]:
    """What the sheet `About` says of the others."""
    page = book.get(ABOUT)
    lines = [] if page is None else [tuple(line[: len(HEAD)]) for line in page.iter_rows(values_only=True)]
    if HEAD not in lines:
        hint = "start from a workbook that `riskapi rules table export` made"
        raise RuleError(_wrong(file, f"the sheet `{ABOUT}` does not say which sheet holds which table", hint))
    below = lines[lines.index(HEAD) + 1 :]
    return [_Listed(str(sheet), str(holds), str(table), str(state)) for sheet, holds, table, _, state in below if sheet]


def _grid(page: Worksheet, file: str, table: TableFile, holds: str, vocabulary: Vocabulary) -> Grid:
    reader = _Page(page, file)
    if holds == ROWS:
        conditions = Conditions(vocabulary, table.where)
        columns = {header: row_column(header, conditions) for header in reader.heads.values()}
    else:
        columns = columns_of_examples(dict.fromkeys(reader.heads.values()), vocabulary)
    for line in range(2, (page.max_row or 1) + 1):
        cells = dict(reader.cells(line, columns))
        if any(cell.text for cell in cells.values()):
            reader.grid.rows.append(Row(Spot(file, line, 1, f"{page.title}!A{line}"), cells))
    if len(reader.grid.rows) > MAX_ROWS:
        reader.grid.problems.append(_wrong(file, f"the sheet `{page.title}` has more than {MAX_ROWS} rows"))
    return reader.grid


class _Page:
    """One sheet while it is read; problems go to its grid."""

    def __init__(self, page: Worksheet, file: str) -> None:
        self.page, self.file, self.grid = page, file, Grid()
        self.heads: dict[int, str] = {}
        for number in self._numbers():
            spot = Spot(file, 1, number, f"{page.title}!{get_column_letter(number)}1")
            text = str(page.cell(1, number).value or "").strip()
            if text in self.grid.headers:
                problem = spot.problem("duplicate-key", f"the column `{text}` stands twice", "keep one of them")
                self.grid.problems.append(problem)
            elif text:
                self.heads[number] = text
                self.grid.headers[text] = spot

    def _numbers(self) -> range:
        return range(1, min(self.page.max_column or 1, _MAX_COLUMNS) + 1)

    def cells(self, line: int, columns: Mapping[str, Column]) -> Iterator[tuple[str, Cell]]:
        """The cells of one line that hold something."""
        for number in self._numbers():
            cell = self.page.cell(line, number)
            if cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()):
                continue
            spot = Spot(self.file, line, number, f"{self.page.title}!{cell.coordinate}")
            if number not in self.heads:
                hint = "give the column a head in line 1, or empty the cell"
                what = "the cell stands in a column without a head"
                self.grid.problems.append(spot.problem("unknown-column", what, hint))
                continue
            header = self.heads[number]
            try:
                _refuse_formula(cell.data_type)
                yield header, Cell(from_cell(columns[header], cell.value, cell.number_format), spot)
            except CellError as error:
                self.grid.problems.append(spot.problem("bad-cell", error.detail, error.hint))


def _refuse_formula(data_type: str) -> None:
    if data_type in ("f", "e"):
        raise CellError(
            f"the cell holds {'a formula' if data_type == 'f' else 'an error of the spreadsheet'}",
            "replace it by what it comes to, or type the test without the equals sign",
        )
