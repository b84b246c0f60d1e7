"""Text files with separators (.csv) as grids: the bytes of a file in, its cells out, or a refusal.

Only UTF-8 is read: in any other encoding a name with an accent is another name, and nobody would notice. Commas,
semicolons and tabulators separate; which one is found out from the headings.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from riskapi.spreadsheet.grid import Grid, HeadOf, Row, trimmed
from riskapi.spreadsheet.problems import refused
from riskapi.spreadsheet.scan import MOST_CELLS, MOST_COLUMNS, MOST_ROWS

SEPARATORS: Final = (",", ";", "\t")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_SAVE_UTF8: Final = "save it as `CSV UTF-8`: in Excel under Save As, in LibreOffice with the character set UTF-8"
_HEAD_LINES: Final = 30
_SEP_LINE: Final = "sep="


def read_text(content: bytes, name: str, head_of: HeadOf, most_cells: int = MOST_CELLS) -> Grid:
    """The cells of the file; `head_of` finds the row with the headings. Raises `FileRefusedError`."""
    text, notices = _decoded(content), []
    if text[: len(_SEP_LINE)].casefold() == _SEP_LINE:
        line, _, text = text.partition("\n")
        notices.append(f"the line `{line.strip()}` is left out of the result")
    if not text.strip():
        raise refused("no-pairings", "the file is empty", "`riskapi template --out pairings.csv` makes one to fill in")
    separator = _separator(text, head_of)
    return Grid(rows=_rows(text, separator, most_cells), name=name, delimiter=separator, notices=tuple(notices))


def _decoded(content: bytes) -> str:
    if content.startswith(_WIDE_MARKS):
        raise refused("not-utf-8", "the file is UTF-16 text", _SAVE_UTF8)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        detail = f"the file is not UTF-8 text: line {line} has a byte that UTF-8 does not use so (an older encoding?)"
        raise refused("not-utf-8", detail, _SAVE_UTF8) from None
    if "\0" in text:
        hint = "name a CSV file or an Excel workbook (.xlsx)"
        raise refused("not-a-table", "the file is no text: it holds bytes of zero", hint)
    return text


def _separator(text: str, head_of: HeadOf) -> str:
    """The one with which the headings are found; else the one that makes most cells, so that errors speak of those."""
    start = "\n".join(text.splitlines()[:_HEAD_LINES])
    tried = {separator: _some_rows(start, separator) for separator in SEPARATORS}
    fitting = [separator for separator, rows in tried.items() if head_of(rows) is not None]
    return fitting[0] if fitting else max(tried, key=lambda separator: max(map(len, tried[separator]), default=0))


def _some_rows(text: str, separator: str) -> list[Row]:
    try:
        return [_row(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error:
        return []


def _rows(text: str, separator: str, most_cells: int) -> tuple[Row, ...]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    places = 0
    try:
        for raw in reader:
            places += len(raw)
            if len(rows) >= MOST_ROWS or len(raw) > MOST_COLUMNS or places > most_cells:
                detail = f"the file has more than {MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns or {most_cells:,} cells"
                raise refused("file-too-large", detail, "split the file")
            rows.append(_row(raw))
    except csv.Error as error:
        hint = "a cell that holds a quote or a line break stands in quotes, and quotes inside it are doubled"
        raise refused("csv-broken", f"line {reader.line_num} cannot be read: {error}", hint) from None
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _row(cells: Sequence[str]) -> Row:
    return trimmed([cell if cell.strip() else None for cell in cells])
