"""Rows of long tables, written as the parts of a workbook are: rows of plain values in, the XML of rows and links out.

openpyxl makes an object of every cell, which for the tables of a portfolio takes ten times as long and as much memory. What
a cell may hold, and what becomes of it, is as `riskapi.briefing.cells` says: text is never a formula, unsafe characters are
written as their escapes, a number that is none leaves the cell empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from riskapi.briefing.cells import NO_FORMULA, Within, plain

_FIRST_DAY: Final = date(1899, 12, 30)  # of the calendar of spreadsheets, for days from March 1900 on
#: One line, also where a program would break a link that is longer than its column.
_HEIGHT: Final = ' ht="13.5" customHeight="1"'
_PIECE: Final = 500  # rows that are written at once
_DIMENSION: Final = re.compile(r'<dimension ref="[^"]*"')


@dataclass(frozen=True, slots=True)
class Leads:
    """A number that leads to a cell of this workbook."""

    value: float
    sheet: str
    cell: str = "A1"


BulkValue: TypeAlias = str | int | float | date | Within | Leads | None


@dataclass(frozen=True, slots=True)
class Styles:
    """The numbers of the styles of one column: as it is, of text that looks like a formula, of a text that leads on."""

    plain: int
    quoted: int
    linked: int


@dataclass(frozen=True, slots=True)
class LongRows:
    """The rows of the last table of a sheet, the first of which is the row `top`; `styles` of each column."""

    rows: Sequence[Sequence[BulkValue]]
    top: int
    styles: tuple[Styles, ...]
    most_links: int

    def put_into(self, xml: str) -> Iterator[bytes]:
        """The XML of the sheet with the rows and their links, piece by piece."""
        last = f"{get_column_letter(len(self.styles))}{self.top + max(len(self.rows), 1) - 1}"
        head, tail = xml.split("</sheetData>", 1)  # the heads stand there already
        yield _DIMENSION.sub(f'<dimension ref="A1:{last}"', head).encode()
        links: list[str] = []
        for start in range(0, len(self.rows), _PIECE):
            yield self._written(start, links).encode()
        yield _with_links(f"</sheetData>{tail}", "".join(links)).encode()

    def _written(self, start: int, links: list[str]) -> str:
        """The XML of the rows from `start` on; their links are added to `links`."""
        letters = [get_column_letter(number) for number in range(1, len(self.styles) + 1)]
        written = []
        for number, row in enumerate(self.rows[start : start + _PIECE], self.top + start):
            cells = [
                _cell(f"{letter}{number}", value, styles, links, self.most_links)
                for letter, value, styles in zip(letters, row, self.styles, strict=True)
            ]
            written.append(f'<row r="{number}"{_HEIGHT}>{"".join(cells)}</row>')
        return "".join(written)


def _with_links(xml: str, links: str) -> str:
    """Links stand in one element, before the margins."""
    if not links:
        return xml
    if "</hyperlinks>" in xml:
        return xml.replace("</hyperlinks>", f"{links}</hyperlinks>", 1)
    before, margins, after = re.split("(<printOptions|<pageMargins)", xml, maxsplit=1)
    return f"{before}<hyperlinks>{links}</hyperlinks>{margins}{after}"


def _cell(place: str, value: BulkValue, styles: Styles, links: list[str], most: int) -> str:
    match value:
        case str():
            return _text(place, value, styles.quoted if value.startswith(NO_FORMULA) else styles.plain)
        case Within(text, sheet, target):
            is_link = len(links) < most
            if is_link:
                links.append(_link(place, sheet, target))
            return _text(place, text, styles.linked if is_link else styles.plain)
        case Leads(number, sheet, target):
            if len(links) < most:
                links.append(_link(place, sheet, target))
            return _number(place, number, styles.plain)
        case date():
            return _number(place, (value - _FIRST_DAY).days, styles.plain)
        case int() | float():
            return _number(place, value, styles.plain)
    return ""


def _number(place: str, value: float, style: int) -> str:
    return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>' if math.isfinite(value) else ""


def _text(place: str, text: str, style: int) -> str:
    return f'<c r="{place}" s="{style}" t="inlineStr">{_inline(text)}</c>'


@lru_cache(maxsize=65_536)
def _inline(text: str) -> str:
    return f'<is><t xml:space="preserve">{escape(plain(text))}</t></is>'


def _link(place: str, sheet: str, target: str) -> str:
    name = sheet.replace("'", "''")
    location = quoteattr(f"'{name}'!{target}")
    return f'<hyperlink ref="{place}" location={location}/>'
