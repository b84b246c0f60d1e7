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

from riskapi.briefing.bulk import BulkValue, LongRows, Styles
from riskapi.briefing.cells import (
    FIGURE_SIZE,
    LINK,
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
    Toned,
    Within,
    font,
    head_of,
    plain,
    style_of,
    styles,
    text_in,
    write_value,
)
from riskapi.briefing.charts import Chart, drawn, lines_beside
from riskapi.briefing.checks import Check, validation
from riskapi.briefing.heights import SIZE, head_width, lines_needed, row_height
from riskapi.briefing.packing import packed
from riskapi.briefing.printing import Paper, fit, print_in_parts, set_paper
from riskapi.briefing.steps import Scale, add_scale

#: What a sheet can hold at most; Excel calls a file broken that has more.
MOST_LINKS: Final = 65_000
_DATE_WIDTH: Final = 13.0  # a date that has no room is shown as a row of #


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in characters, `check` what its cells take."""

    heading: str
    form: Form = Form.TEXT
    width: float = 16
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `name` is what formulas of the reader call it: letters, digits, `_`, unique in the workbook.

    Without a name its headings need not be unique. `open_rows`: how many empty rows below are made ready to be filled in.
    `scale` colours its numbers. `columns_a_page` is for tables that are wider than paper: so many stand on a page, beside the
    first one, which is repeated.
    """

    name: str | None
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[CellValue]]
    title: str | None = None
    chart: Chart | None = None
    open_rows: int = 0
    scale: Scale | None = None
    columns_a_page: int | None = None


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table of very many rows of plain values, each shown as its column says, on one line; quick to write.

    It has no chart, and is the last of its sheet. `printed` is how many of its columns are put on paper, all where None.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[BulkValue]]
    title: str | None = None
    scale: Scale | None = None
    columns_a_page: int | None = None
    printed: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: remarks above, then its tables one below the other. The heads of a single table stay in sight.

    `above` are rows of cells that stand above everything, as somebody wrote them.
    """

    title: str
    tables: tuple[Table | LongTable, ...]
    remarks: tuple[str | Within, ...] = ()
    above: Sequence[Sequence[CellValue]] = ()


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
    """What has to be put into the parts of the file: values of formulas, texts of charts, rows of long tables."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    rows: dict[str, LongRows] = field(default_factory=dict)


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
            _write_sheet(page, sheet, part, written)
        _set_up_print(page, sheet, document)
    _set_properties(book, document)
    return packed(book, written.values, written.texts, written.rows)


def _set_properties(book: Workbook, document: Document) -> None:
    properties = book.properties
    properties.title, properties.creator, properties.lastModifiedBy = plain(document.title), "riskapi", "riskapi"
    properties.subject, properties.keywords = document.subject and plain(document.subject), document.keywords
    properties.created = properties.modified = datetime.combine(document.day, time())


def _set_up_print(page: Worksheet, sheet: Sheet | Page, document: Document) -> None:
    is_page = isinstance(sheet, Page)
    has_chart = not isinstance(sheet, Page) and any(isinstance(one, Table) and one.chart for one in sheet.tables)
    has_columns = isinstance(sheet, Page) or bool(sheet.tables)
    fit(page, upright=is_page, has_columns=has_columns, is_whole=is_page or has_chart)
    for table in () if isinstance(sheet, Page) else sheet.tables:
        if table.columns_a_page is not None and len(table.columns) > table.columns_a_page + 1:
            print_in_parts(page, table.columns_a_page, len(table.columns))
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


def _write_sheet(page: Worksheet, sheet: Sheet, part: str, written: _Written) -> None:
    row = 1
    for line in sheet.above:
        # Texts run on over the cells beside them.
        looks = [style_of(Form.TEXT if isinstance(cell, str) else Form.ANY) for cell in line]
        _write_line(page, row, line, looks)
        row += 1
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
        _write_frame(page, table, row)
        if isinstance(table, LongTable):
            written.rows[part] = _long_rows(page, table, row, MOST_LINKS - links)
            if table.printed is not None:
                page.print_area = f"A1:{get_column_letter(table.printed)}{row + len(table.rows)}"
            break
        links = _write_rows(page, table, row, links)
        written.values.setdefault(part, {}).update(_values_in(table, row))
        _add_chart(page, table, row, written.texts)
        row += max(len(table.rows) + table.open_rows, 1, lines_beside(table.chart)) + 2
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


