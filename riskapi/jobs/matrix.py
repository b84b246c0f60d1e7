"""The kind `matrix`: every company of one side with every company of the other. Enters: a matrix request. Leaves: its rows.

With `top`, the result holds the rows with the highest scores, the highest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import polars as pl

from riskapi.briefing.portfolio import portfolio_workbook
from riskapi.briefing.portfolio_about import about_portfolio
from riskapi.jobs.kind import GoesOn, JobKind, Part, Wanted
from riskapi.jobs.limits import JobLimits
from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import best, by_columns, plan, run
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.top import Search
from riskapi.workspace import Workspace

#: Rows of a part: less than a second of work.
TOGETHER: Final = 10_000
#: Sheets of a part where only the highest rows are wanted, and most are left out for their bounds.
SHEETS: Final = 10


@dataclass(frozen=True, slots=True)
class _Matrix:
    plan: Plan
    workspace: Workspace
    top: int | None

    @property
    def total(self) -> int:
        return self.plan.pairings

    def parts(self, done: int, goes_on: GoesOn) -> Iterator[Part]:
        places = {sheet.start: place for place, sheet in enumerate(self.plan.sheets)}
        if self.top is not None and by_columns(self.plan) and done in places:
            yield from self._highest(self.top, self.plan.sheets[places[done] :], goes_on)
        else:
            yield from self._all(done, goes_on)

    def _highest(self, count: int, sheets: Sequence[Sheet], goes_on: GoesOn) -> Iterator[Part]:
        """Some sheets at a time, of each the rows that may be among the highest of all."""
        search = Search(self.workspace, self.plan, count)
        for at in range(0, len(sheets), SHEETS):
            some = sheets[at : at + SHEETS]
            search.over(some, lambda _: goes_on())
            yield Part(frame=search.kept.rows(some[0].start), items=some[-1].stop - some[0].start)

    def _all(self, done: int, goes_on: GoesOn) -> Iterator[Part]:
        for frame in run(self.workspace, self.plan, start=done, chunk=TOGETHER):
            kept = frame if self.top is None else best([frame], self.top)
            yield Part(frame=kept, items=frame.height)
            goes_on()


def read(body: object, workspace: Workspace, today: date, limits: JobLimits) -> Wanted:
    """A matrix request; its days are filled in."""
    request = read_matrix(body, workspace, today, most=limits.pairings)
    days = [day.isoformat() for day in request.dates]
    inputs = {**cast("dict[str, Any]", body), "dates": days}
    notes = plan(workspace, request).warnings
    return Wanted(inputs=inputs, as_of=max(request.dates), total=request.pairings, notes=notes)


def begin(inputs: Mapping[str, Any], workspace: Workspace, today: date) -> _Matrix:
    """The matrix; raises `RequestError` where the datasets of now know a name no more."""
    request = read_matrix(dict(inputs), workspace, today)
    return _Matrix(plan(workspace, request), workspace, request.top)


def reduce(inputs: Mapping[str, Any], frames: Iterable[pl.DataFrame]) -> pl.DataFrame | None:
    """The highest scores of all rows, where that was asked for."""
    top = inputs.get("top")
    return None if top is None else best(frames, int(top))


def workbook(frame: pl.DataFrame, inputs: Mapping[str, Any], workspace: Workspace, today: date) -> bytes:
    """The portfolio workbook of the rows."""
    request = read_matrix(dict(inputs), workspace, today)
    sides = {side: _chosen(inputs.get(side)) for side in ("foreign", "hosts")}
    warnings = plan(workspace, request).warnings
    return portfolio_workbook(frame, about_portfolio(workspace, request, **sides, warnings=warnings))


def _chosen(side: object) -> str | None:
    """The selector of a side, where it has one."""
    return side.get("select") if isinstance(side, Mapping) else None


MATRIX: Final = JobKind(
    name="matrix", item="pairings", schema=SCHEMA, read=read, begin=begin, reduce=reduce, workbook=workbook
)
