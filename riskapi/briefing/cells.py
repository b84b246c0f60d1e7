"""Cells of workbooks: a value and the name of a style in, a written cell out.

What comes from outside is never a formula: text stays text, also when somebody edits the cell. The only formulas are
`Formula`s, which the program writes itself. An empty cell means that a value is not known or that there is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from riskapi.briefing.heights import FONT, SIZE

#: What a cell and an address can hold at most; Excel calls a file broken that has more.
LONGEST_TEXT: Final = 32_767
LONGEST_ADDRESS: Final = 2_000

_CUT: Final = " [cut]"
#: Text that begins so is taken for a formula when somebody edits the cell.
NO_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones count too
#: Control characters (no tab, no newline), direction marks, lone surrogates, and what is no character.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: One wrong character in an address, and Excel calls the whole file broken.
_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?]{part}*)?(?:#{part}*)?".replace(
        "{part}", r"(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})"
    ),
    re.IGNORECASE | re.ASCII,
)
_KEPT: Final = "%-._~:/?#@!$&'()*+,;="  # of an address; everything else beside letters and digits is escaped


class Form(StrEnum):
    """How the values of a column are shown."""

    TEXT = "text"
    LONG = "long"  # text over several lines
    COUNT = "count"
    NUMBER = "number"
    CHANGE = "change"  # a number with its sign
    SCORE = "score"  # from 0 to 100; the ends, which no score reaches, are never claimed
    SHARE = "share"  # a fraction, shown in percent
    DATE = "date"
    ANY = "any"  # a column of different things, each shown by its own type


class Tone(StrEnum):
    """The ground of a cell that says the same in words; told apart by lightness, and by any colour vision."""

    APPLIES = "applies"
    OPEN = "open"
    QUIET = "quiet"
    LOWERS = "lowers"
    LOW = "low"
    MODERATE = "moderate"
    ELEVATED = "elevated"
    HIGH = "high"
    SEVERE = "severe"


class Look(StrEnum):
    """How a cell of a page without columns is shown."""

    TITLE = "page title"
    HEADING = "page heading"
    LABEL = "page label"
    BODY = "page body"
    FIGURE = "page figure"  # the one number that everybody looks for
    SCORE = "page score"
    POINTS = "page points"
    DATE = "page date"


@dataclass(frozen=True, slots=True)
class Link:
    """A text with the address behind it; an address other than http(s) is left away."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Within:
    """A text that leads to a cell of this workbook."""

    text: str
    sheet: str
    cell: str = "A1"


@dataclass(frozen=True, slots=True)
class Mark:
    """A text on a coloured ground."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Toned:
    """A value of any kind on a coloured ground."""

    value: str | int | float | bool | date | time | timedelta
    tone: Tone


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own, and its value, so that a reader who works nothing out sees a number too."""

    text: str
    value: float


CellValue: TypeAlias = (
    str | int | float | bool | date | time | timedelta | Link | Within | Mark | Toned | Formula | None
)

_FORMATS: Final = {
    Form.TEXT: "@",
    Form.LONG: "General",  # Excel shows long text in the format of text as a row of #
    Form.COUNT: "#,##0",
    Form.NUMBER: "0.0",
    Form.CHANGE: "+0.0;-0.0;0.0",
    Form.SCORE: '[>99.9]">99.9";[<0.1]"<0.1";0.0',
    Form.SHARE: "0.0%",
    Form.DATE: "yyyy-mm-dd",
    Form.ANY: "General",
}
_TEXT = Alignment(horizontal="left", vertical="top", indent=1)  # an indent keeps columns apart, in print as well
_WRAPPED = Alignment(horizontal="left", vertical="top", indent=1, wrap_text=True)
_FIGURES = Alignment(horizontal="right", vertical="top", indent=1)
_ALIGNED: Final = {Form.TEXT: _TEXT, Form.LONG: _WRAPPED, Form.ANY: _WRAPPED, Form.DATE: _TEXT}
#: Ground and print of each tone. The five bands are a scale of one hue from light to dark (ColorBrewer YlOrBr).
TONES: Final[Mapping[Tone, tuple[str, str]]] = {
    Tone.APPLIES: ("FDD0A2", "000000"),
    Tone.OPEN: ("FFF7BC", "000000"),
    Tone.QUIET: ("FFFFFF", "595959"),
    Tone.LOWERS: ("C6DBEF", "000000"),
    Tone.LOW: ("FFFFD4", "000000"),
    Tone.MODERATE: ("FED98E", "000000"),
    Tone.ELEVATED: ("FE9929", "000000"),
    Tone.HIGH: ("D95F0E", "000000"),
    Tone.SEVERE: ("993404", "FFFFFF"),
}
#: Size of the print of a title and of the one number that everybody looks for.
FIGURE_SIZE: Final = 18
HEAD, NUMBER_HEAD, TITLE, REMARK, LINK = (
    "riskapi head",
    "riskapi number head",
    "riskapi title",
    "riskapi remark",
    "riskapi link",
)
_RULE: Final = Side(style="thin", color="FFBFBFBF")