def _write_frame(page: Worksheet, table: Table | LongTable, top: int) -> None:
    """Write the heads into the row `top`, and what makes a table of them and of the rows below."""
    for number, column in enumerate(table.columns, 1):
        write_value(_cell(page, top, number), column.heading, head_of(column.form))
    _set_height(page, top, max(_head_lines(column) for column in table.columns))
    _add_filter(page, table, top)
    if table.scale is not None:
        add_scale(page, table.scale, top + 1, len(table.rows))


def _add_filter(page: Worksheet, table: Table | LongTable, top: int) -> None:
    """The buttons of the head, as a table with a name where it has one."""
    cells = f"A{top}:{get_column_letter(len(table.columns))}{top + max(len(table.rows), 1)}"
    if table.name is None:
        page.auto_filter.ref = cells
        return
    named = NamedTable(displayName=table.name, ref=cells)
    named.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    page.add_table(named)


def _long_rows(page: Worksheet, table: LongTable, top: int, most_links: int) -> LongRows:
    """The rows, to be put into the part of the sheet as it is packed."""
    return LongRows(table.rows, top + 1, tuple(_styles_of(page, column.form) for column in table.columns), most_links)


def _styles_of(page: Worksheet, form: Form) -> Styles:
    """The numbers that styles have in the workbook; a cell that is not of the sheet asks for them."""
    asking = Cell(page, row=1, column=1)
    asking.style = style_of(form)
    as_it_is = asking.style_id
    asking.quotePrefix = True
    quoted = asking.style_id
    asking.style = LINK
    return Styles(as_it_is, quoted, asking.style_id)


def _write_rows(page: Worksheet, table: Table, top: int, links: int) -> int:
    """Write the rows below the row `top`; the number of links that the sheet then has."""
    looks = [style_of(column.form) for column in table.columns]
    for offset, values in enumerate(table.rows, 1):
        links += _write_line(page, top + offset, values, looks, linked=links < MOST_LINKS)
        _set_height(page, top + offset, _row_lines(values, table.columns))
    _open_rows(page, table, top, looks)
    return links


def _write_line(
    page: Worksheet, row: int, values: Sequence[CellValue], looks: Sequence[str], *, linked: bool = True
) -> int:
    """Write the cells of a row; how many of them became links."""
    return sum(
        write_value(_cell(page, row, number), value, look, linked=linked)
        for number, (value, look) in enumerate(zip(values, looks, strict=False), 1)
        if value is not None
    )


def _open_rows(page: Worksheet, table: Table, top: int, looks: Sequence[str]) -> None:
    """Make the empty rows below ready, and say what the cells of each column take."""
    below = top + len(table.rows) + 1
    for row in range(below, below + table.open_rows):
        for number, look in enumerate(looks, 1):
            _cell(page, row, number).style = look
    for number, column in enumerate(table.columns, 1):
        if column.check is not None and below + table.open_rows > top + 1:
            letter = get_column_letter(number)
            page.add_data_validation(
                validation(column.check, f"{letter}{top + 1}:{letter}{below + table.open_rows - 1}")
            )


def _head_lines(column: Column) -> int:
    return lines_needed(column.heading, _width(column) - 2, bold=True)


def _row_lines(values: Sequence[CellValue], columns: Sequence[Column]) -> int:
    wrapped = (Form.LONG, Form.ANY)
    found = [
        lines_needed(text_in(value), _width(column), bold=isinstance(value, Mark))
        for value, column in zip(values, columns, strict=False)
        if isinstance(value, Mark | Toned | Link | Within) or column.form in wrapped
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
    beside = get_column_letter(len(table.columns) + 2)
    place = f"{beside}{top}" if table.chart.beside else f"A{top + len(table.rows) + 2}"
    page.add_chart(drawn(table.chart, page, top, table.rows), place)
    is_first = len(cast(Any, page)._charts) == 1  # noqa: SLF001  # the charts of a sheet are one drawing
    drawing = f"xl/drawings/drawing{len(texts) + is_first}.xml"
    texts.setdefault(drawing, []).append((table.chart.title, table.chart.description))


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    return cast(Cell, page.cell(row, column))  # nothing is merged


__all__ = [
    "LONGEST_ADDRESS",
    "LONGEST_TEXT",
    "MOST_LINKS",
    "CellValue",
    "Chart",
    "Check",
    "Column",
    "Document",
    "Form",
    "Formula",
    "Link",
    "LongTable",
    "Look",
    "Mark",
    "Page",
    "Paper",
    "Scale",
    "Sheet",
    "Styled",
    "Table",
    "Tone",
    "Toned",
    "Within",
    "document_bytes",
    "plain",
    "workbook_bytes",
]
