"""Who works on jobs: a loop that takes one after the other. Enters: a store and workspaces. Leaves: finished jobs.

A runner keeps the workspace with which it took a job until the turn ends, so that its rows are of one state although rules
and data are switched meanwhile. After some seconds it gives a job back where others wait, but not one that nobody could go
on with: after a switch it keeps the job to its end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from riskapi.jobs.expiry import expire
from riskapi.jobs.kinds import KINDS
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.work import Outcome, Told, Turn
from riskapi.store import job_work
from riskapi.store.database import Store
from riskapi.store.errors import StoreError
from riskapi.store.job_work import Claim, Worker
from riskapi.workspace import Workspace

logger = logging.getLogger("riskapi.jobs")

#: Seconds between looks for jobs that other processes took in.
LOOK_SECONDS: Final = 2.0
#: Seconds of a turn, after which others come first.
TURN_SECONDS: Final = 10.0
#: Seconds between deletions of results that are too old.
EXPIRY_SECONDS: Final = 3_600.0
#: Seconds before the store is asked again after it has failed.
STORE_SECONDS: Final = 5.0


def nobody(kind: str, outcome: str, *, rows: int, seconds: float) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a runner works with.

    `lease` gives the workspace of now, that of a tenant with what he wrote himself; `busy`: whether others want the processor.
    """

    store: Store
    lease: Callable[[str | None], AbstractContextManager[Workspace]]
    now: Callable[[], datetime]
    limits: JobLimits
    told: Told = nobody
    busy: Callable[[], bool] = lambda: False
    seconds: Callable[[], float] = time.monotonic


class Runner:
    """Takes jobs and works on them until it is stopped; one for each thread."""

    #: The part of the time in which it works while others want the processor too.
    SHARE: Final = 0.25

    def __init__(self, means: Means, stopping: threading.Event | None = None) -> None:
        self._means = means
        self.stopping = stopping or threading.Event()
        self._rested_at = means.seconds()
        self._expired_at = means.seconds()

    def run(self, wake: threading.Event | None = None) -> None:
        """Work until it is stopped; `wake` ends the wait for a next job."""
        wake = wake or self.stopping
        while not self.stopping.is_set():
            pause = LOOK_SECONDS
            try:
                if self.work_once() is not None:
                    continue
                self._expire()
            except StoreError as error:
                logger.warning("jobs wait, the store failed: %s", error.problems[0].code)
                pause = STORE_SECONDS
            except Exception:
                logger.exception("looking for jobs failed")
                pause = STORE_SECONDS
            wake.wait(pause)
            if wake is not self.stopping:
                wake.clear()

    def work_once(self) -> Outcome | None:
        """Take the job whose turn it is and work on it for a turn; None where there is none. Raises `StoreError`."""
        means = self._means
        with means.store.read() as session:
            if not job_work.is_waiting(session):
                return None
        with means.lease(None) as workspace:
            held = self._claim(workspace)
        if held is None:
            return None
        with means.lease(held.tenant) as workspace:
            begun = self._rested_at = means.seconds()
            turn = Turn(
                store=means.store, held=held, workspace=workspace, now=means.now, stopping=self.stopping,
                rest=self._rest, seconds=means.seconds,
                yields=lambda: means.seconds() - begun > TURN_SECONDS and self._others_wait(turn),
            )  # fmt: skip
            outcome = turn.work()
        means.told(held.kind, outcome, rows=turn.rows, seconds=means.seconds() - begun)
        logger.info("job %s (%s): %s, %d rows in this turn", held.job, held.kind, outcome, turn.rows)
        return outcome

    def _claim(self, workspace: Workspace) -> Claim | None:
        worker = Worker(versions=workspace.versions, kinds=tuple(KINDS), lease=self._means.limits.lease)
        with self._means.store.write() as session:
            return job_work.claim(session, worker, self._means.now())

    def _others_wait(self, turn: Turn) -> bool:
        with self._means.lease(turn.held.tenant) as current:
            if current.versions != turn.workspace.versions:
                return False
        with self._means.store.read() as session:
            return job_work.others_wait(session, turn.held, self._means.now())

    def _rest(self) -> None:
        """Sleep as long as the share asks for, while others want the processor; else only let them in."""
        worked = self._means.seconds() - self._rested_at
        if self._means.busy():
            self.stopping.wait(worked * (1 - self.SHARE) / self.SHARE)
        else:
            time.sleep(0)
        self._rested_at = self._means.seconds()

    def _expire(self) -> None:
        if self._means.seconds() - self._expired_at > EXPIRY_SECONDS:
            self._expired_at = self._means.seconds()
            expire(self._means.store, self._means.limits.kept_days, self._means.now(), by="service")
