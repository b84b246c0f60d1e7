"""Files of pairings: bytes and a name in, a grid of cells out, or a refusal that says what to do.

What a file is, its first bytes say; the name is used in messages only.
"""

from __future__ import annotations

from typing import Final

from riskapi.spreadsheet.archive import OLE_MARK, ZIP_MARK
from riskapi.spreadsheet.grid import Grid, HeadOf
from riskapi.spreadsheet.problems import refused
from riskapi.spreadsheet.scan import MOST_CELLS
from riskapi.spreadsheet.text_file import read_text
from riskapi.spreadsheet.workbook_file import read_workbook

MOST_BYTES: Final = 50_000_000
_EMPTY_ZIP: Final = (b"PK\x05\x06", b"PK\x07\x08")


def read_grid(content: bytes, name: str, head_of: HeadOf, most_cells: int = MOST_CELLS) -> Grid:
    """The cells of the sheet with the pairings; `head_of` finds the row with the headings. Raises `FileRefusedError`."""
    if len(content) > MOST_BYTES:
        raise refused("file-too-large", f"the file has more than {MOST_BYTES:,} bytes", "split the file")
    if content.startswith(OLE_MARK):
        detail = "this is a workbook of the old kind (.xls), or one that is locked with a password"
        raise refused("workbook-kind", detail, "save it as an Excel workbook (.xlsx) without a password")
    if content.startswith(ZIP_MARK):
        return read_workbook(content, name, head_of, most_cells)
    if content.startswith((*_EMPTY_ZIP, b"%PDF")):
        raise refused("not-a-table", "the file is no table", "name a CSV file or an Excel workbook (.xlsx)")
    return read_text(content, name, head_of, most_cells)
