"""Decision tables as a workbook that an expert can work in: tables in, an openpyxl workbook out.

A sheet for the rows and one for the examples of each table, one that explains the columns, one that says what is where and
from which state of the files it comes. No cell is a formula: text that looks like one is kept as text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.table_rows import Grid
from riskapi.workbench.table_columns import Column, columns_of_examples, columns_of_rows, to_cell
from riskapi.workbench.table_file import TableFile

ABOUT, COLUMNS, LISTS = "About", "Columns", "Lists"
ROWS, EXAMPLES = "rows", "examples"
#: The line of the sheet `About` with the heads of its list of sheets.
HEAD = ("sheet", "holds", "table", "file", "state")
_NAME_LENGTH = 31
_WIDEST, _NARROWEST = 60, 9
#: Rows below the last one that get formats, and those that get drop-downs, too.
_SPARE, _OFFERED = 30, 500
_FILL = PatternFill("solid", fgColor="FFE7ECF3")
_HELP = (
    "Change cells, add rows below, delete rows. Then: riskapi rules table import THIS-FILE --check, and --write at the end.",
    "The key of a row is part of the id of its rule. Ids are permanent: do not change keys; a row whose law ended gets a `to`.",
    "A cell that is empty, or says - or any: it does not matter. In columns that set a field, - means that the row has none.",
    "CN, HK: one of them. not CN, HK: none of them. all of lidar, drones: a list holds all. none: a list is empty.",
    "25%, >= 25%, < 0.5: numbers. 0.25..0.5: from and to, both included. [0.25..0.5): without 0.5. >= 2027-01-01: days.",
    "? >= 0.25 and ? < deal.host_stake: a condition in which ? stands for the column.",
    "Each row needs an example in which it fires, one in which it does not, and one in which it is undetermined.",
    "In examples an empty cell means that the fact is not told; none is an empty list.",
    "Formulas are not read. Comments, colours and further sheets are ignored.",
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    holds: str
    table: TableFile
    grid: Grid
    columns: Mapping[str, Column]


def workbook_of(tables: Sequence[TableFile], vocabulary: Vocabulary) -> Workbook:
    """The workbook of these tables."""
    book = Workbook()
    about = book.active
    assert isinstance(about, Worksheet)  # noqa: S101  # a new workbook has one
    about.title = ABOUT
    sheets = list(_sheets(tables, vocabulary))
    lists = _Lists(book)
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet, lists)
    _write_about(about, sheets)
    _write_columns(book.create_sheet(COLUMNS), sheets)
    lists.write()
    return book


def state_of(table: TableFile) -> str:
    """A hash of the files that hold the table, by which an import sees that they have changed since."""
    files = [table.path, *([table.csv] if table.csv else [])]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _sheets(tables: Sequence[TableFile], vocabulary: Vocabulary) -> list[_Sheet]:
    found: list[_Sheet] = []
    for number, table in enumerate(tables, 1):
        short = _short(table.id, number, {sheet.name for sheet in found})
        found.append(_Sheet(short, ROWS, table, table.rows, columns_of_rows(table, vocabulary)))
        columns = columns_of_examples(table.examples.headers, vocabulary)
        found.append(_Sheet(f"{short} {EXAMPLES}", EXAMPLES, table, table.examples, columns))
    return found


def _short(name: str, number: int, taken: set[str]) -> str:
    """A name for the sheet, which leaves room for the word behind that of the examples; ids can be longer."""
    room = _NAME_LENGTH - len(EXAMPLES) - 1
    short = name if len(name) <= room else name.rpartition(".")[2][:room]
    return short if short not in taken else f"{number} {short}"[:room]


def _write(page: Worksheet, sheet: _Sheet, lists: _Lists) -> None:
    for number, column in enumerate(sheet.columns.values(), 1):
        _put(page.cell(1, number), column.header)
        _style_head(page.cell(1, number))
        widest = len(column.header) + 2
        for line, row in enumerate(sheet.grid.rows, 2):
            value, number_format = to_cell(column, row.text(column.header))
            _put(page.cell(line, number), value, number_format)
            widest = max(widest, len(row.text(column.header)) + 2)
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = min(max(widest, _NARROWEST), _WIDEST)
        last = len(sheet.grid.rows) + 1 + _SPARE
        for line in range(len(sheet.grid.rows) + 2, last + 1):
            page.cell(line, number).number_format = to_cell(column, "")[1]
        lists.offer(page, column, f"{letter}2:{letter}{last + _OFFERED}")
    page.freeze_panes = "B2"
    page.auto_filter.ref = f"A1:{get_column_letter(max(len(sheet.columns), 1))}{len(sheet.grid.rows) + 1}"


def _put(cell: Any, value: object, number_format: str = "@") -> None:  # noqa: ANN401  # openpyxl has two classes
    """Write a value; text stays text whatever it starts with."""
    cell.value = value
    cell.number_format = number_format
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "'"))
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > _WIDEST)


def _style_head(cell: Any) -> None:  # noqa: ANN401
    cell.font = Font(bold=True)
    cell.fill = _FILL


def _write_about(page: Worksheet, sheets: Sequence[_Sheet]) -> None:
    _put(page.cell(1, 1), "Decision tables of rule files")
    page.cell(1, 1).font = Font(bold=True, size=14)
    for line, text in enumerate(_HELP, 2):
        _put(page.cell(line, 1), text)
        page.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(HEAD))
        page.cell(line, 1).alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[line].height = 32
    top = len(_HELP) + 3
    for number, text in enumerate(HEAD, 1):
        _put(page.cell(top, number), text)
        _style_head(page.cell(top, number))
        page.column_dimensions[get_column_letter(number)].width = 34 if number != 2 else 12  # noqa: PLR2004
    for line, sheet in enumerate(sheets, top + 1):
        values = (sheet.name, sheet.holds, sheet.table.id, sheet.table.shown, state_of(sheet.table))
        for number, text in enumerate(values, 1):
            _put(page.cell(line, number), text)


def _write_columns(page: Worksheet, sheets: Sequence[_Sheet]) -> None:
    heads = ("sheet", "column", "holds", "unit", "meaning", "values")
    for number, (text, width) in enumerate(zip(heads, (31, 34, 12, 12, 80, 60), strict=True), 1):
        _put(page.cell(1, number), text)
        _style_head(page.cell(1, number))
        page.column_dimensions[get_column_letter(number)].width = width
    line = 2
    for sheet in sheets:
        for column in sheet.columns.values():
            few = ", ".join(column.choices)
            values = (sheet.name, column.header, column.holds.value, column.unit or "", column.meaning, few[:2000])
            for number, text in enumerate(values, 1):
                _put(page.cell(line, number), text)
                page.cell(line, number).alignment = Alignment(wrap_text=number > 4, vertical="top")  # noqa: PLR2004
            line += 1
    page.freeze_panes = "A2"


class _Lists:
    """The choices of columns on a sheet of their own, since a drop-down cannot hold long ones itself."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.ranges: dict[tuple[str, ...], str] = {}

    def offer(self, page: Worksheet, column: Column, cells: str) -> None:
        """A drop-down for the cells; in columns that ask, other text is allowed, since cells may hold tests."""
        if not column.choices:
            return
        choices = tuple(column.choices)
        letter = get_column_letter(len(self.ranges) + 1)
        self.ranges.setdefault(choices, f"{LISTS}!${letter}$1:${letter}${len(choices)}")
        rule = DataValidation(type="list", formula1=f"={self.ranges[choices]}", allow_blank=True)
        rule.showErrorMessage = column.closed
        rule.errorTitle, rule.error = column.header, "Choose one of the list, or leave the cell empty."
        rule.add(cells)
        page.add_data_validation(rule)

    def write(self) -> None:
        """The sheet, out of sight, at the end of the workbook."""
        page = self.book.create_sheet(LISTS)
        page.sheet_state = "hidden"
        for number, choices in enumerate(self.ranges, 1):
            for line, text in enumerate(choices, 1):
                _put(page.cell(line, number), text)
