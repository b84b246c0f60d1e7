"""Makes a matrix: a settled request in, its rows as a stream of frames out.

A plan names the rows and their order before anything is computed, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import polars as pl

from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.request import MatrixRequest
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.sheets import Sheets
from riskapi.matrix.single import SinglePairings
from riskapi.matrix.top import Search
from riskapi.workspace import Workspace

CHUNK: Final = 5_000
#: Pairings of a sheet up to which one by one is as fast.
FEW: Final = 20
#: Makes the rows of a sheet from a row of it on, in frames of at most so many rows.
Frames: TypeAlias = Callable[[Sheet, int, int], Iterator[pl.DataFrame]]

__all__ = ["CHUNK", "Plan", "best", "by_columns", "highest", "one_by_one", "plan", "run"]


def plan(workspace: Workspace, request: MatrixRequest) -> Plan:
    """What is to be computed, with the versions that it will be computed from."""
    return Plan(request, workspace.versions)


def run(workspace: Workspace, plan: Plan, *, start: int = 0, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
    """The rows of a plan from row `start` on, in frames of at most `chunk` rows with the columns of `SCHEMA`.

    The same plan gives the same rows in the same order, however it is cut. Memory does not grow with the number of rows.
    """
    sheets = _sheets(workspace, plan)
    for sheet in plan.sheets:
        if start < sheet.stop:
            yield from sheets(sheet, max(start - sheet.start, 0), chunk)


def one_by_one(workspace: Workspace, plan: Plan, *, start: int = 0, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
    """The same rows by the engine of single pairings: slow, and what `run` is held against."""
    single = SinglePairings(workspace)
    for sheet in plan.sheets:
        if start < sheet.stop:
            yield from _alone(single, plan, sheet, max(start - sheet.start, 0), chunk)


def best(frames: Iterable[pl.DataFrame], count: int) -> pl.DataFrame:
    """The `count` rows with the highest scores, the highest first; of equal scores those that come first."""
    kept = SCHEMA.to_frame()
    for frame in frames:
        kept = pl.concat([kept, frame]).sort("score", descending=True, maintain_order=True).head(count)
    return kept


def highest(
    workspace: Workspace, plan: Plan, count: int, report: Callable[[int], object] = lambda _: None
) -> pl.DataFrame:
    """What `best` makes of all rows, without making them all; `report` is told now and then how far it is, in pairings."""
    if not by_columns(plan):
        return best(run(workspace, plan), count)
    search = Search(workspace, plan, count)
    search.over(plan.sheets, report)
    return search.kept.rows()


def by_columns(plan: Plan) -> bool:
    """Whether that pays: a sheet costs as much to prepare as some pairings take one by one."""
    return plan.offsets[-1] > FEW


def _sheets(workspace: Workspace, plan: Plan) -> Frames:
    if not by_columns(plan):
        single = SinglePairings(workspace)
        return lambda sheet, first, chunk: _alone(single, plan, sheet, first, chunk)
    return Sheets(workspace, plan).frames


def _alone(single: SinglePairings, plan: Plan, sheet: Sheet, first: int, chunk: int) -> Iterator[pl.DataFrame]:
    size = sheet.stop - sheet.start
    for at in range(first, size, chunk):
        rows = [
            single.row(plan.foreign[row], plan.hosts[column], sheet.template, sheet.day)
            for row, column in plan.cells(at, min(at + chunk, size))
        ]
        yield pl.DataFrame(rows, schema=SCHEMA)
