"""Who works on jobs: turns, stops, cancellations, versions that change, failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from riskapi.jobs.runner import Runner
from riskapi.jobs.work import Outcome
from riskapi.store import job_work, jobs
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.errors import StoreBusyError
from riskapi.store.job_work import Claim
from riskapi.store.jobs import Job
from riskapi.store.shown import State
from riskapi.workspace import Workspace
from tests.jobs.counting import HOOK, Bench, with_version


class DiedError(BaseException):
    """Ends a worker as a kill does: nobody catches it."""


@pytest.fixture
def bench(store: Store, workspace: Workspace) -> Bench:
    return Bench(store, workspace)


@pytest.fixture
def at() -> Iterator[Callable[[int, Callable[[], Any]], None]]:
    """Let something happen once, before an item is done."""

    def happen(number: int, what: Callable[[], Any]) -> None:
        def hook(item: int) -> None:
            if item == number:
                HOOK.remove(hook)
                what()

        HOOK.append(hook)

    yield happen
    HOOK.clear()


def die() -> None:
    raise DiedError


def cancel(bench: Bench, job: Job) -> None:
    with bench.store.write() as session:
        jobs.cancel(session, "default", job.id, Signature("Ben", bench.moment))


def test_a_job_is_done_with_every_item_once_and_in_order(bench: Bench) -> None:
    job = bench.put(5)
    assert bench.work() is Outcome.DONE
    assert bench.work() is None
    found = bench.seen(job)
    assert (found.state, found.done, found.rows, found.versions) == (State.DONE, 5, 5, bench.workspace.versions)
    assert bench.numbers(job) == [0, 1, 2, 3, 4]
    assert bench.told == [("counting", "done", 5)]


def test_another_worker_goes_on_behind_the_last_chunk_of_one_that_died(bench: Bench, at: Any) -> None:
    job = bench.put(7)
    done_by: list[int] = []
    at(5, die)
    with pytest.raises(DiedError):
        bench.work()
    assert bench.work() is None  # its lease holds still
    bench.later(seconds=30)
    HOOK.append(done_by.append)
    assert bench.work() is Outcome.DONE
    assert done_by == [4, 5, 6]
    assert bench.numbers(job) == list(range(7))


def test_a_job_that_kills_its_workers_fails_after_the_third(bench: Bench, at: Any) -> None:
    job = bench.put(6)
    for _ in range(3):
        at(4, die)
        with pytest.raises(DiedError):
            bench.work()
        bench.later(seconds=30)
    HOOK.clear()
    assert bench.work() is None
    assert [item["code"] for item in bench.seen(job).problems] == ["job-kills-workers"]


def test_a_worker_that_is_stopped_ends_its_chunk_and_gives_the_job_back(bench: Bench, at: Any) -> None:
    job = bench.put(9)
    at(3, bench.stopping.set)
    assert bench.work() is Outcome.GIVEN_BACK
    assert (bench.seen(job).state, bench.seen(job).done) == (State.QUEUED, 4)
    bench.stopping.clear()
    assert bench.work() is Outcome.DONE  # at once, without waiting for a lease
    assert bench.numbers(job) == list(range(9))


def test_a_stop_behind_the_last_item_ends_the_job(bench: Bench, at: Any) -> None:
    bench.put(4)
    at(3, bench.stopping.set)
    assert bench.work() is Outcome.DONE


def test_a_cancelled_job_ends_within_a_chunk_and_keeps_nothing(bench: Bench, at: Any) -> None:
    job = bench.put(9)
    done_by: list[int] = []
    HOOK.append(done_by.append)
    at(4, lambda: cancel(bench, job))
    assert bench.work() is Outcome.CANCELLED
    assert max(done_by) <= 5
    assert (bench.seen(job).state, bench.numbers(job)) == (State.CANCELLED, [])
    assert bench.work() is None


def test_a_deleted_job_is_left_alone(bench: Bench, at: Any) -> None:
    job = bench.put(9)

    def remove() -> None:
        with bench.store.write() as session:
            jobs.remove(session, "default", job.id, Signature("Ben", bench.moment))

    at(4, remove)
    assert bench.work() is Outcome.LOST
    assert bench.work() is None


def test_a_job_goes_on_to_its_end_with_what_it_began_although_rules_are_switched(bench: Bench, at: Any) -> None:
    job, old = bench.put(6), bench.workspace

    def switch() -> None:
        bench.workspace = with_version(old, "f" * 12)
        bench.ticks += 60  # its turn is over
        bench.put(2)  # and another one waits

    at(3, switch)
    assert bench.work() is Outcome.DONE
    assert bench.seen(job).versions == old.versions
    assert bench.numbers(job) == list(range(6))


def test_a_job_that_is_taken_up_by_other_rules_begins_anew_and_says_so(bench: Bench, at: Any) -> None:
    job, old = bench.put(6), bench.workspace
    at(4, die)
    with pytest.raises(DiedError):
        bench.work()
    bench.workspace = with_version(old, "f" * 12)
    bench.later(seconds=30)
    assert bench.work() is None  # one with the old rules may come
    bench.later(seconds=30)
    done_by: list[int] = []
    HOOK.append(done_by.append)
    assert bench.work() is Outcome.DONE
    assert done_by == list(range(6))
    found = bench.seen(job)
    assert (found.restarts, found.versions, len(found.notes)) == (1, bench.workspace.versions, 1)
    assert bench.numbers(job) == list(range(6))


def test_a_long_job_lets_others_have_a_turn(bench: Bench, at: Any) -> None:
    long = bench.put(8)
    short = bench.put(2)
    at(3, lambda: setattr(bench, "ticks", 60.0))
    assert bench.work() is Outcome.GIVEN_BACK
    assert bench.seen(long).state is State.QUEUED
    bench.later(seconds=1)
    assert bench.work() is Outcome.DONE
    assert bench.seen(short).state is State.DONE
    assert bench.work() is Outcome.DONE
    assert bench.numbers(long) == list(range(8))


def test_a_long_job_that_is_alone_keeps_its_turn(bench: Bench, at: Any) -> None:
    bench.put(8)
    at(3, lambda: setattr(bench, "ticks", 60.0))
    assert bench.work() is Outcome.DONE


def test_what_nobody_foresaw_fails_the_job_with_an_incident_and_tells_nothing_of_the_inside(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    job = bench.put(6, fails_at=3)
    assert bench.work() is Outcome.FAILED
    (problem,) = bench.seen(job).problems
    assert problem["code"] == "internal-error"
    assert "secret" not in str(problem)
    assert problem["detail"].split()[-1] in caplog.text
    assert bench.numbers(job) == []


def test_a_request_that_later_datasets_refuse_fails_with_its_problems(bench: Bench) -> None:
    job = bench.put(6, refuses=True)
    assert bench.work() is Outcome.FAILED
    (problem,) = bench.seen(job).problems
    assert (problem["code"], problem["pointer"]) == ("name-unknown", "/names/0")


def test_a_store_that_fails_fails_no_job(bench: Bench, at: Any) -> None:
    job = bench.put(6)

    def fails() -> None:
        raise StoreBusyError("the store does not answer")

    at(3, fails)
    with pytest.raises(StoreBusyError):
        bench.work()
    assert bench.seen(job).state is State.RUNNING
    bench.later(seconds=30)
    assert bench.work() is Outcome.DONE
    assert bench.numbers(job) == list(range(6))


def test_other_datasets_may_make_more_items(bench: Bench) -> None:
    job = bench.put(3)
    with bench.store.write() as session:
        session.connection().exec_driver_sql("UPDATE jobs SET total = 2")
    assert bench.work() is Outcome.DONE
    assert (bench.seen(job).total, bench.seen(job).done) == (3, 3)


def test_the_best_rows_take_the_place_of_all_also_where_a_worker_dies_before_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.put(7, best=3)
    with monkeypatch.context() as patch:
        patch.setattr("riskapi.store.job_work.finish", lambda *_: die())
        with pytest.raises(DiedError):
            bench.work()
    bench.later(seconds=30)
    assert bench.work() is Outcome.DONE
    assert bench.numbers(job) == [6, 5, 4]
    assert (bench.seen(job).done, bench.seen(job).rows) == (7, 3)


def test_a_piece_that_takes_longer_than_its_lease_keeps_it(
    bench: Bench, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.put(4)
    beats = threading.Event()
    beat = job_work.beat
    lease = timedelta(seconds=0.2)

    def heard(session: Session, held: Claim, now: datetime) -> bool:
        beats.set()
        return beat(session, held, now)

    monkeypatch.setattr("riskapi.store.job_work.beat", heard)
    means = bench.means()
    object.__setattr__(means.limits, "lease", lease)
    at(1, lambda: beats.wait(60))
    assert Runner(means).work_once() is Outcome.DONE
    assert beats.is_set()


def test_while_others_want_the_processor_it_rests_three_quarters_of_the_time(bench: Bench, at: Any) -> None:
    rests: list[float | None] = []

    class Patient(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            rests.append(timeout)
            return False

    bench.put(2)
    bench.busy = True
    at(0, lambda: setattr(bench, "ticks", 2.0))
    assert Runner(bench.means(), Patient()).work_once() is Outcome.DONE
    assert rests == [6.0, 0.0]


def test_runners_that_ask_at_once_do_each_item_once(bench: Bench) -> None:
    made = [bench.put(6) for _ in range(4)]
    done_by: list[int] = []
    HOOK.append(done_by.append)
    runners = [Runner(bench.means()) for _ in range(3)]

    def work(one: Runner) -> None:
        while one.work_once() is not None:
            pass

    threads = [threading.Thread(target=work, args=(one,)) for one in runners]
    try:
        for thread in threads:
            thread.start()
    finally:
        for thread in threads:
            thread.join()
        HOOK.clear()
    assert [bench.numbers(job) for job in made] == [list(range(6))] * 4
    assert len(done_by) == 24
