"""Faults while assessments are kept: killed workers and servers, a database that goes away, a disk that is full.

Callers do as careful callers do: they send each question with an Idempotency-Key, and the same one again when the
connection breaks. Whatever happens in between, an acknowledged assessment is kept, and kept once. `make faults` does it
many times.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from riskapi.api.operations.scores import DESCRIBED
from riskapi.store import audit, keys
from riskapi.store.assessments import get
from riskapi.store.audit import Signature
from riskapi.store.database import Store, open_store
from riskapi.store.tables import AssessmentRow
from tests.api.kept import NOON
from tests.api.test_live import Live, live, until
from tests.store.postgres import PostgresServer, binaries

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.fault]

ROUNDS = int(os.environ.get("RISKAPI_FAULT_ROUNDS", "2"))
CALLERS = 3
CREATED, UNAVAILABLE, IN_WORK = 201, 503, 409
EXPECTED = {CREATED, UNAVAILABLE, IN_WORK}


@dataclass
class Callers:
    """Callers who store assessments without pause; `url` is where the service answers just now."""

    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self, name: str) -> None:
        number = 0
        with httpx.Client(timeout=60, headers=self.headers) as client:
            while not self.stop.is_set():
                number += self._ask(client, f"{name}-{number}")

    def _ask(self, client: httpx.Client, label: str) -> bool:
        address = f"{self.url}/v1/assessments"
        try:
            answer = client.post(address, json=DESCRIBED, params={"label": label}, headers={"idempotency-key": label})
        except httpx.HTTPError:
            time.sleep(0.05)  # the server is gone; the question is sent again
            return False
        self.statuses[answer.status_code] += 1
        if answer.status_code == CREATED:
            self.kept[label] = answer.json()["assessment"]["id"]
            return True
        if answer.status_code == UNAVAILABLE and "retry-after" not in answer.headers:
            self.without_advice.append(answer.text)
        time.sleep(0.05)
        return answer.status_code == IN_WORK  # a killed worker holds it for a while yet: on to the next question


@contextmanager
def calling(callers: Callers, name: str = "caller") -> Iterator[None]:
    callers.stop = threading.Event()
    threads = [threading.Thread(target=callers.work, args=(f"{name}{index}",)) for index in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        callers.stop.set()
        for thread in threads:
            thread.join()


def goes_on(callers: Callers) -> None:
    """Wait until assessments are acknowledged again."""
    before = len(callers.kept)

    def acknowledged() -> bool:
        assert set(callers.statuses) <= EXPECTED, callers.statuses
        return len(callers.kept) > before + CALLERS

    until(acknowledged)


def holds_what_was_acknowledged(store: Store, callers: Callers) -> None:
    with store.read() as session:
        rows = session.execute(select(AssessmentRow.label, AssessmentRow.id)).all()
        found: dict[str, str] = {label: ident for label, ident in rows if label}
        assert len(found) == len(rows), "something is kept twice, or was refused and kept"
        assert {label: found.get(label) for label in callers.kept} == callers.kept
        assert all(get(session, "default", ident).is_intact for ident in found.values())
        log = audit.verify(session, "default")
        assert log.is_sound, log.reason
        entries = [entry for entry in audit.entries(session, "default") if entry.action.startswith("assessment")]
        subjects = Counter(entry.subject for entry in entries)
    assert subjects == Counter(found.values()), "an assessment without its entry, or the reverse"
    assert set(callers.statuses) <= EXPECTED, callers.statuses
    assert not callers.without_advice


def new_key(address: str) -> dict[str, str]:
    """The header that shows a key just made in the store."""
    with open_store(address) as store, store.write() as session:
        wanted = keys.NewKey(tenant="default", name="callers", scope=keys.Scope.ANALYST)
        return {"authorization": f"Bearer {keys.create(session, wanted, Signature('a test', NOON))[1]}"}


def test_killed_workers_and_servers_lose_and_double_no_assessment_and_every_worker_asks_for_the_key(
    tmp_path: Path,
) -> None:
    address = str(tmp_path / "store.sqlite")
    callers = Callers(headers=new_key(address))
    for round_ in range(max(1, ROUNDS // 2)):  # a worker and a server each round
        with live(tmp_path, 2, RISKAPI_STORE=address) as service:
            callers.url = service.url
            without = [httpx.get(f"{service.url}/v1/assessments", timeout=60).status_code for _ in range(6)]
            assert set(without) == {401}
            with calling(callers, f"round{round_}-"):
                goes_on(callers)
                os.kill(random.choice(service.children()), signal.SIGKILL)  # noqa: S311
                goes_on(callers)
                time.sleep(random.uniform(0, 0.2))  # noqa: S311
                for pid in (service.process.pid, *service.children()):
                    os.kill(pid, signal.SIGKILL)
            service.process.wait()
        with open_store(address) as store:
            holds_what_was_acknowledged(store, callers)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_a_database_that_stops_and_comes_back_loses_and_doubles_no_assessment(tmp_path: Path) -> None:
    folder = binaries()
    if folder is None:
        pytest.skip("needs the PostgreSQL server: apt-get install postgresql")
    server = PostgresServer(folder)
    try:
        server.start()
        address = server.database("riskapi_faults")
        with live(tmp_path, 1, RISKAPI_STORE=address) as service:
            callers = Callers(service.url)
            with calling(callers):
                for _ in range(ROUNDS):
                    goes_on(callers)
                    server.stop("immediate")
                    until(lambda: readiness(service) == UNAVAILABLE)
                    assert httpx.get(f"{service.url}/health", timeout=60).status_code == 200
                    server.start()
                    goes_on(callers)
                    until(lambda: readiness(service) == 200)
            assert callers.statuses[UNAVAILABLE] > 0
            with open_store(address) as store:
                holds_what_was_acknowledged(store, callers)
    finally:
        server.stop("immediate")
        server.remove()


def readiness(service: Live) -> int:
    return httpx.get(f"{service.url}/ready", timeout=60).status_code


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """The disk is a limit on the size of files, which Linux lets be set and lifted for a process that runs."""
    file = tmp_path / "store.sqlite"
    with live(tmp_path, 1, RISKAPI_STORE=str(file)) as service:
        (worker,) = service.children() or [service.process.pid]
        callers = Callers(service.url)
        with calling(callers):
            goes_on(callers)
            _, hard = resource.prlimit(worker, resource.RLIMIT_FSIZE)
            for _ in range(ROUNDS):
                full = max(path.stat().st_size for path in tmp_path.glob("store.sqlite*"))
                resource.prlimit(worker, resource.RLIMIT_FSIZE, (full, hard))
                callers.statuses[UNAVAILABLE] = 0
                until(lambda: callers.statuses[UNAVAILABLE] > 0)
                told = httpx.post(f"{service.url}/v1/assessments", json=DESCRIBED, timeout=60)
                assert told.status_code == UNAVAILABLE
                assert told.json()["errors"][0]["code"] in {"store-full", "store-unreachable"}
                assert httpx.post(f"{service.url}/v1/scores", json=DESCRIBED, timeout=60).status_code == 200
                resource.prlimit(worker, resource.RLIMIT_FSIZE, (hard, hard))
                goes_on(callers)
        with open_store(str(file)) as store:
            holds_what_was_acknowledged(store, callers)
