"""Briefings for tests: the demonstration of the project with everything that a briefing can hold."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from functools import lru_cache
from typing import Any, Final

from openpyxl import Workbook, load_workbook

from riskapi.briefing.gather import briefing_of
from riskapi.briefing.material import Briefing
from riskapi.briefing.workbook import briefing_workbook
from tests.shipped import AS_OF, shipped_workspace

DEAL: Final[dict[str, Any]] = {
    "type": "joint_venture",
    "sector": "automotive",
    "activity_country": "US",
    "market_countries": ["US"],
    "product": "ev_car",
    "production_countries": ["CN"],
}


@lru_cache(maxsize=4)
def demo(as_of: date = AS_OF) -> Briefing:
    """A joint venture of Xiaomi and Ford, with what-if, owners and a duty."""
    workspace = shipped_workspace()
    data = {"parties": ["Xiaomi", "Ford"], "deal": DEAL, "as_of": as_of}
    answer = workspace.ask(data, today=as_of)
    return briefing_of(workspace, answer, whatif=workspace.whatif(data, today=as_of))


@lru_cache(maxsize=4)
def demo_bytes(as_of: date = AS_OF) -> bytes:
    """Its workbook."""
    return briefing_workbook(demo(as_of))


def read(content: bytes) -> Workbook:
    """The workbook as openpyxl reads it, formulas as formulas."""
    return load_workbook(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    """The parts of the file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows_of(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of the one table of a sheet, by heading."""
    page = book[sheet]
    (table,) = page.tables.values()
    head, *rows = ([cell.value for cell in row] for row in page[table.ref])
    return [dict(zip(head, row, strict=True)) for row in rows]
