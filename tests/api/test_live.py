"""The service as it runs for others: `riskapi serve` with workers, under load, while things change."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from riskapi.api.operations.scores import XIAOMI_FORD
from tests.small import small_rules, small_tables

pytestmark = [pytest.mark.server, pytest.mark.slow]

START_SECONDS = 120
BODY = json.dumps(XIAOMI_FORD).encode()


@dataclass
class Live:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def children(self) -> list[int]:
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in text.split() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def started(self) -> int:
        return self.log.read_text(encoding="utf-8").count("Application startup complete")


@contextmanager
def live(folder: Path, workers: int, **environment: str) -> Iterator[Live]:
    log = folder / "log.txt"
    command = [
        sys.executable,
        "-m",
        "riskapi",
        "serve",
        "--port",
        "0",
        "--workers",
        str(workers),
        "--log-format",
        "json",
    ]
    settings = {**os.environ, "RISKAPI_RATE": "0", **small_rules(folder), **environment}
    with log.open("wb") as target:
        process = subprocess.Popen(command, stdout=target, stderr=target, env=settings)
    try:
        until(lambda: log.read_text(encoding="utf-8").count("Application startup complete") >= workers, process, log)
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))
        assert found
        yield Live(process, int(found.group(1)), log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes] | None = None, log: Path | None = None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        assert process is None or process.poll() is None, log and log.read_text(encoding="utf-8")[-3000:]
        assert time.monotonic() < deadline, log and log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.1)


@dataclass
class Load:
    """Callers that ask without pause, each question over a connection of its own."""

    url: str
    statuses: Counter[str] = field(default_factory=Counter)
    datasets: set[str] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        context = httpx.create_ssl_context()  # made once: it costs more than the question
        while not self.stop.is_set():
            try:
                answer = httpx.post(f"{self.url}/v1/scores", json=XIAOMI_FORD, timeout=60, verify=context)
            except httpx.HTTPError as error:
                self.statuses[repr(error)] += 1
                continue
            self.statuses[str(answer.status_code)] += 1
            told = answer.json()["versions"]["dataset"]
            self.datasets.add(told)
            if told != answer.headers["riskapi-dataset"]:
                self.statuses["an answer of two states"] += 1


@contextmanager
def load(url: str, callers: int = 2) -> Iterator[Load]:
    one = Load(url)
    threads = [threading.Thread(target=one.ask) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield one
    finally:
        one.stop.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def own_data(tmp_path: Path) -> dict[str, str]:
    """Tables that the test may change."""
    return {**small_tables(tmp_path), "RISKAPI_RELOAD_EVERY": "1"}


def append(own_data: dict[str, str], table: str, line: str) -> None:
    """As a careful refresh does: a whole new file takes the place of the old one."""
    file = Path(own_data["RISKAPI_DATASETS"]) / table
    newer = file.with_suffix(".new")
    newer.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")
    newer.replace(file)


def dataset_of(url: str) -> str:
    return str(httpx.get(f"{url}/v1/datasets", timeout=60).json()["version"])


def test_new_data_are_taken_under_load_without_a_failed_request(tmp_path: Path, own_data: dict[str, str]) -> None:
    with live(tmp_path, 2, **own_data) as service:
        before = dataset_of(service.url)
        with load(service.url) as asked:
            until(lambda: asked.statuses["200"] > 10)
            append(
                own_data,
                "names.csv",
                "xiaomi,Zebra Handsets of Wuhan,alias,Latn,en,,,https://example.org/a,2026-11-01,low\n",
            )
            until(lambda: service.log.read_text(encoding="utf-8").count("answers now rest on") == 2)
            until(lambda: len(asked.datasets) > 1)
        after = dataset_of(service.url)
        assert set(asked.statuses) == {"200"}, asked.statuses
        assert asked.datasets == {before, after}
        found = httpx.get(f"{service.url}/v1/companies", params={"q": "Zebra Handsets of Wuhan"}, timeout=60).json()
        assert found["company"]["company_id"] == "xiaomi"


def test_broken_data_make_it_not_ready_while_it_answers_from_the_older_ones(
    tmp_path: Path, own_data: dict[str, str]
) -> None:
    with live(tmp_path, 1, **own_data) as service:
        file = Path(own_data["RISKAPI_DATASETS"]) / "names.csv"
        good = file.read_bytes()
        append(own_data, "names.csv", "nobody,,,,\n")
        until(lambda: httpx.get(f"{service.url}/ready", timeout=60).status_code == 503)
        problem = httpx.get(f"{service.url}/ready", timeout=60).json()
        assert [error["code"] for error in problem["errors"]] == ["reload-failed"]
        assert httpx.post(f"{service.url}/v1/scores", json=XIAOMI_FORD, timeout=60).status_code == 200
        assert "riskapi_reload_failed 1.0" in httpx.get(f"{service.url}/metrics", timeout=60).text
        file.write_bytes(good)
        until(lambda: httpx.get(f"{service.url}/ready", timeout=60).status_code == 200)


def sent(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"POST /v1/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
    connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + BODY)
    return connection


def received(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1_000_000):
        parts.append(part)
    connection.close()
    return b"".join(parts)


def test_told_to_stop_it_finishes_what_was_asked(tmp_path: Path) -> None:
    with live(tmp_path, 1) as service:
        stops_in_good_order(service)


def stops_in_good_order(service: Live) -> None:
    connections = [sent(service.port) for _ in range(24)]
    until(lambda: '"route": "/v1/scores"' in service.log.read_text(encoding="utf-8"))
    service.process.send_signal(signal.SIGTERM)
    answers = [received(connection) for connection in connections]
    assert service.process.wait(60) in (0, -signal.SIGTERM)
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length
        assert len(body) == int(length.group(1))
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


def test_workers_share_figures_one_that_dies_is_replaced_and_all_stop_in_good_order(tmp_path: Path) -> None:
    with live(tmp_path, 2) as service:
        # Each question over a connection of its own, so that both workers are asked.
        with httpx.Client(base_url=service.url, timeout=60, headers={"connection": "close"}) as client:
            for _ in range(40):
                client.get("/v1/datasets")
            pages: list[Any] = [client.get("/metrics").text for _ in range(6)]
        line = 'riskapi_requests_total{method="GET",route="/v1/datasets",status="200"} 40.0'
        assert all(line in page for page in pages)
        victim, *_ = service.children()
        os.kill(victim, signal.SIGKILL)
        statuses = [httpx.get(f"{service.url}/ready", timeout=60).status_code for _ in range(10)]
        assert statuses == [200] * 10
        until(lambda: service.started() == 3)
        assert victim not in service.children()
        stops_in_good_order(service)
