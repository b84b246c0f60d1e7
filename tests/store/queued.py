"""Jobs that tests of the store put in and work on. Enters: a store. Leaves: jobs, claims and chunks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from riskapi.assessment.answer import Versions
from riskapi.store import job_work, jobs
from riskapi.store.database import Store
from riskapi.store.job_work import Claim, NewChunk, Worker
from riskapi.store.jobs import Job, NewJob
from riskapi.store.shown import State
from tests.store.material import NOON

OLD = Versions(engine="0.1.0", rule_set="1.0.0+abc", dataset="d1")
NEW = Versions(engine="0.1.0", rule_set="1.1.0+def", dataset="d1")
LEASE = timedelta(seconds=30)


def put(store: Store, now: datetime = NOON, tenant: str = "default", most_open: int = 20, **changes: Any) -> Job:
    """Add a job of four items."""
    fields: dict[str, Any] = {
        "kind": "scores", "inputs": {"questions": ["小米", "=1+1", None]}, "as_of": date(2026, 11, 22), "total": 4,
        "created_by": "Anna", "label": "a label",
    }  # fmt: skip
    with store.write() as session:
        return jobs.add(session, tenant, NewJob(**(fields | changes)), now, most_open=most_open)


def take(store: Store, now: datetime = NOON, versions: Versions = OLD, *kinds: str) -> Claim | None:
    """Claim a job and adopt it, as a worker does."""
    worker = Worker(versions=versions, kinds=kinds or ("scores",), lease=LEASE)
    with store.write() as session:
        held = job_work.claim(session, worker, now)
    if held is None:
        return None
    with store.write() as session:
        return job_work.adopt(session, held, versions)


def taken(store: Store, now: datetime = NOON, versions: Versions = OLD) -> Claim:
    """The same, where there must be one."""
    held = take(store, now, versions)
    assert held is not None
    return held


def write(store: Store, held: Claim, number: int, now: datetime = NOON, items: int = 2) -> bool:
    """Write a chunk with a row for each item."""
    chunk = NewChunk(number=number, items=items, rows=items, data=f"chunk {number}".encode(), seconds=1.5)
    with store.write() as session:
        return job_work.write_chunk(session, held, chunk, now)


def finish(store: Store, held: Claim, now: datetime = NOON) -> State:
    """End a job whose items are done."""
    with store.write() as session:
        return job_work.finish(session, held, now)


def seen(store: Store, ident: str, tenant: str = "default") -> Job:
    """The job as its callers see it."""
    with store.read() as session:
        return jobs.get(session, tenant, ident)


def data(store: Store, ident: str, tenant: str = "default") -> list[bytes]:
    """The chunks of a job in order."""
    found, row = [], 0
    with store.read() as session:
        while (chunk := jobs.chunk_with(session, tenant, ident, row)) is not None:
            found.append(chunk.data)
            row = chunk.first + chunk.rows
    return found


def done(store: Store, now: datetime = NOON, tenant: str = "default", **changes: Any) -> Job:
    """A job that was put in and ended at once."""
    job = put(store, now, tenant, **changes)
    held = taken(store, now)
    write(store, held, 0, now)
    write(store, held, 1, now)
    finish(store, held, now)
    return seen(store, job.id, tenant)
