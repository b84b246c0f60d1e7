"""Makes a matrix on a cluster: a plan, a session and a shared folder in; its rows, or a folder of files of them, out.

The rows are those of `matrix.run`, in the same order.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from pyspark.sql import SparkSession

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
        sheets = Sheets(self.workspace, self.plan)
        for sheet in self.plan.sheets:
            if start < sheet.stop:
                with self._work(sheet) as work:
                    target = work / "rows"
                    SparkSheet(self.session, work, sheets, sheet).rows().write.parquet(str(target))
                    yield from _frames(target, max(start - sheet.start, 0), chunk)

    def write(self, target: Path, report: Callable[[int], None] = lambda _: None) -> None:
        """Write every sheet as a folder of Parquet files of its own below `target`; those that are there are kept.

        `report` is told after every sheet how many rows there are.
        """
        sheets = Sheets(self.workspace, self.plan)
        for number, sheet in enumerate(self.plan.sheets):
            made = target / f"sheet-{number:04}"
            if not (made / _WHOLE).is_file():
                with self._work(sheet) as work:
                    rows = SparkSheet(self.session, work, sheets, sheet).rows()
                    rows.write.mode("overwrite").parquet(str(made))
            report(sheet.stop)

    def highest(self, count: int, report: Callable[[int], None] = lambda _: None) -> pl.DataFrame:
        """The `count` rows with the highest scores, the highest first; of equal scores those that come first."""
        sheets, kept = Sheets(self.workspace, self.plan), SCHEMA.to_frame()
        for sheet in self.plan.sheets:
            with self._work(sheet) as work:
                target = work / "rows"
                SparkSheet(self.session, work, sheets, sheet).highest(count).write.parquet(str(target))
                kept = best([kept, *_frames(target, 0, count)], count)
            report(sheet.stop)
        return kept

    @contextmanager
    def _work(self, sheet: Sheet) -> Iterator[Path]:
        """A folder for the tables of a sheet. Made like any other, so that workers of another user may write into it."""
        work = self.shared / f".riskapi-{self.plan.identity[:12]}-{os.getpid()}-{sheet.start}"
        work.mkdir(parents=True)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _frames(folder: Path, first: int, chunk: int) -> Iterator[pl.DataFrame]:
    """The rows of a folder from row `first` on."""
    for path in sorted(folder.glob("part-*.parquet"), key=_number):
        part = pl.read_parquet(path, memory_map=False).select(SCHEMA.names()).cast(SCHEMA)
        rows = part[first:]
        first = max(first - len(part), 0)
        yield from (rows[at : at + chunk] for at in range(0, len(rows), chunk))


def _number(path: Path) -> int:
    return int(path.name.split("-")[1])
