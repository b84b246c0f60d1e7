"""Workers that are killed at any moment: no job is lost, no row is missing or there twice."""

from __future__ import annotations

import io
import os
import random
import time
from datetime import UTC, date, datetime
from multiprocessing.process import BaseProcess

import polars as pl
import pytest

from riskapi.store import audit, jobs
from riskapi.store.database import Store, open_store
from riskapi.store.jobs import Job, NewJob
from riskapi.store.shown import State
from tests.jobs import killed_worker
from tests.store.queued import data, seen
from tests.store.telling import PROCESSES

#: More by RISKAPI_KILLS, for a long run.
KILLS, TOGETHER, JOBS, ITEMS = int(os.environ.get("RISKAPI_KILLS", "4")), 2, 4, 60
PATIENCE = 60


def worker(address: str) -> BaseProcess:
    """A worker that is ready."""
    is_ready = PROCESSES.Event()
    started = PROCESSES.Process(target=killed_worker.main, args=(address, is_ready), daemon=True)
    started.start()
    assert is_ready.wait(PATIENCE)
    return started


def put(store: Store, items: int) -> Job:
    new = NewJob(kind="counting", inputs={"items": items}, as_of=date(2026, 11, 22), total=items, created_by="Anna")
    with store.write() as session:
        return jobs.add(session, "default", new, datetime.now(UTC), most_open=1000)


def end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def numbers(store: Store, job: Job) -> list[int]:
    return [number for part in data(store, job.id) for number in pl.read_parquet(io.BytesIO(part))["number"]]


@pytest.mark.slow
def test_jobs_of_workers_that_are_killed_are_done_by_others_with_each_row_once(address: str) -> None:
    with open_store(address) as store:
        made = [put(store, ITEMS) for _ in range(JOBS)]
        workers = [worker(address) for _ in range(TOGETHER)]
        try:
            for kill in range(KILLS):
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311
                end(workers[kill % TOGETHER])
                made.append(put(store, ITEMS))
                workers[kill % TOGETHER] = worker(address)
            deadline = time.monotonic() + PATIENCE + KILLS
            while any(seen(store, job.id).is_open for job in made) and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            for one in workers:
                end(one)
        ended = [seen(store, job.id) for job in made]
        assert [(job.state, job.problems) for job in ended] == [(State.DONE, ())] * len(made)
        assert all(numbers(store, job) == list(range(ITEMS)) for job in ended)
        with store.read() as session:
            assert audit.verify(session, "default").is_sound
            assert [entry.subject for entry in audit.entries(session, "default")] == [job.id for job in made]
