"""A process that works on jobs: until nothing waits, and what new rules do to it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from riskapi.api.serving.options import Options
from riskapi.api.serving.worker import stopped_by_signals, with_threads, work_off_jobs
from riskapi.settings import Settings
from riskapi.store import jobs
from riskapi.store.database import Store, open_store
from riskapi.store.jobs import NewJob
from riskapi.store.shown import State
from tests.small import small_rules


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.sqlite")) as opened:
        yield opened


def test_what_waits_is_worked_off(store: Store, tmp_path: Path) -> None:
    new = NewJob(kind="scores", inputs={"questions": ["x"] * 60}, as_of=date(2026, 11, 22), total=60, created_by="Anna")
    with store.write() as session:
        made = [jobs.add(session, "default", new, datetime.now(UTC), most_open=9) for _ in range(2)]
    settings = replace(Settings.from_environment(), rules=Path(small_rules(tmp_path)["RISKAPI_RULES"]))
    assert work_off_jobs(settings, store, Options(), threading.Event()) == 2
    with store.read() as session:
        assert [jobs.get(session, "default", job.id).state for job in made] == [State.DONE, State.DONE]


def test_a_signal_asks_to_stop_and_afterwards_means_what_it_meant() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopped_by_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(60)
    assert signal.getsignal(signal.SIGTERM) is before


def test_threads_are_those_that_are_given_or_set() -> None:
    assert with_threads(Options(job_threads=3), None).job_threads == 3
    assert with_threads(Options(job_threads=3), 1).job_threads == 1
