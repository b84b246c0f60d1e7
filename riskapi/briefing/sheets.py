"""Workbooks: sheets of typed tables and pages of single cells in, the bytes of an .xlsx file out.

The same sheets always give the same bytes. What a cell may hold, and what becomes of it, says `riskapi.briefing.cells`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final, cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as NamedTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.briefing.cells import (
    FIGURE_SIZE,
    LONGEST_ADDRESS,
    LONGEST_TEXT,
    REMARK,
    TITLE,
    CellValue,
    Form,
    Formula,
    Link,
    Look,
    Mark,
    Tone,
    Within,
    font,
    head_of,
    plain,
    style_of,
    styles,
    text_in,
    write_value,
)
from riskapi.briefing.charts import Chart, drawn
from riskapi.briefing.heights import SIZE, head_width, lines_needed, row_height
from riskapi.briefing.packing import packed
from riskapi.briefing.printing import Paper, fit, set_paper

#: What a sheet can hold at most; Excel calls a file broken that has more.
MOST_LINKS: Final = 65_000
_DATE_WIDTH: Final = 13.0  # a date that has no room is shown as a row of #


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in characters."""

    heading: str
    form: Form = Form.TEXT
    width: float = 16


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `name` is what formulas of the reader call it: letters, digits, `_`, unique in the workbook."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[CellValue]]
    title: str | None = None
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: remarks above, then its tables one below the other. The heads of a single table stay in sight."""

    title: str
    tables: tuple[Table, ...]
    remarks: tuple[str | Within, ...] = ()


@dataclass(frozen=True, slots=True)
class Styled:
    """A value of a page, and how it looks."""

    value: CellValue
    look: Look = Look.BODY


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet without columns of one kind: lines of single cells, printed upright. `widths` in characters."""

    title: str
    widths: tuple[float, ...]
    lines: Sequence[Sequence[Styled | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a workbook says of itself, and how it is printed. `day` is the date that it bears; the clock is not read."""

    title: str
    day: date
    subject: str | None = None
    keywords: str | None = None
    foot: str | None = None
    paper: Paper | None = None


@dataclass(slots=True)
class _Written:
    """What has to be put into the parts of the file: values of formulas, texts of charts."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def workbook_bytes(sheets: Sequence[Sheet | Page], *, title: str, day: date) -> bytes:
    """The workbook. `day` is the date that it bears as written on; the clock is not read."""
    return document_bytes(sheets, Document(title=title, day=day))


def document_bytes(sheets: Sequence[Sheet | Page], document: Document) -> bytes:
    """The workbook with its properties, its foot and its paper."""
    book = Workbook()
    book.remove(book.worksheets[0])
    # The widths of columns are counted in digits of the normal style, to which openpyxl has no other way.
    cast(Any, book)._named_styles["Normal"].font = font()  # noqa: SLF001
    for style in styles():
        book.add_named_style(style)
    written = _Written()
    for number, sheet in enumerate(sheets, 1):
        page, part = book.create_sheet(sheet.title), f"xl/worksheets/sheet{number}.xml"
        if isinstance(sheet, Page):
            _write_page(page, sheet)
        else:
            _write_sheet(page, sheet, written.values.setdefault(part, {}), written.texts)
        _set_up_print(page, sheet, document)
    _set_properties(book, document)
    return packed(book, written.values, written.texts)


def _set_properties(book: Workbook, document: Document) -> None:
    properties = book.properties
    properties.title, properties.creator, properties.lastModifiedBy = plain(document.title), "riskapi", "riskapi"
    properties.subject, properties.keywords = document.subject and plain(document.subject), document.keywords
    properties.created = properties.modified = datetime.combine(document.day, time())


def _set_up_print(page: Worksheet, sheet: Sheet | Page, document: Document) -> None:
    is_page = isinstance(sheet, Page)
    has_chart = not isinstance(sheet, Page) and any(table.chart for table in sheet.tables)
    has_columns = isinstance(sheet, Page) or bool(sheet.tables)
    fit(page, upright=is_page, has_columns=has_columns, is_whole=is_page or has_chart)
    if document.paper is not None:
        set_paper(page, document.paper, document.foot or document.title)


# Pages


def _write_page(page: Worksheet, source: Page) -> None:
    for row, line in enumerate(source.lines, 1):
        for column, styled in enumerate(line, 1):
            if styled is not None:
                write_value(_cell(page, row, column), styled.value, style_of(styled.look))
        _set_height(page, row, _page_lines(line, source.widths), size=_largest(line))
    for number, width in enumerate(source.widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.sheet_view.showGridLines = False


def _page_lines(line: Sequence[Styled | None], widths: Sequence[float]) -> int:
    """Lines that the fullest cell takes; titles and headings run on over the cells beside them."""
    wrapped = (Look.BODY, Look.LABEL)
    found = [
        lines_needed(text_in(styled.value), width, bold=isinstance(styled.value, Mark))
        for styled, width in zip(line, widths, strict=False)
        if styled is not None and styled.look in wrapped
    ]
    return max(found, default=1)


def _largest(line: Sequence[Styled | None]) -> float:
    looks = {styled.look for styled in line if styled is not None}
    return FIGURE_SIZE if looks & {Look.TITLE, Look.FIGURE} else SIZE


def _set_height(page: Worksheet, row: int, lines: int, *, size: float = SIZE) -> None:
    height = row_height(lines, size=size)
    if height is not None:
        page.row_dimensions[row].height = height


# Sheets


def _write_sheet(
    page: Worksheet, sheet: Sheet, values: dict[str, float], texts: dict[str, list[tuple[str, str]]]
) -> None:
    row = 1
    for remark in sheet.remarks:
        write_value(_cell(page, row, 1), remark, REMARK)
        row += 1
    row += 1 if sheet.remarks else 0
    links = 0
    for table in sheet.tables:
        if table.title:
            write_value(_cell(page, row, 1), table.title, TITLE)
            row += 1
        if len(sheet.tables) == 1:
            page.freeze_panes = page.cell(row + 1, 2 if len(table.columns) > 2 else 1).coordinate  # noqa: PLR2004
            page.print_title_rows = f"{row}:{row}"
        links = _write_table(page, table, row, links)
        values.update(_values_in(table, row))
        _add_chart(page, table, row, texts)
        row += max(len(table.rows), 1) + 2
    _set_widths(page, sheet)


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    for number in range(max((len(table.columns) for table in sheet.tables), default=0)):
        columns = [table.columns[number] for table in sheet.tables if number < len(table.columns)]
        widths = [_width(column) for column in columns]
        page.column_dimensions[get_column_letter(number + 1)].width = max(widths)


def _width(column: Column) -> float:
    """The width that was asked for, or what the heading or a date takes."""
    least = _DATE_WIDTH if column.form is Form.DATE else 0.0
    return max(column.width, round(head_width(column.heading), 1), least)


def _write_table(page: Worksheet, table: Table, top: int, links: int) -> int:
    """Write heads and rows from the row `top`; the number of links that the sheet then has."""
    for number, column in enumerate(table.columns, 1):
        write_value(_cell(page, top, number), column.heading, head_of(column.form))
    looks = [style_of(column.form) for column in table.columns]
    for offset, values in enumerate(table.rows, 1):
        for number, value in enumerate(values, 1):
            if value is not None:
                cell = _cell(page, top + offset, number)
                links += write_value(cell, value, looks[number - 1], linked=links < MOST_LINKS)
        _set_height(page, top + offset, _row_lines(values, table.columns))
    _set_height(page, top, max(_head_lines(column) for column in table.columns))
    last = get_column_letter(len(table.columns))
    named = NamedTable(displayName=table.name, ref=f"A{top}:{last}{top + max(len(table.rows), 1)}")
    named.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    page.add_table(named)
    return links


def _head_lines(column: Column) -> int:
    return lines_needed(column.heading, _width(column) - 2, bold=True)


def _row_lines(values: Sequence[CellValue], columns: Sequence[Column]) -> int:
    wrapped = (Form.LONG, Form.ANY)
    found = [
        lines_needed(text_in(value), _width(column), bold=isinstance(value, Mark))
        for value, column in zip(values, columns, strict=False)
        if isinstance(value, Mark | Link | Within) or column.form in wrapped
    ]
    return max(found, default=1)


def _values_in(table: Table, top: int) -> Mapping[str, float]:
    return {
        f"{get_column_letter(number)}{top + offset}": value.value
        for offset, row in enumerate(table.rows, 1)
        for number, value in enumerate(row, 1)
        if isinstance(value, Formula)
    }


def _add_chart(page: Worksheet, table: Table, top: int, texts: dict[str, list[tuple[str, str]]]) -> None:
    if table.chart is None or not table.rows:
        return
    page.add_chart(drawn(table.chart, page, top, table.rows), f"A{top + len(table.rows) + 2}")
    drawing = f"xl/drawings/drawing{len(texts) + 1}.xml"
    texts[drawing] = [(table.chart.title, table.chart.description)]


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    return cast(Cell, page.cell(row, column))  # nothing is merged


__all__ = [
    "LONGEST_ADDRESS",
    "LONGEST_TEXT",
    "MOST_LINKS",
    "CellValue",
    "Chart",
    "Column",
    "Document",
    "Form",
    "Formula",
    "Link",
    "Look",
    "Mark",
    "Page",
    "Paper",
    "Sheet",
    "Styled",
    "Table",
    "Tone",
    "Within",
    "document_bytes",
    "plain",
    "workbook_bytes",
]
