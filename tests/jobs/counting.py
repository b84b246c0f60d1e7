"""A kind of job that numbers its items, two in a part; and how tests put jobs in and work on them.

The inputs say what happens: `items`, `fails_at` (an error nobody foresaw), `refuses` (a `RequestError`), `best` (the result is
so many rows from the end, the last one first).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from riskapi.errors import Problem, RequestError
from riskapi.jobs.kind import GoesOn, JobKind, Part, Wanted
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means, Runner
from riskapi.jobs.work import Outcome, frames
from riskapi.store import jobs
from riskapi.store.database import Store
from riskapi.store.jobs import Job, NewJob
from riskapi.workspace import Workspace
from tests.store.material import NOON

TOGETHER = 2
SCHEMA = {"number": pl.Int64(), "text": pl.String(), "list": pl.List(pl.String()), "told": pl.String()}

#: Called with the number of each item before it is done: where tests let things happen.
HOOK: list[Callable[[int], None]] = []


@dataclass
class Counting:
    inputs: Mapping[str, Any]

    @property
    def total(self) -> int:
        return int(self.inputs["items"])

    def parts(self, done: int, goes_on: GoesOn) -> Iterator[Part]:
        rows: list[dict[str, object]] = []
        for number in range(done, self.total):
            for hook in HOOK:
                hook(number)
            if number == self.inputs.get("fails_at"):
                raise RuntimeError("the secret of the inside")
            told = f'{{"n": {number}}}' if number % 2 else None
            rows.append({"number": number, "text": f"=item {number}", "list": ["a", f"{number}"], "told": told})
            if not goes_on() or len(rows) == TOGETHER or number == self.total - 1:
                yield Part(frame=pl.DataFrame(rows, schema=SCHEMA), items=len(rows))
                rows = []


def read(body: object, _: Workspace, today: date, __: JobLimits) -> Wanted:
    assert isinstance(body, dict)
    return Wanted(inputs=body, as_of=today, total=body["items"])


def begin(inputs: Mapping[str, Any], _: Workspace, __: date) -> Counting:
    if inputs.get("refuses"):
        raise RequestError(Problem(code="name-unknown", pointer="/names/0", detail="no such company", hint="another"))
    return Counting(inputs)


def reduce(inputs: Mapping[str, Any], found: Iterable[pl.DataFrame]) -> pl.DataFrame | None:
    best = inputs.get("best")
    return None if best is None else pl.concat(list(found)).sort("number", descending=True).head(best)


COUNTING = JobKind(
    name="counting", item="items", schema=SCHEMA, read=read, begin=begin, reduce=reduce, as_json=frozenset({"told"})
)


def with_version(workspace: Workspace, version: str) -> Workspace:
    """The same workspace under other rules, as its versions say."""
    return replace(workspace, book=replace(workspace.book, version=version))


@dataclass
class Bench:
    """A worker for tests: `workspace` is the one of now, `hour` moves the clock."""

    store: Store
    workspace: Workspace
    moment: datetime = NOON
    told: list[tuple[str, str, int]] = field(default_factory=list)
    ticks: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)
    busy: bool = False

    def put(self, items: int = 5, kind: str = "counting", **inputs: Any) -> Job:
        new = NewJob(
            kind=kind, inputs={"items": items, **inputs}, as_of=date(2026, 11, 22), total=items, created_by="Anna"
        )
        with self.store.write() as session:
            return jobs.add(session, "default", new, self.moment, most_open=100)

    def means(self) -> Means:
        def lease(_: str | None) -> AbstractContextManager[Workspace]:
            return nullcontext(self.workspace)

        return Means(
            store=self.store, lease=lease, now=lambda: self.moment, limits=JobLimits(), told=self.hear,
            busy=lambda: self.busy, seconds=self.seconds,
        )  # fmt: skip

    def hear(self, kind: str, outcome: str, *, rows: int, seconds: float) -> None:
        assert seconds >= 0
        self.told.append((kind, outcome, rows))

    def seconds(self) -> float:
        return self.ticks

    def work(self) -> Outcome | None:
        return Runner(self.means(), self.stopping).work_once()

    def seen(self, job: Job) -> Job:
        with self.store.read() as session:
            return jobs.get(session, "default", job.id)

    def numbers(self, job: Job) -> list[int]:
        """The items of the result in order."""
        return [number for frame in frames(self.store, "default", job.id) for number in frame["number"]]

    def later(self, **times: float) -> None:
        self.moment += timedelta(**times)
