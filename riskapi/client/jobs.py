"""Jobs in the hands of a program: how far one is, its end, its rows. Enters: a job that the service took in. Leaves: rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, TypeVar

import polars as pl

from riskapi.client import calls_jobs
from riskapi.client.call import Call, Talk, Wait
from riskapi.client.calls_jobs import JobSeen
from riskapi.client.errors import Told, UnfinishedError
from riskapi.client.exchange import Means, exchange
from riskapi.errors import Problem
from riskapi.records.jobs import JobAnswer

T = TypeVar("T")

#: Told of a job each time that it is looked at.
Progress = Callable[[JobAnswer], None]


def waiting(job_id: str, means: Means, progress: Progress | None, at_most: float | None) -> Talk[JobAnswer]:
    """Look at a job, as often as the service wants, until it has ended. Raises `UnfinishedError` after `at_most` seconds."""
    began = means.seconds()
    while True:
        seen = yield from exchange(calls_jobs.job(job_id), means)
        if progress is not None:
            progress(seen.record)
        if seen.look_again is None:
            return seen.record
        if at_most is not None and means.seconds() - began + seen.look_again > at_most:
            raise _unfinished(seen.record, at_most)
        yield Wait(seen.look_again)


def rows(job_id: str, means: Means, progress: Progress | None) -> Talk[pl.DataFrame]:
    """Wait for a job and fetch its rows. Raises `RemoteConflictError` where it failed or was cancelled."""
    yield from waiting(job_id, means, progress, None)
    body = yield from exchange(calls_jobs.job_result(job_id, "parquet"), means)
    return pl.read_parquet(BytesIO(body))


def _unfinished(job: JobAnswer, at_most: float) -> UnfinishedError:
    done = f"{job.progress.done:,} of {job.progress.total:,} {job.progress.item}"
    detail = f"the job {job.id} is {job.state} after {at_most:g} s ({done})"
    problem = Problem(code=UnfinishedError.code, detail=detail, hint="it goes on; wait again, or cancel it")
    return UnfinishedError(problem, Told())


class Waiting(Protocol):
    """A client that waits."""

    @property
    def means(self) -> Means:
        """What its conversations need."""

    def converse(self, talk: Talk[T]) -> T:
        """Have a conversation."""


class Awaiting(Protocol):
    """A client that is awaited."""

    @property
    def means(self) -> Means:
        """What its conversations need."""

    async def converse(self, talk: Talk[T]) -> T:
        """Have a conversation."""


@dataclass
class Job:
    """A job of the service; `record` is what was last seen of it.

    `is_repeat` where an earlier request with the same Idempotency-Key had made it.
    """

    client: Waiting
    record: JobAnswer
    is_repeat: bool = False

    @property
    def id(self) -> str:
        """What names the job."""
        return self.record.id

    def refresh(self) -> JobAnswer:
        """Look how far it is."""
        return self._seen(calls_jobs.job(self.id))

    def wait(self, progress: Progress | None = None, *, at_most: float | None = None) -> JobAnswer:
        """The job once it has ended, whether well or not; `progress` is called each time it is looked at.

        `at_most` is in seconds; without it one waits as long as it takes.
        """
        self.record = self.client.converse(waiting(self.id, self.client.means, progress, at_most))
        return self.record

    def result(self, progress: Progress | None = None) -> pl.DataFrame:
        """The rows, once the job is done. Raises `RemoteConflictError` where it failed or was cancelled."""
        return self.client.converse(rows(self.id, self.client.means, progress))

    def file(self, form: str) -> bytes:
        """The rows as csv, parquet or xlsx. Raises `RemoteConflictError` where the job is not done."""
        return self.client.converse(exchange(calls_jobs.job_result(self.id, form), self.client.means))

    def cancel(self) -> JobAnswer:
        """Ask that it ends. Raises `RemoteConflictError` where it has ended."""
        return self._seen(calls_jobs.cancel_job(self.id))

    def delete(self) -> None:
        """Delete it with its rows."""
        self.client.converse(exchange(calls_jobs.delete_job(self.id), self.client.means))

    def _seen(self, call: Call[JobSeen]) -> JobAnswer:
        self.record = self.client.converse(exchange(call, self.client.means)).record
        return self.record


@dataclass
class AsyncJob:
    """A job of the service, its methods awaited; otherwise as `Job`."""

    client: Awaiting
    record: JobAnswer
    is_repeat: bool = False

    @property
    def id(self) -> str:
        """What names the job."""
        return self.record.id

    async def refresh(self) -> JobAnswer:
        """Look how far it is."""
        return await self._seen(calls_jobs.job(self.id))

    async def wait(self, progress: Progress | None = None, *, at_most: float | None = None) -> JobAnswer:
        """As `Job.wait`."""
        self.record = await self.client.converse(waiting(self.id, self.client.means, progress, at_most))
        return self.record

    async def result(self, progress: Progress | None = None) -> pl.DataFrame:
        """As `Job.result`."""
        return await self.client.converse(rows(self.id, self.client.means, progress))

    async def file(self, form: str) -> bytes:
        """As `Job.file`."""
        return await self.client.converse(exchange(calls_jobs.job_result(self.id, form), self.client.means))

    async def cancel(self) -> JobAnswer:
        """As `Job.cancel`."""
        return await self._seen(calls_jobs.cancel_job(self.id))

    async def delete(self) -> None:
        """As `Job.delete`."""
        await self.client.converse(exchange(calls_jobs.delete_job(self.id), self.client.means))

    async def _seen(self, call: Call[JobSeen]) -> JobAnswer:
        self.record = (await self.client.converse(exchange(call, self.client.means))).record
        return self.record
