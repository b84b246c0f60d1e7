"""Many pairings as files: a frame of `riskapi.matrix` in; the bytes of a workbook, of CSV or of Parquet out.

The same frame always gives the same bytes; the clock is not read.
"""

from __future__ import annotations

import hashlib
import io
from typing import Final

import polars as pl

from riskapi.briefing import portfolio_counts as counts
from riskapi.briefing import portfolio_summary as ends
from riskapi.briefing import portfolio_tables as tables
from riskapi.briefing.cells import NO_FORMULA, plain
from riskapi.briefing.portfolio_about import PortfolioAbout
from riskapi.briefing.portfolio_grid import grid_sheet, grids
from riskapi.briefing.portfolio_rows import Rows, ranked
from riskapi.briefing.sheets import Document, Page, Paper, Sheet, document_bytes
from riskapi.matrix.schema import flat

_MARK: Final = b"\xef\xbb\xbf"  # so that spreadsheets read names rightly


def portfolio_workbook(frame: pl.DataFrame, about: PortfolioAbout, *, paper: Paper = Paper.A4) -> bytes:
    """The workbook of a matrix; raises `RequestError` where the frame is none, or has more rows than a sheet holds."""
    rows = ranked(frame)
    tables.number_rows(rows)
    title = ends.title_of(rows)
    document = Document(
        title=title,
        subject=ends.question(rows),
        keywords=f"rules {about.rule_set}; data {about.dataset}",
        day=about.day,
        foot=f"{title}, as of {about.day}. Not legal advice.",
        paper=paper,
    )
    return document_bytes(_sheets(rows, about, content_hash(frame)), document)


def _sheets(rows: Rows, about: PortfolioAbout, content: str) -> list[Sheet | Page]:
    found = grids(rows)
    return [
        ends.summary(rows, about, found, content),
        *(grid_sheet(grid, about) for grid in found),
        tables.ranking(rows, about),
        tables.drivers(rows, about),
        counts.gates_sheet(rows, about),
        counts.rules_sheet(rows, about),
        counts.distributions(rows, about),
        ends.method(rows, about, content),
    ]


def portfolio_csv(frame: pl.DataFrame) -> bytes:
    """The rows in the order of the frame; lists are joined, and text that a spreadsheet would work out is made harmless."""
    safe = flat(frame).with_columns(_safe(column) for column in flat(frame) if column.dtype == pl.String)
    return _MARK + safe.write_csv(line_terminator="\r\n").encode()


def _safe(column: pl.Series) -> pl.Series:
    texts = column.unique().drop_nulls().to_list()
    changed = {text: _harmless(text) for text in texts if _harmless(text) != text}
    return column.replace(changed) if changed else column


def _harmless(text: str) -> str:
    shown = plain(text)
    return f"'{shown}" if shown.startswith(NO_FORMULA) else shown


def portfolio_parquet(frame: pl.DataFrame) -> bytes:
    """The rows with their types and lists."""
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 of the rows as CSV: what `portfolio_csv` gives has it."""
    return hashlib.sha256(portfolio_csv(frame)).hexdigest()