def styles() -> Iterator[NamedStyle]:
    """Every style that a cell may name."""
    for form, number_format in _FORMATS.items():
        alignment = _ALIGNED.get(form, _FIGURES)
        yield NamedStyle(style_of(form), number_format=number_format, alignment=alignment, font=font())
    bold = font(bold=True)
    yield NamedStyle(HEAD, font=bold, alignment=Alignment("left", "center", indent=1, wrap_text=True))
    # The button of the filter covers the right end of a head.
    yield NamedStyle(NUMBER_HEAD, font=bold, alignment=Alignment("right", "center", indent=2, wrap_text=True))
    yield NamedStyle(TITLE, font=font(bold=True, size=12))
    yield NamedStyle(REMARK, font=font(italic=True, color="FF555555"))
    yield NamedStyle(LINK, font=font(color="FF0563C1", is_link=True), alignment=_WRAPPED)
    for tone, (ground, ink) in TONES.items():
        fill = PatternFill("solid", fgColor=f"FF{ground}")
        strong = tone not in (Tone.QUIET, Tone.OPEN)
        yield NamedStyle(style_of(tone), font=font(bold=strong, color=f"FF{ink}"), fill=fill, alignment=_WRAPPED)
    yield from _page_styles()


def _page_styles() -> Iterator[NamedStyle]:
    line = Border(bottom=_RULE)
    yield NamedStyle(style_of(Look.TITLE), font=font(bold=True, size=FIGURE_SIZE))
    yield NamedStyle(style_of(Look.HEADING), font=font(bold=True, size=12), border=line)
    yield NamedStyle(style_of(Look.LABEL), font=font(color="FF595959"), alignment=_WRAPPED)
    yield NamedStyle(style_of(Look.BODY), font=font(), alignment=_WRAPPED)
    figure = font(bold=True, size=FIGURE_SIZE)
    yield NamedStyle(style_of(Look.FIGURE), font=figure, number_format=_FORMATS[Form.SCORE], alignment=_TEXT)
    yield NamedStyle(style_of(Look.SCORE), font=font(), number_format=_FORMATS[Form.SCORE], alignment=_TEXT)
    yield NamedStyle(style_of(Look.POINTS), font=font(bold=True), number_format="+0.0;-0.0;0.0", alignment=_FIGURES)
    yield NamedStyle(style_of(Look.DATE), font=font(), number_format=_FORMATS[Form.DATE], alignment=_TEXT)


def font(
    *, bold: bool = False, italic: bool = False, size: float = SIZE, color: str = "FF000000", is_link: bool = False
) -> Font:
    """The font of all cells."""
    line: Literal["single"] | None = "single" if is_link else None
    return Font(name=FONT, family=2, bold=bold, italic=italic, size=size, color=color, underline=line)


def head_of(form: Form) -> str:
    """The style of the head of a column: figures stand at the right, and so do their heads."""
    return HEAD if form in _ALIGNED else NUMBER_HEAD


def style_of(kind: Form | Tone | Look) -> str:
    """The name of a style in the workbook."""
    return f"riskapi {kind.value}"


def write_value(cell: Cell, value: CellValue, style: str, *, linked: bool = True) -> bool:
    """Write a value; True where it became a link. With `linked` false, links are written as their text."""
    match value:
        case None:
            return False
        case Link(text, raw):
            address = web_address(raw) if linked else None
            return _write_link(cell, text, style, Hyperlink(ref="", target=address) if address else None)
        case Within(text, sheet, place):
            name = sheet.replace("'", "''")
            target = Hyperlink(ref="", location=f"'{name}'!{place}", display=text) if linked else None
            return _write_link(cell, text, style, target)
        case Mark(text, tone):
            write_plain(cell, text, style_of(tone))
        case Toned(held, tone):
            write_plain(cell, held, style_of(tone))
            if isinstance(held, date) and not isinstance(held, datetime):
                cell.number_format = _FORMATS[Form.DATE]
        case Formula(text):
            cell.style = style
            cell.value = text
        case _:
            write_plain(cell, value, style)
    return False


def _write_link(cell: Cell, text: str, style: str, target: Hyperlink | None) -> bool:
    write_plain(cell, text, LINK if target else style)
    if target:
        cell.hyperlink = target
        cell.style = LINK  # openpyxl puts its own style there with the address
    return target is not None


def write_plain(  # a value of a cell
    cell: Cell,
    value: str | float | bool | date | time | timedelta,  # noqa: FBT001
    style: str,
) -> None:
    """Write a value that leads nowhere; a number that is none leaves the cell empty."""
    if isinstance(value, float) and not math.isfinite(value):
        return
    is_day = isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time())
    if is_day and style == style_of(Form.ANY):
        style = style_of(Form.DATE)
    cell.style = style
    if not isinstance(value, str):
        cell.value = value
        return
    text = plain(value)
    cell.value = text
    cell.data_type = "s"  # openpyxl takes a leading `=` for a formula
    if text.startswith(NO_FORMULA):
        cell.quotePrefix = True  # text stays text when the cell is edited, too


def plain(text: str) -> str:
    """The text as a cell can hold it: unsafe characters as their escapes, and cut where it is too long."""
    safe = _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode(), text)
    return safe if len(safe) <= LONGEST_TEXT else safe[: LONGEST_TEXT - len(_CUT)] + _CUT


def web_address(raw: str | None) -> str | None:
    """Where a link leads, escaped; None for what leads to no page of the web."""
    if raw is None:
        return None
    escaped = quote(raw, safe=_KEPT)
    return escaped if len(escaped) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(escaped) else None


def text_in(value: CellValue) -> str:
    """What is shown of a value that may take several lines; empty for numbers and dates."""
    match value:
        case str():
            return value
        case Link(text) | Within(text) | Mark(text):
            return text
        case Toned(str() as text):
            return text
        case _:
            return ""
