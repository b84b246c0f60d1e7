"""What a kind of job is: one value that reads what is asked, counts it, and does it piece by piece.

Enters: nothing. Leaves: `JobKind`. To add one, write its module beside `riskapi.jobs.scores`, put it into `riskapi.jobs.kinds`,
and give it an address in `riskapi.api.operations.jobs`; queues, leases, results, progress and files then work as they do for all.

A kind keeps two promises, on which resuming rests: the same inputs with the same workspace give the same rows in the same
order, and `Task.parts(done)` begins behind the first `done` items, whatever came before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeAlias

import polars as pl

from riskapi.jobs.limits import JobLimits
from riskapi.workspace import Workspace

#: Called between small pieces of work: gives others their turn; False asks for the rows that there are, at once.
GoesOn: TypeAlias = Callable[[], bool]
#: From the inputs and all frames of rows to the rows of the result; None leaves them as they are.
Reduce: TypeAlias = Callable[[Mapping[str, Any], Iterable[pl.DataFrame]], pl.DataFrame | None]
#: From all rows, the inputs, a workspace of the same versions and the day to the bytes of a workbook.
WorkbookOf: TypeAlias = Callable[[pl.DataFrame, Mapping[str, Any], Workspace, date], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A body that was read: `inputs` is the body with its days filled in, `total` how many items it asks for.

    `notes` are what whoever asks should know of the question itself.
    """

    inputs: Mapping[str, Any]
    as_of: date
    total: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that answer the next `items` items."""

    frame: pl.DataFrame
    items: int


class Task(Protocol):
    """Work that can begin anywhere."""

    @property
    def total(self) -> int:
        """How many items there are."""
        ...

    def parts(self, done: int, goes_on: GoesOn) -> Iterator[Part]:
        """The rows behind the first `done` items, a second's work or less at a time; asks `goes_on` between pieces."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job.

    `read` checks a body and raises `RequestError` with every problem; its arguments are the body, the workspace, the day of
    whoever names none, and the limits. `begin` makes the task from inputs that `read` has let pass, perhaps with another
    workspace. `schema` is that of the rows: one flat table. Columns of `as_json` hold JSON text, which only JSON results show;
    lists stand in files joined by "; ". `item` names what is counted. `reduce`, where it gives rows, puts them in place of
    all when the last item is done: it is asked again where a worker dies meanwhile, so that twice must be the same as once.
    `workbook` is for kinds that have one of their own; the others get a plain sheet.
    """

    name: str
    item: str
    schema: Mapping[str, pl.DataType]
    read: Callable[[object, Workspace, date, JobLimits], Wanted]
    begin: Callable[[Mapping[str, Any], Workspace, date], Task]
    as_json: frozenset[str] = field(default_factory=frozenset)
    reduce: Reduce | None = None
    workbook: WorkbookOf | None = None
