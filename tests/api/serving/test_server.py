"""The service in a process of its own, over a real socket."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from riskapi.api.frame.operation import MAX_BYTES
from riskapi.api.operations.scores import XIAOMI_FORD
from tests.small import small_rules

pytestmark = pytest.mark.server

START_SECONDS = 60


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def start(log: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "uvicorn", "--factory", "riskapi.api.app:create_app", "--host", "127.0.0.1"]
    with log.open("w", encoding="utf-8") as target:
        return subprocess.Popen(
            [*command, "--port", "0"], stdout=target, stderr=target, text=True, env={**os.environ, **environment}
        )


def port_of(process: subprocess.Popen[str], log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))
        if found:
            return int(found.group(1))
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    log = folder / "log.txt"
    process = start(log, **small_rules(folder))
    try:
        yield Server(process, port_of(process, log), log)
    finally:
        process.kill()
        process.wait()


def test_a_question_is_answered(server: Server) -> None:
    response = httpx.post(f"{server.url}/v1/scores", json=XIAOMI_FORD, headers={"x-request-id": "real-1"}, timeout=60)
    assert response.status_code == 200
    assert response.headers["x-request-id"] == "real-1"
    assert response.json()["parties"][0]["name"]


def test_ten_megabytes_are_refused_before_they_are_sent(server: Server) -> None:
    """Only the head of the request goes out: the refusal comes without a byte of the body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", "/v1/scores")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", "10000000")
    connection.endheaders()
    response = connection.getresponse()
    problem = json.loads(response.read())
    connection.close()
    assert (response.status, problem["code"]) == (413, "body-too-large")


def test_ten_megabytes_that_are_sent_are_refused(server: Server) -> None:
    content = b" " * (10 * MAX_BYTES)
    response = httpx.post(
        f"{server.url}/v1/scores", content=content, headers={"content-type": "application/json"}, timeout=60
    )
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_body_in_chunks_without_end_is_cut_off(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", "/v1/scores")
    connection.putheader("content-type", "application/json")
    connection.putheader("transfer-encoding", "chunked")
    connection.endheaders()
    chunk = b"%x\r\n%s\r\n" % (100_000, b" " * 100_000)
    try:
        for _ in range(40):
            connection.send(chunk)
    except OSError:
        pass  # the server has hung up, as it should
    else:
        assert connection.getresponse().status == 413
    connection.close()
    assert httpx.get(f"{server.url}/health", timeout=60).status_code == 200


def test_a_caller_who_hangs_up_is_no_failure_of_the_service(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", "/v1/scores")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", "1000")
    connection.endheaders()
    connection.send(b'{"parties":')
    connection.close()
    assert httpx.get(f"{server.url}/health", timeout=60).status_code == 200
    time.sleep(0.2)
    assert "incident" not in server.log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "head", [b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n b: c\r\n\r\n", b"\x00\x01\r\n\r\n"]
)
def test_what_is_not_http_does_not_stop_the_service(server: Server, head: bytes) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(head)
        raw.recv(1000)
    assert httpx.get(f"{server.url}/health", timeout=60).status_code == 200


def test_sigterm_ends_it_in_good_order(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    process = start(log, **small_rules(tmp_path))
    try:
        port = port_of(process, log)
        assert httpx.get(f"http://127.0.0.1:{port}/ready", timeout=60).status_code == 200
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    text = log.read_text(encoding="utf-8")
    assert code in (0, -signal.SIGTERM), text
    assert "Application shutdown complete" in text
    assert "Traceback" not in text


def test_a_wrong_rule_file_keeps_it_from_starting(tmp_path: Path) -> None:
    rules = tmp_path / "rules" / "us"
    rules.mkdir(parents=True)
    (rules / "us.wrong.yaml").write_text("instrument: us.wrong\ntitle: [\n", encoding="utf-8")
    log = tmp_path / "log.txt"
    process = start(log, RISKAPI_RULES=str(tmp_path / "rules"))
    try:
        assert process.wait(timeout=START_SECONDS) != 0
    finally:
        process.kill()
        process.wait()
    assert "us.wrong.yaml" in log.read_text(encoding="utf-8")
