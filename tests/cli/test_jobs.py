"""`riskapi jobs`: what it shows and cancels, and a process that works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from riskapi.store import audit, jobs
from riskapi.store.database import open_store
from riskapi.store.jobs import Job, NewJob
from riskapi.store.shown import State
from tests.cli.program import flat, run
from tests.small import small_rules
from tests.store.queued import done, put

QUESTION = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "licence"}, "as_of": "2026-11-22"}


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of these commands."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("RISKAPI_STORE", str(path))
    return path


def seen(file: Path, job: Job) -> Job:
    with open_store(str(file)) as store, store.read() as session:
        return jobs.get(session, "default", job.id)


def test_jobs_are_listed_shown_and_cancelled(file: Path) -> None:
    with open_store(str(file)) as store:
        ended, waits = done(store, label="first"), put(store, label="=second\u202e")
    listed = run("jobs", "list").stdout
    assert (ended.id in listed, waits.id in listed, "\u202e" in listed) == (True, True, False)
    assert ended.id not in run("jobs", "list", "--state", "queued").stdout
    shown = flat(run("jobs", "show", ended.id).stdout)
    assert "state: done" in shown
    assert "done: 4 of 4" in shown
    assert json.loads(run("jobs", "show", ended.id, "--json").stdout)["versions"]["rule_set"] == "1.0.0+abc"
    assert "cancelled" in run("jobs", "cancel", waits.id).stdout
    refused = run("jobs", "cancel", waits.id)
    assert (refused.exit_code, "ended before" in flat(refused.stderr)) == (2, True)
    with open_store(str(file)) as store, store.read() as session:
        *_, last = audit.entries(session, "default")
    assert (last.action, last.actor.startswith("command line")) == ("job.cancelled", True)


def test_what_there_is_not_is_told(file: Path) -> None:
    assert run("jobs", "show", "nothing").exit_code == 2
    assert run("jobs", "list", "--tenant", "nobody").exit_code == 2


def ask(file: Path, questions: int) -> Job:
    new = NewJob(kind="scores", inputs={"questions": [QUESTION] * questions}, as_of=date(2026, 11, 22), total=questions,
                 created_by="Anna")  # fmt: skip
    with open_store(str(file)) as store, store.write() as session:
        return jobs.add(session, "default", new, datetime.now(UTC), most_open=9)


@pytest.mark.server
@pytest.mark.slow
def test_a_process_works_on_jobs_until_it_is_stopped_and_then_gives_them_back(file: Path, tmp_path: Path) -> None:
    job = ask(file, 20_000)
    environment = os.environ | small_rules(tmp_path) | {"RISKAPI_STORE": str(file)}
    program = [sys.executable, "-m", "riskapi", "jobs", "run"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: seen(file, job).done > 0 or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, (tmp_path / "log").read_text(encoding="utf-8")
    finally:
        process.kill()
    given_back = seen(file, job)
    assert (given_back.state, given_back.restarts) == (State.QUEUED, 0)
    assert given_back.done > 0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
