from __future__ import annotations

from typing import Any

import pytest

from riskapi.errors import NotFoundError, RequestError
from riskapi.store import audit, jobs
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.errors import ConflictError
from riskapi.store.jobs import QueueFullError
from riskapi.store.shown import State
from tests.store.material import NOON, REFUSED, later, with_tenants
from tests.store.queued import LEASE, OLD, data, done, finish, put, seen, take, taken, write

SIGNED = Signature("Ben", later(seconds=5))


def actions(store: Store, tenant: str = "default") -> list[tuple[str, str]]:
    with store.read() as session:
        assert audit.verify(session, tenant).is_sound
        return [(entry.action, entry.subject) for entry in audit.entries(session, tenant)]


def cancel(store: Store, ident: str, signed: Signature = SIGNED, tenant: str = "default") -> jobs.Job:
    with store.write() as session:
        return jobs.cancel(session, tenant, ident, signed)


def remove(store: Store, ident: str, tenant: str = "default") -> None:
    with store.write() as session:
        jobs.remove(session, tenant, ident, SIGNED)


def test_a_job_is_kept_as_it_was_asked_for_with_its_entry_in_the_log(store: Store) -> None:
    job = put(store)
    assert seen(store, job.id) == job
    assert (job.state, job.done, job.total, job.versions, job.remaining_seconds) == (State.QUEUED, 0, 4, None, None)
    with store.read() as session:
        assert jobs.inputs_of(session, "default", job.id) == {"questions": ["小米", "=1+1", None]}
    assert actions(store) == [("job.created", job.id)]


@pytest.mark.parametrize("text", REFUSED)
def test_a_label_that_cannot_be_kept_is_refused_and_leaves_nothing(store: Store, text: str) -> None:
    with pytest.raises(RequestError):
        put(store, label=text)
    assert actions(store) == []
    assert take(store) is None


def test_a_tenant_has_so_many_unfinished_jobs_and_no_more(store: Store) -> None:
    with_tenants(store, "press")
    first = put(store, most_open=2)
    put(store, most_open=2)
    with pytest.raises(QueueFullError):
        put(store, most_open=2)
    assert len(actions(store)) == 2
    put(store, tenant="press", most_open=2)
    cancel(store, first.id)
    put(store, most_open=2)


def test_jobs_of_another_tenant_are_not_found(store: Store) -> None:
    with_tenants(store, "press")
    job = done(store)
    for attempt in (
        lambda: seen(store, job.id, "press"),
        lambda: cancel(store, job.id, tenant="press"),
        lambda: remove(store, job.id, "press"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    with store.read() as session:
        assert jobs.chunk_with(session, "press", job.id, 0) is None
        with pytest.raises(NotFoundError):
            jobs.inputs_of(session, "press", job.id)
    assert actions(store, "press") == []
    assert data(store, job.id) == [b"chunk 0", b"chunk 1"]


@pytest.mark.parametrize("ident", ["", "nothing", "a\x00b", "'; DROP TABLE jobs; --", "x" * 5000])
def test_an_id_that_nothing_has_is_not_found(store: Store, ident: str) -> None:
    put(store)
    calls: list[Any] = [lambda: seen(store, ident), lambda: cancel(store, ident), lambda: remove(store, ident)]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_ended_is_not(store: Store) -> None:
    job = put(store)
    assert cancel(store, job.id).state is State.CANCELLED
    assert seen(store, job.id).ended_at == SIGNED.at
    assert take(store) is None
    with pytest.raises(ConflictError) as raised:
        cancel(store, job.id)
    assert raised.value.problems[0].code == "job-ended"
    assert actions(store) == [("job.created", job.id), ("job.cancelled", job.id)]


def test_a_job_that_is_worked_on_ends_with_the_next_chunk_and_keeps_no_rows(store: Store) -> None:
    job = put(store)
    held = taken(store)
    assert write(store, held, 0)
    for _ in range(2):
        asked = cancel(store, job.id)
        assert (asked.state, asked.is_cancelling) == (State.RUNNING, True)
    assert not write(store, held, 1)
    ended = seen(store, job.id)
    assert (ended.state, ended.rows) == (State.CANCELLED, 0)
    assert data(store, job.id) == []
    assert [action for action, _ in actions(store)] == ["job.created", "job.cancelled"]


def test_a_job_whose_worker_is_dead_is_cancelled_at_once(store: Store) -> None:
    job = put(store)
    taken(store)
    assert cancel(store, job.id, Signature("Ben", NOON + LEASE)).state is State.CANCELLED


def test_a_deleted_job_is_gone_with_its_rows_and_stays_in_the_log(store: Store) -> None:
    job, other = done(store), done(store)
    remove(store, job.id)
    with pytest.raises(NotFoundError):
        seen(store, job.id)
    assert data(store, job.id) == []
    assert data(store, other.id) == [b"chunk 0", b"chunk 1"]
    assert actions(store)[-1] == ("job.deleted", job.id)


def test_the_remaining_time_goes_by_the_pace_up_to_now(store: Store) -> None:
    job = put(store, total=40)
    write(store, taken(store), 0, items=10)
    found = seen(store, job.id)
    assert (found.remaining_seconds, jobs.retry_after(found)) == (4, 4)  # ten took one and a half seconds


def test_chunks_are_found_by_the_rows_that_they_hold(store: Store) -> None:
    job = done(store)
    with store.read() as session:
        found = [jobs.chunk_with(session, "default", job.id, row) for row in range(5)]
    assert [chunk and (chunk.first, chunk.rows, chunk.data) for chunk in found] == [
        (0, 2, b"chunk 0"), (0, 2, b"chunk 0"), (2, 2, b"chunk 1"), (2, 2, b"chunk 1"), None
    ]  # fmt: skip
    assert (job.state, job.rows, job.versions) == (State.DONE, 4, OLD)


def test_jobs_that_ended_long_ago_are_deleted_and_no_others(store: Store) -> None:
    with_tenants(store, "press")
    old = [done(store), done(store)]
    foreign, new = done(store, tenant="press"), done(store, later(hours=2))
    waits = put(store)
    with store.write() as session:
        assert jobs.remove_ended(session, "default", later(hours=1), limit=1) == 1
        assert jobs.remove_ended(session, "default", later(hours=1)) == 1
        assert jobs.remove_ended(session, "default", later(hours=1)) == 0
    for gone in old:
        with pytest.raises(NotFoundError):
            seen(store, gone.id)
    left = [seen(store, waits.id), seen(store, new.id), seen(store, foreign.id, "press")]
    assert [job.state for job in left] == [State.QUEUED, State.DONE, State.DONE]


def test_states_are_counted_over_all_tenants(store: Store) -> None:
    with_tenants(store, "press")
    done(store, tenant="press")
    put(store)
    taken(store)
    put(store)
    with store.read() as session:
        counted = jobs.count_by_state(session)
    assert counted == dict.fromkeys(State, 0) | {State.DONE: 1, State.RUNNING: 1, State.QUEUED: 1}


def test_a_job_is_not_done_before_its_last_item(store: Store) -> None:
    put(store)
    held = taken(store)
    write(store, held, 0)
    with pytest.raises(ValueError, match="2 of 4"):
        finish(store, held)
