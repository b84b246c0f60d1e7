"""Work on one job: a claim and a workspace in, chunks in the store out.

The job ends here, is given back where others wait or the worker stops, or is left where the lease was lost. What one chunk has
written is never written again, whoever goes on.
"""

from __future__ import annotations

import io
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

import polars as pl

from riskapi.errors import Problem, RiskapiError
from riskapi.jobs.kind import JobKind, Task
from riskapi.jobs.kinds import KINDS
from riskapi.store import job_work
from riskapi.store.database import Store
from riskapi.store.errors import StoreError
from riskapi.store.job_work import Claim, LeaseLostError, NewChunk
from riskapi.store.jobs import chunk_with
from riskapi.store.shown import State
from riskapi.workspace import Workspace

logger = logging.getLogger("riskapi.jobs")

#: A piece of work that takes longer counts as hung: its lease ends, and another worker tries.
HUNG_SECONDS: Final = 600.0
#: Rows of a chunk where all rows are written anew at the end.
ROWS_TOGETHER: Final = 10_000


class Outcome(StrEnum):
    """How a turn ended; the first three are also the end of the job."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GIVEN_BACK = "given_back"
    LOST = "lost"


class Told(Protocol):
    """Hears of what was done."""

    def __call__(self, kind: str, outcome: str, *, rows: int, seconds: float) -> None:
        """A turn has ended."""
        ...


@dataclass(slots=True)
class Turn:
    """What one worker does on one job. `rest`, between pieces, lets others work; `yields`: whether to give it back."""

    store: Store
    held: Claim
    workspace: Workspace
    now: Callable[[], datetime]
    stopping: threading.Event
    rest: Callable[[], None] = lambda: None
    yields: Callable[[], bool] = lambda: False
    seconds: Callable[[], float] = time.monotonic
    rows: int = 0
    _gone: threading.Event = field(default_factory=threading.Event)
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _at: float = 0.0

    def work(self) -> Outcome:
        """Work until the job ends or the turn does. Raises `StoreError` where the store fails: the lease then runs out."""
        try:
            with self._beating():
                return self._work()
        except LeaseLostError:
            return Outcome.LOST

    def _work(self) -> Outcome:
        kind = KINDS[self.held.kind]
        with self.store.write() as session:
            self.held = job_work.adopt(session, self.held, self.workspace.versions)
        try:
            task = kind.begin(self.held.inputs, self.workspace, date.fromisoformat(self.held.as_of_iso))
            if task.total != self.held.total:
                with self.store.write() as session:
                    job_work.count_anew(session, self.held, task.total)
            ended = self._write_parts(task)
            return ended or self._finish(kind)
        except (StoreError, LeaseLostError):
            raise
        except RiskapiError as error:
            return self._fail(error.problems)
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller must learn that it failed
            return self._fail([_incident(self.held, error)])

    def _write_parts(self, task: Task) -> Outcome | None:
        """Write all parts that are missing; None where the last one is written."""
        number, done = self.held.chunks, self.held.done
        begun = self._at = self.seconds()
        for part in task.parts(done, self._goes_on) if done < task.total else ():
            moment = self.seconds()
            chunk = NewChunk(number=number, items=part.items, rows=part.frame.height, data=parquet(part.frame),
                             seconds=moment - begun)  # fmt: skip
            with self.store.write() as session:
                if not job_work.write_chunk(session, self.held, chunk, self.now()):
                    return Outcome.CANCELLED
            number, done, self.rows = number + 1, done + part.items, self.rows + part.frame.height
            begun = self._at = moment
            if done < task.total and (self.stopping.is_set() or self.yields()):
                return self._give_back()
        return None

    def _goes_on(self) -> bool:
        self.rest()
        if self._gone.is_set():
            raise LeaseLostError("the lease ended meanwhile")
        return not (self.stopping.is_set() or self._cancelled.is_set())

    def _finish(self, kind: JobKind) -> Outcome:
        if kind.reduce is not None:
            reduced = kind.reduce(self.held.inputs, frames(self.store, self.held.tenant, self.held.job))
            if reduced is not None:
                new = [_chunk(piece) for piece in reduced.iter_slices(ROWS_TOGETHER)]
                with self.store.write() as session:
                    job_work.replace_rows(session, self.held, new)
        with self.store.write() as session:
            state = job_work.finish(session, self.held, self.now())
        return Outcome.DONE if state is State.DONE else Outcome.CANCELLED

    def _fail(self, problems: list[Problem] | tuple[Problem, ...]) -> Outcome:
        with self.store.write() as session:
            job_work.fail(session, self.held, problems, self.now())
        return Outcome.FAILED

    def _give_back(self) -> Outcome:
        with self.store.write() as session:
            job_work.give_back(session, self.held, self.now())
        return Outcome.GIVEN_BACK

    # The lease

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Keep the lease while the block runs, from a thread of its own: a piece may take longer than the lease lasts."""
        ends = threading.Event()
        self._at = self.seconds()
        thread = threading.Thread(target=self._beat, args=(ends,), name="riskapi-job-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join()

    def _beat(self, ends: threading.Event) -> None:
        while not ends.wait(self.held.lease.total_seconds() / 4):
            if self.seconds() - self._at > HUNG_SECONDS:
                logger.error("job %s: a piece of it takes more than %d s, its lease ends", self.held.job, HUNG_SECONDS)
                return
            try:
                with self.store.write() as session:
                    is_cancelled = job_work.beat(session, self.held, self.now())
            except LeaseLostError:
                self._gone.set()
                return
            except StoreError as error:
                logger.warning("job %s: its lease was not renewed: %s", self.held.job, error.problems[0].code)
            else:
                if is_cancelled:
                    self._cancelled.set()


def parquet(frame: pl.DataFrame) -> bytes:
    """The rows as a Parquet file."""
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd", statistics=False)
    return target.getvalue()


def frames(store: Store, tenant: str, job: str, first: int = 0) -> Iterator[pl.DataFrame]:
    """The rows of a job from number `first` on, a chunk at a time and each in a transaction of its own."""
    while True:
        with store.read() as session:
            chunk = chunk_with(session, tenant, job, first)
        if chunk is None:
            return
        frame = pl.read_parquet(io.BytesIO(chunk.data))
        yield frame.slice(first - chunk.first)
        first = chunk.first + chunk.rows


def _chunk(frame: pl.DataFrame) -> NewChunk:
    return NewChunk(number=0, items=0, rows=frame.height, data=parquet(frame), seconds=0.0)


def _incident(held: Claim, error: Exception) -> Problem:
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s, job %s (%s)", incident, held.job, held.kind, exc_info=error)
    detail = f"an error of the service, noted as incident {incident}"
    return Problem(code="internal-error", detail=detail, hint="report the incident number to whoever runs the service")
