"""Results of jobs as pages and files. Enters: a store and the id of a job that is done. Leaves: rows, or a file on disk.

A file is made chunk by chunk, so that memory does not grow with it; a workbook is the exception. Text that a spreadsheet would
take for a formula is made harmless.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import polars as pl

from riskapi.assessment.words import code_words
from riskapi.briefing.cells import NO_FORMULA, plain
from riskapi.briefing.sheets import CellValue, Column, Document, Form, Sheet, Table, document_bytes
from riskapi.errors import Problem, RequestError
from riskapi.jobs.kind import JobKind
from riskapi.jobs.kinds import KINDS
from riskapi.jobs.work import frames
from riskapi.store.database import Store
from riskapi.store.jobs import Job, inputs_of
from riskapi.workspace import Workspace

#: A workbook is made in memory; more rows than these are for other programs than a spreadsheet.
MOST_SHEET_ROWS: Final = 20_000
#: Some two kilobytes each: more take longer to make than a request may.
MOST_CSV_ROWS: Final = 200_000
#: Rows of a Parquet file that are in memory at once.
GROUP_ROWS: Final = 5_000
SEPARATOR: Final = "; "
_SCORES: Final = ("score", "low", "high")


def rows_of(store: Store, tenant: str, job: Job, first: int, count: int) -> list[dict[str, Any]]:
    """At most `count` rows from number `first` on, ready for JSON."""
    kind, found = KINDS[job.kind], list[dict[str, Any]]()
    for frame in frames(store, tenant, job.id, first):
        found += [plain_row(kind, row) for row in frame.head(count - len(found)).iter_rows(named=True)]
        if len(found) >= count:
            break
    return found


def plain_row(kind: JobKind, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row ready for JSON."""
    return {
        name: json.loads(value) if name in kind.as_json and value is not None else value for name, value in row.items()
    }


# Files


def csv_file(store: Store, tenant: str, job: Job) -> BinaryIO:
    """All rows as CSV: UTF-8 with a mark, so that spreadsheets read names rightly. Raises `RequestError` for too many."""
    _check_rows(job, MOST_CSV_ROWS, "a CSV file", "take parquet, or pages of json")
    target = _new_file()
    target.write(b"\xef\xbb\xbf")
    kind = KINDS[job.kind]
    _flat(kind, pl.DataFrame(schema=dict(kind.schema))).write_csv(target, line_terminator="\r\n")
    for frame in frames(store, tenant, job.id):
        flat = _flat(kind, frame)
        safe = flat.with_columns(_harmless(column) for column in flat if column.dtype == pl.String)
        safe.write_csv(target, include_header=False, line_terminator="\r\n")
    target.seek(0)
    return target


def parquet_file(store: Store, tenant: str, job: Job) -> BinaryIO:
    """All rows as one Parquet file; lists stay lists."""
    kind, target = KINDS[job.kind], _new_file()
    with tempfile.TemporaryDirectory(prefix="riskapi-job-") as folder:
        parts = []
        for number, frame in enumerate(frames(store, tenant, job.id)):
            parts.append(Path(folder) / f"{number:06}.parquet")
            frame.drop(kind.as_json).write_parquet(parts[-1], compression="zstd")
        if not parts:
            pl.DataFrame(schema=dict(kind.schema)).drop(kind.as_json).write_parquet(target)
        else:
            whole = Path(folder) / "whole.parquet"
            pl.scan_parquet(parts, glob=False).sink_parquet(whole, compression="zstd", row_group_size=GROUP_ROWS)
            with whole.open("rb") as source:
                while block := source.read(1 << 20):
                    target.write(block)
    target.seek(0)
    return target


def xlsx_file(store: Store, tenant: str, job: Job, workspace: Workspace) -> BinaryIO:
    """All rows as a workbook; raises `RequestError` where there are more than a spreadsheet is for.

    The workbook of its kind names rules as the workspace does: where that is of another state by now, it is a plain sheet.
    """
    _check_rows(job, MOST_SHEET_ROWS, "a workbook", "take csv or parquet")
    kind, target = KINDS[job.kind], _new_file()
    if kind.workbook is not None and job.versions == workspace.versions:
        with store.read() as session:
            inputs = inputs_of(session, tenant, job.id)
        whole = pl.concat([pl.DataFrame(schema=dict(kind.schema)), *frames(store, tenant, job.id)])
        target.write(kind.workbook(whole, inputs, workspace, job.as_of))
    else:
        target.write(_plain_sheet(kind, job, frames(store, tenant, job.id)))
    target.seek(0)
    return target


def _plain_sheet(kind: JobKind, job: Job, found: Iterable[pl.DataFrame]) -> bytes:
    flat = [_flat(kind, frame) for frame in found]
    frame = pl.concat(flat) if flat else _flat(kind, pl.DataFrame(schema=dict(kind.schema)))
    table = Table(
        "Result",
        tuple(map(_column, *zip(*frame.schema.items(), strict=True))),
        cast("list[tuple[CellValue, ...]]", frame.rows()),
    )
    remarks = tuple(f"{name}: {text}" for name, text in about(job).items())
    sheet = Sheet("Result", (table,), remarks)
    return document_bytes((sheet,), Document(title=f"{job.kind} as of {job.as_of}", day=job.as_of))


def about(job: Job) -> dict[str, str]:
    """What a reader of the file should know of it."""
    told = {"Job": job.id, "As of": job.as_of.isoformat(), "Rows": f"{job.rows:,}"}
    if job.versions is not None:
        told |= {"Rules": job.versions.rule_set, "Datasets": job.versions.dataset, "Program": job.versions.engine}
    return told | {"Notice": "An estimate from published rules and facts, not legal advice."}


def _column(name: str, dtype: pl.DataType) -> Column:
    form = Form.SCORE if name in _SCORES else _form(dtype)
    return Column(code_words(name), form, 28.0 if form is Form.TEXT else 12.0)


def _form(dtype: pl.DataType) -> Form:
    if dtype == pl.Date:
        return Form.DATE
    if dtype.is_integer():
        return Form.COUNT
    return Form.NUMBER if dtype.is_numeric() else Form.TEXT


def _flat(kind: JobKind, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows without columns for JSON alone, and with lists as text."""
    lists = [name for name, dtype in kind.schema.items() if isinstance(dtype, pl.List)]
    return frame.drop(kind.as_json).with_columns(pl.col(lists).list.join(SEPARATOR))


def _harmless(column: pl.Series) -> pl.Series:
    """The texts with those changed that a spreadsheet would work out, or cannot hold."""
    texts = column.unique().drop_nulls().to_list()
    changed = {text: safe for text in texts if (safe := _safe(text)) != text}
    return column.replace(changed) if changed else column


def _safe(text: str) -> str:
    shown = plain(text)
    return f"'{shown}" if shown.startswith(NO_FORMULA) else shown


def _check_rows(job: Job, most: int, form: str, hint: str) -> None:
    if job.rows > most:
        detail = f"the result has {job.rows:,} rows, {form} at most {most:,}"
        raise RequestError(Problem(code="result-too-long", field="format", detail=detail, hint=hint))


def _new_file() -> BinaryIO:
    """A file without a name, gone when it is closed."""
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="riskapi-job-"))  # whoever sends it closes it
