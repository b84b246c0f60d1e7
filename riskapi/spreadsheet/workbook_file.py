"""Workbooks (.xlsx) as grids: the bytes of a file in, the sheet with the pairings out, or a refusal.

The archive is looked through, its XML is looked through, and only then does a reader build tables from a copy of our own
making (`archive`, `scan`). Formulas are read as the values that were saved with them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from riskapi.spreadsheet.archive import repacked, unpacked
from riskapi.spreadsheet.grid import Cell, Grid, HeadOf, OtherSheet, Row, is_blank, trimmed
from riskapi.spreadsheet.problems import FileRefusedError, refused
from riskapi.spreadsheet.scan import MOST_CELLS, Scanned, scan

SHEET: Final = "Pairings"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class _Sheet:
    title: str
    rows: tuple[Row, ...]
    is_visible: bool
    merged: tuple[tuple[int, int], ...]  # first and last row of each merged range
    scanned: Scanned


def read_workbook(content: bytes, name: str, head_of: HeadOf, most_cells: int = MOST_CELLS) -> Grid:
    """The sheet with the pairings; `head_of` finds the row with the headings. Raises `FileRefusedError`."""
    parts = unpacked(content)
    scanned = scan(parts, most_cells)
    sheets = _opened(parts, scanned)
    chosen, notices = _chosen(sheets, head_of)
    head = head_of(chosen.rows)
    if head is not None:
        _check_merged(chosen, head)
    if chosen.scanned.formulas:
        count = f"{chosen.scanned.formulas:,} formula{'s' if chosen.scanned.formulas > 1 else ''}"
        notices.append(f"{count} on the sheet `{chosen.title}` read as the value that was saved with it")
    failed = frozenset((row - 1, column - 1) for row, column in (*chosen.scanned.failed, *chosen.scanned.unsolved))
    others = tuple(OtherSheet(sheet.title, sheet.rows) for sheet in sheets if sheet.is_visible and sheet is not chosen)
    return Grid(rows=chosen.rows, name=name, sheet=chosen.title, failed=failed, notices=tuple(notices), others=others)


def _opened(parts: Mapping[str, bytes], scanned: Mapping[str, Scanned]) -> list[_Sheet]:
    try:
        return _sheets(parts, scanned)
    except (KeyboardInterrupt, SystemExit, MemoryError, FileRefusedError):
        raise
    except BaseException:  # noqa: BLE001  # a reader in Rust raises its panics past `Exception`
        hint = "open it in Excel or LibreOffice and save it again as .xlsx"
        raise refused("workbook-broken", "the sheets of the workbook cannot be read", hint) from None


def _sheets(parts: Mapping[str, bytes], scanned: Mapping[str, Scanned]) -> list[_Sheet]:
    of_title = _parts_of_sheets(parts)
    found = []
    with CalamineWorkbook.from_filelike(io.BytesIO(repacked(parts))) as book:
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            merged = tuple((first[0], last[0]) for first, last in sheet.merged_cell_ranges or ())
            rows = _without_end([_row(row) for row in sheet.to_python(skip_empty_area=False)])
            where = of_title.get(about.name, "")
            found.append(
                _Sheet(
                    about.name, rows, about.visible == SheetVisibleEnum.Visible, merged, scanned.get(where, Scanned())
                )
            )
    return found


def _parts_of_sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The part of each sheet by its title. The XML was looked through: it declares no entities."""
    book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
    relations = ET.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    found = {}
    for item in book.iter():
        if item.tag.rpartition("}")[2] == "sheet":
            target = targets.get(item.get(_RELATION), "")
            found[item.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _row(cells: Sequence[Any]) -> Row:
    return trimmed([_cell(cell) for cell in cells])


def _cell(value: Any) -> Cell:  # noqa: ANN401  # whatever the reader gives
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value  # type: ignore[no-any-return]


def _without_end(rows: list[Row]) -> tuple[Row, ...]:
    """The rows without the blank ones at the end, of which formatted sheets have many."""
    while rows and is_blank(rows[-1]):
        rows.pop()
    return tuple(rows)


def _chosen(sheets: Sequence[_Sheet], head_of: HeadOf) -> tuple[_Sheet, list[str]]:
    """The sheet called Pairings, or the first that has the headings; and what to tell of the others."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    hidden = [sheet.title for sheet in sheets if not sheet.is_visible]
    fitting = [sheet for sheet in visible if head_of(sheet.rows) is not None]
    if not visible or not any(sheet.rows for sheet in visible):
        detail = "every sheet that is not hidden is empty" if visible else "every sheet of the workbook is hidden"
        raise refused("no-pairings", detail, "put the pairings on a visible sheet; `riskapi template` makes one")
    named = [sheet for sheet in visible if sheet.title.strip().casefold() == SHEET.casefold()]
    chosen = (named or fitting or visible)[0]
    notices = []
    if not named and len(fitting) > 1:
        others = ", ".join(f"`{sheet.title}`" for sheet in fitting[1:])
        notices.append(
            f"the sheet `{chosen.title}` was read; {others} could be, too: name the one that is meant `{SHEET}`"
        )
    if hidden:
        told = ", ".join(f"`{title}`" for title in hidden)
        notices.append(f"hidden sheets were not read and are not in the result: {told}")
    return chosen, notices


def _check_merged(sheet: _Sheet, head: int) -> None:
    within = [first for first, last in sheet.merged if last >= head]
    if within:
        detail = f"cells of the table on the sheet `{sheet.title}` are merged, first in row {min(within) + 1}"
        raise refused(
            "cells-merged", detail, "select the table and undo `Merge cells`: each row needs cells of its own"
        )
