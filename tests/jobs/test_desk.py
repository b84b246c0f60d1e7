from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from riskapi.jobs import runner
from riskapi.jobs.desk import Desk
from riskapi.store.database import Store
from riskapi.store.shown import State
from riskapi.workspace import Workspace
from tests.jobs.counting import HOOK, Bench


@pytest.fixture
def bench(store: Store, workspace: Workspace) -> Bench:
    return Bench(store, workspace)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_new_job_is_begun_at_once_and_a_stop_gives_back_what_is_under_way(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOOK_SECONDS", 3_600)
    begun, ends = threading.Event(), threading.Event()

    def hook(number: int) -> None:
        if number == 2:
            begun.set()
            ends.wait(60)

    desk = Desk(bench.means(), 1)
    desk.start()
    try:
        first = bench.put(2)
        desk.wake()
        until(lambda: bench.seen(first).state is State.DONE)
        HOOK.append(hook)
        second = bench.put(50)
        desk.wake()
        assert begun.wait(60)
        stopper = threading.Thread(target=desk.stop)
        stopper.start()
        until(desk._stopping.is_set)
        ends.set()
        stopper.join(60)
        assert not stopper.is_alive()
    finally:
        ends.set()
        HOOK.clear()
        desk.stop()
    assert bench.seen(second).state is State.QUEUED
    assert bench.seen(second).done < 50


def test_without_threads_jobs_are_taken_in_for_others(bench: Bench) -> None:
    desk = Desk(bench.means(), 0)
    desk.start()
    job = bench.put(2)
    desk.wake()
    desk.stop()
    assert bench.seen(job).state is State.QUEUED
