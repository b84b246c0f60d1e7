"""How a sheet is printed: a sheet and the paper in, its print set-up written into it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, cast

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.briefing.cells import plain

_LONGEST_FOOT: Final = 120
_SCALE_OF_PARTS: Final = 75  # in per cent


class Paper(StrEnum):
    """What is printed on."""

    A4 = "a4"
    LETTER = "letter"


_PAPERS: Final = {Paper.A4: 9, Paper.LETTER: 1}


def fit(page: Worksheet, *, upright: bool, has_columns: bool, is_whole: bool) -> None:
    """All columns on one sheet of paper; what is whole in its length, too."""
    page.page_setup.orientation = "portrait" if upright else "landscape"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=has_columns)
    page.page_setup.fitToHeight = 1 if is_whole else 0


def print_in_parts(page: Worksheet, columns_a_page: int, count: int) -> None:
    """A table that is wider than paper, so many columns to a page and the first column on each."""
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    page.page_setup.scale = _SCALE_OF_PARTS
    page.print_title_cols = "A:A"
    for column in range(1 + columns_a_page, count, columns_a_page):
        page.col_breaks.append(Break(id=column))


def set_paper(page: Worksheet, paper: Paper, foot: str) -> None:
    """The size of the paper, its margins, and a foot with the text, the name of the sheet and the number of the page."""
    page.page_setup.paperSize = _PAPERS[paper]
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.5, 0.7, 0.3
    parts = cast(Any, page.oddFooter)
    text = plain(foot).replace("\n", " ")[:_LONGEST_FOOT]
    parts.left.text = text.replace("&", "&&")  # a single one begins a code
    parts.center.text, parts.right.text = "&A", "&P / &N"
    for part in (parts.left, parts.center, parts.right):
        part.size = 8
