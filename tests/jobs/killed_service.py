"""The whole service, killed in the middle of jobs: `python -m tests.jobs.killed_service --times 50 [--store ADDRESS]`.

A service with two workers and a process of `riskapi jobs run` share a store; a caller puts jobs in, each under a key, and asks
again until it is acknowledged. Again and again one of the three is killed: the jobs process, a worker of the service, or the
service with all its workers. At the end every key has one job, every job is done, and every row is there once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from riskapi.store import audit
from riskapi.store.database import open_store
from tests.small import small_rules
from tests.store.postgres import free_port

PATIENCE = 120
QUESTIONS = 120
DEAL = {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "market_countries": ["US"]}
GOOD = {"parties": ["Xiaomi", "Ford"], "deal": DEAL, "as_of": "2026-11-22"}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/jobs/scores": {"questions": [GOOD if number % 10 else "a bad one" for number in range(QUESTIONS)]},
    "/v1/matrix": {
        "foreign": {"select": "control_country=CN,sector=automotive"}, "hosts": {"names": ["Ford", "Tesla"]},
        "templates": [{"deal": DEAL}], "dates": ["2026-11-22", "2025-11-22", "2024-11-22", "2023-11-22"],
    },
}  # fmt: skip


@dataclass
class Killed:
    """The processes, and what the caller was told."""

    folder: Path
    store: str
    workers: int = 2
    port: int = field(default_factory=free_port)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)
    caller: threading.Thread = field(default_factory=threading.Thread)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        """Start the service or the jobs process, in a session of its own so that all of it can be killed."""
        environment = os.environ | small_rules(self.folder) | {
            "RISKAPI_STORE": self.store, "RISKAPI_JOB_LEASE": "2", "RISKAPI_RATE": "0", "RISKAPI_JOB_QUEUE": "10000",
            "RISKAPI_RELOAD_EVERY": "0",
        }  # fmt: skip
        commands = {
            "service": ["serve", "--workers", str(self.workers), "--port", str(self.port)],
            "jobs": ["jobs", "run"],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "riskapi", *commands[name]]
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )

    def kill(self, what: str) -> None:
        """Kill the jobs process, one worker, or the whole service; what was killed whole is started again."""
        self.kills[what] += 1
        if what == "worker":
            children = self.children()
            if children:
                os.kill(random.choice(children), signal.SIGKILL)  # noqa: S311
            return
        self.end(what)
        self.start(what)

    def end(self, name: str) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def children(self) -> list[int]:
        pid = self.processes["service"].pid
        with suppress(OSError):
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
            return [
                int(child) for child in text.split() if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
            ]
        return []

    def put_jobs_in(self) -> None:
        """One job after the other, each until it is acknowledged."""
        for number in count():
            if self.stop.is_set():
                return
            path = list(BODIES)[number % 2]
            self.put_in(path, f"key-{number}")
            self.stop.wait(0.3)

    def put_in(self, path: str, key: str) -> None:
        while True:
            with suppress(httpx.HTTPError):
                answer = httpx.post(self.url + path, json=BODIES[path], headers={"idempotency-key": key}, timeout=60)
                if answer.status_code == 202:
                    self.told[key] = (answer.json()["id"], path)
                    return
                # Under work, or a store that is held by what was just killed: the key makes it safe to ask again.
                assert answer.status_code in (409, 503), answer.text
            time.sleep(0.2)

    def until_ready(self) -> None:
        def answers() -> bool:
            with suppress(httpx.HTTPError):
                return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
            return False

        wait_for(answers)


def wait_for(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


@contextmanager
def running(folder: Path, store: str, *, is_alone: bool) -> Iterator[Killed]:
    one = Killed(folder, store, workers=1 if is_alone else 2)
    one.caller = threading.Thread(target=one.put_jobs_in, daemon=True)
    try:
        one.start("service")
        one.until_ready()
        if not is_alone:
            one.start("jobs")
        one.caller.start()
        yield one
    finally:
        one.stop.set()
        for name in one.processes:
            one.end(name)


def check(one: Killed) -> None:
    """Every key has one job, every job is done, every row is there once, and the log is whole."""
    ids = [ident for ident, _ in one.told.values()]
    with httpx.Client(base_url=one.url, timeout=60) as client:
        wait_for(lambda: all(client.get(f"/v1/jobs/{ident}").json()["state"] == "done" for ident in ids), 10 * PATIENCE)
        assert client.get("/v1/jobs").json()["total"] == len(set(ids)) == len(ids), "a job is there twice"
        first: dict[str, list[dict[str, Any]]] = {}
        for ident, path in one.told.values():
            rows = rows_of(client, ident)
            assert rows == first.setdefault(path, rows), f"{ident}: other rows than the first of its kind"
        indexes = [row["index"] for row in first["/v1/jobs/scores"]]
        assert indexes == list(range(QUESTIONS))
        pairs = [(row["date"], row["foreign_id"], row["host_id"]) for row in first.get("/v1/matrix", [])]
        assert len(set(pairs)) == len(pairs)
    with open_store(one.store) as store, store.read() as session:
        assert audit.verify(session, "default").is_sound
        created = [entry.subject for entry in audit.entries(session, "default") if entry.action == "job.created"]
        assert sorted(created) == sorted(ids)


def rows_of(client: httpx.Client, ident: str) -> list[dict[str, Any]]:
    found, query = [], {"limit": "1000"}
    while True:
        page = client.get(f"/v1/jobs/{ident}/result", params=query).json()
        found += page["rows"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def run(times: int, store: str | None = None, *, is_alone: bool = False) -> Killed:
    """Kill so many times, then check; raises `AssertionError` with what is wrong.

    `is_alone`: a service with one worker and nothing beside it, which starts faster.
    """
    what = ("service",) if is_alone else ("jobs", "worker", "service")
    with tempfile.TemporaryDirectory(prefix="riskapi-killed-") as name:
        folder = Path(name)
        with running(folder, store or str(folder / "store.sqlite"), is_alone=is_alone) as one:
            for _ in range(times):
                before = len(one.told)
                wait_for(lambda before=before: len(one.told) > before)  # type: ignore[misc]  # it works again
                time.sleep(random.uniform(0, 2))  # noqa: S311
                one.kill(random.choice(what))  # noqa: S311
            one.stop.set()
            one.caller.join(PATIENCE)
            assert not one.caller.is_alive(), "a job was never acknowledged"
            one.until_ready()
            check(one)
            return one


def main() -> None:
    """The long run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--store", help="the address of an empty store; a new SQLite file without it")
    asked = parser.parse_args()
    one = run(asked.times, asked.store)
    sys.stdout.write(f"{dict(one.kills)} kills, {len(one.told)} jobs acknowledged: all done, each row once\n")


if __name__ == "__main__":
    main()
