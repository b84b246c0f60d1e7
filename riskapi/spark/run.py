"""Makes a matrix on a cluster: a plan, a session and a shared folder in; its rows, or a folder of files of them, out.

The rows are those of `matrix.run`, in the same order.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl
from pyspark.sql import DataFrame, SparkSession

from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.run import CHUNK, best
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.sheets import Sheets
from riskapi.spark.sheet import SparkSheet
from riskapi.workspace import Workspace

#: Spark writes it when all parts of a folder are there.
_WHOLE: Final = "_SUCCESS"


@dataclass(frozen=True)
class SparkRun:
    """A plan that is made on the cluster of `session`; `shared` is a folder that all its machines see."""

    workspace: Workspace
    plan: Plan
    session: SparkSession
    shared: Path

    def rows(self, *, start: int = 0, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
        """The rows from row `start` on, in frames of at most `chunk` rows; one sheet lies in the shared folder at a time."""
        for sheet in self.plan.sheets:
            if start < sheet.stop:
                with self._made(sheet) as made:
                    yield from _frames(made, made.rows(), max(start - sheet.start, 0), chunk)

    def write(self, target: Path, report: Callable[[int], None] = lambda _: None) -> None:
        """Write every sheet as a folder of Parquet files of its own below `target`; those that are there are kept.

        `report` is told after every sheet how many rows there are.
        """
        for number, sheet in enumerate(self.plan.sheets):
            folder = target / f"sheet-{number:04}"
            if not (folder / _WHOLE).is_file():
                with self._made(sheet) as made:
                    made.rows().write.mode("overwrite").parquet(str(folder))
            report(sheet.stop)

    def highest(self, count: int, report: Callable[[int], None] = lambda _: None) -> pl.DataFrame:
        """The `count` rows with the highest scores, the highest first; of equal scores those that come first."""
        kept = SCHEMA.to_frame()
        for sheet in self.plan.sheets:
            with self._made(sheet) as made:
                kept = best([kept, *_frames(made, made.highest(count), 0, count)], count)
            report(sheet.stop)
        return kept

    @cached_property
    def _sheets(self) -> Sheets:
        return Sheets(self.workspace, self.plan)

    @contextmanager
    def _made(self, sheet: Sheet) -> Iterator[SparkSheet]:
        """A sheet with a folder for its tables. Made like any other, so that workers of another user may write into it."""
        work = self.shared / f".riskapi-{self.plan.identity[:12]}-{os.getpid()}-{sheet.start}"
        work.mkdir(parents=True)
        try:
            yield SparkSheet(self.session, work, self._sheets, sheet)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _frames(made: SparkSheet, rows: DataFrame, first: int, chunk: int) -> Iterator[pl.DataFrame]:
    """Rows of the sheet, by way of its folder, from row `first` on."""
    folder = made.folder / "rows"
    rows.write.parquet(str(folder))
    for path in sorted(folder.glob("part-*.parquet"), key=_number):
        part = pl.read_parquet(path, memory_map=False).select(SCHEMA.names()).cast(SCHEMA)
        yield from (part[at : at + chunk] for at in range(min(first, len(part)), len(part), chunk))
        first = max(first - len(part), 0)


def _number(path: Path) -> int:
    return int(path.name.split("-")[1])
