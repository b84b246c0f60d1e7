"""Work on jobs: whose turn it is, leases that run out, versions that change, workers that die."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from riskapi.errors import Problem
from riskapi.store import job_work, jobs
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.job_work import MOST_CRASHES, MOST_RESTARTS, Claim, LeaseLostError, NewChunk
from riskapi.store.shown import State
from tests.store.material import NOON, later, with_tenants
from tests.store.queued import LEASE, NEW, OLD, data, done, finish, put, seen, take, taken, write


def in_store(store: Store, work: Callable[..., object], *more: object) -> None:
    with store.write() as session:
        work(session, *more)


def give_back(store: Store, held: Claim, now: datetime = NOON) -> None:
    in_store(store, job_work.give_back, held, now)


def test_a_job_is_taken_by_one_worker(store: Store) -> None:
    job = put(store)
    held = taken(store)
    assert (held.job, held.inputs, held.total, held.done) == (job.id, {"questions": ["小米", "=1+1", None]}, 4, 0)
    assert take(store) is None
    found = seen(store, job.id)
    assert (found.state, found.started_at, found.versions) == (State.RUNNING, NOON, OLD)


def test_workers_that_ask_at_the_same_moment_take_different_jobs(store: Store) -> None:
    made = {put(store).id for _ in range(4)}
    found: list[str | None] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        held = take(store)
        found.append(held.job if held else None)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while len([one for one in found if one]) < len(made):  # one that met a held row may have gone away empty
        found.append(taken(store).job)
    assert sorted(one for one in found if one) == sorted(made)


def test_a_worker_takes_only_kinds_that_it_knows(store: Store) -> None:
    put(store, kind="novelty")
    assert take(store) is None
    assert take(store, NOON, OLD, "novelty") is not None


def test_turns_go_round_among_tenants_and_jobs(store: Store) -> None:
    with_tenants(store, "press")
    first, second = put(store), put(store, later(seconds=1))
    other = put(store, later(seconds=2), tenant="press")
    turns = []
    for second_of_turn in range(10, 16):
        held = taken(store, later(seconds=second_of_turn))
        turns.append(held.job)
        give_back(store, held, later(seconds=second_of_turn))
    assert turns == [first.id, other.id, second.id, other.id, first.id, other.id]


def test_another_worker_goes_on_behind_the_last_chunk_of_one_that_died(store: Store) -> None:
    job = put(store)
    dead = taken(store)
    write(store, dead, 0, later(seconds=5))
    assert take(store, later(seconds=34)) is None  # each chunk keeps the lease
    held = taken(store, later(seconds=35))
    assert (held.done, held.chunks) == (2, 1)
    with pytest.raises(LeaseLostError):
        write(store, dead, 1, later(seconds=36))
    write(store, held, 1, later(seconds=36))
    finish(store, held, later(seconds=37))
    assert data(store, job.id) == [b"chunk 0", b"chunk 1"]
    assert seen(store, job.id).ended_at == later(seconds=37)


def test_a_worker_that_lost_its_lease_can_do_nothing(store: Store) -> None:
    job = put(store)
    dead = taken(store)
    held = taken(store, NOON + LEASE)
    chunk = NewChunk(number=0, items=2, rows=2, data=b"late", seconds=1.0)
    for work in (
        lambda: in_store(store, job_work.beat, dead, NOON),
        lambda: in_store(store, job_work.adopt, dead, NEW),
        lambda: in_store(store, job_work.count_anew, dead, 9),
        lambda: in_store(store, job_work.replace_rows, dead, [chunk]),
        lambda: in_store(store, job_work.fail, dead, [], NOON),
        lambda: give_back(store, dead),
        lambda: finish(store, dead),
    ):
        with pytest.raises(LeaseLostError):
            work()
    with store.write() as session:
        jobs.remove(session, "default", job.id, Signature("Ben", NOON))
    with pytest.raises(LeaseLostError):
        write(store, held, 0)


def test_a_chunk_is_written_once_also_by_the_same_worker(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0)
    with pytest.raises(LeaseLostError):
        write(store, held, 0)
    assert data(store, job.id) == [b"chunk 0"]
    assert seen(store, job.id).done == 2


def test_beats_keep_a_lease_and_tell_of_a_cancellation(store: Store) -> None:
    job = put(store)
    held = taken(store)
    with store.write() as session:
        assert not job_work.beat(session, held, later(seconds=20))
    assert take(store, later(seconds=49)) is None
    with store.write() as session:
        jobs.cancel(session, "default", job.id, Signature("Ben", later(seconds=30)))
        assert job_work.beat(session, held, later(seconds=30))


def test_a_job_that_is_given_back_waits_with_what_is_done(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0)
    give_back(store, held)
    assert (seen(store, job.id).state, seen(store, job.id).done) == (State.QUEUED, 2)
    assert taken(store).chunks == 1


def test_a_job_that_ends_its_workers_in_one_place_fails_and_says_so(store: Store) -> None:
    job = put(store)
    write(store, taken(store), 0)
    for crash in range(1, MOST_CRASHES + 1):
        held = take(store, later(minutes=crash))
        assert (held is None) == (crash == MOST_CRASHES)
    found = seen(store, job.id)
    assert (found.state, [item["code"] for item in found.problems]) == (State.FAILED, ["job-kills-workers"])
    assert "behind item 2" in found.problems[0]["detail"]
    assert data(store, job.id) == []


def test_workers_that_die_in_different_places_fail_no_job(store: Store) -> None:
    job = put(store, total=100)
    for crash in range(3 * MOST_CRASHES):
        write(store, taken(store, later(minutes=crash)), crash, later(minutes=crash))
    assert (seen(store, job.id).state, seen(store, job.id).done) == (State.RUNNING, 6 * MOST_CRASHES)


def test_rows_are_of_one_state_of_rules_and_datasets(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0)
    give_back(store, held)
    assert take(store, later(seconds=29), NEW) is None  # others may have the same state still
    held = taken(store, later(seconds=30), NEW)
    assert (held.done, held.chunks) == (0, 0)
    found = seen(store, job.id)
    assert (found.restarts, found.versions, found.rows, found.seconds) == (1, NEW, 0, 0.0)
    (note,) = found.notes
    assert "1.0.0+abc -> 1.1.0+def" in note
    assert "behind item 2" in note
    assert data(store, job.id) == []


def test_a_job_without_rows_is_no_restart_under_other_versions(store: Store) -> None:
    job = put(store)
    give_back(store, taken(store))
    taken(store, NOON, NEW)
    assert (seen(store, job.id).restarts, seen(store, job.id).versions) == (0, NEW)


def test_rows_that_a_tenant_wrote_himself_keep_no_worker_away(store: Store) -> None:
    put(store)
    with_edits = replace(OLD, dataset=f"{OLD.dataset}+edits.123")
    held = take(store)
    assert held is not None
    in_store(store, job_work.adopt, held, with_edits)
    write(store, held, 0)
    give_back(store, held)
    assert take(store) is not None


def test_a_job_that_is_overtaken_by_new_versions_again_and_again_fails(store: Store) -> None:
    job = put(store)
    for turn in range(MOST_RESTARTS + 1):
        held = taken(store, later(minutes=turn), (OLD, NEW)[turn % 2])
        write(store, held, 0, later(minutes=turn))
        give_back(store, held, later(minutes=turn))
    assert take(store, later(hours=2)) is None
    assert [item["code"] for item in seen(store, job.id).problems] == ["job-overtaken"]


def test_problems_of_a_job_that_failed_are_told_and_its_rows_are_gone(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0)
    problem = Problem(code="name-unknown", pointer="/hosts/names/0", detail="no company", hint="another name")
    in_store(store, job_work.fail, held, [problem], NOON)
    found = seen(store, job.id)
    assert found.problems == (
        {"code": "name-unknown", "pointer": "/hosts/names/0", "detail": "no company", "hint": "another name"},
    )
    assert (found.state, data(store, job.id)) == (State.FAILED, [])


def test_other_rows_take_the_place_of_all(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0)
    write(store, held, 1)
    best = [NewChunk(number=0, items=0, rows=1, data=text, seconds=0.0) for text in (b"first", b"second")]
    for _ in range(2):  # a worker that dies in between does it again
        in_store(store, job_work.replace_rows, held, best)
    assert finish(store, held) is State.DONE
    assert (seen(store, job.id).rows, seen(store, job.id).done) == (2, 4)
    assert data(store, job.id) == [b"first", b"second"]


def test_a_job_that_was_cancelled_behind_its_last_chunk_is_not_done(store: Store) -> None:
    job = put(store)
    held = taken(store)
    write(store, held, 0, items=4)
    with store.write() as session:
        jobs.cancel(session, "default", job.id, Signature("Ben", NOON))
    assert finish(store, held) is State.CANCELLED


def test_whether_anything_waits_is_told(store: Store) -> None:
    done(store)
    with store.read() as session:
        assert not job_work.is_waiting(session)
    put(store)
    held = taken(store)
    with store.read() as session:
        assert job_work.is_waiting(session)
        assert not job_work.others_wait(session, held, NOON)
    put(store)
    with store.read() as session:
        assert job_work.others_wait(session, held, NOON)
