"""The bounds of the server itself, over real sockets and an application of one line."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from riskapi.api import server
from riskapi.api.options import Options
from riskapi.api.server import _arguments
from tests.api.asgi_calls import replying

pytestmark = pytest.mark.server

ASK = b"GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"


@contextlib.contextmanager
def serving(**more: int) -> Iterator[int]:
    arguments = {**_arguments(Options(port=0, **more)), "lifespan": "off", "log_config": None}  # type: ignore[arg-type]
    running = uvicorn.Server(uvicorn.Config(replying(), **arguments))
    running.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # not in a thread
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(10)


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def received(connection: socket.socket) -> bytes:
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def test_one_connection_too_many_is_told_so_in_the_shape_of_all_problems() -> None:
    with serving(connections=3) as port, contextlib.ExitStack() as stack:
        kept = [stack.enter_context(opened(port)) for _ in range(3)]
        time.sleep(0.1)
        head, _, body = received(stack.enter_context(opened(port))).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"application/problem+json" in head
        assert b"Retry-After: 2" in head
        assert json.loads(body)["code"] == "overloaded"
        kept[0].sendall(ASK)
        assert kept[0].recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_place_that_is_given_up_is_free_again() -> None:
    with serving(connections=1) as port:
        for _ in range(5):
            with opened(port) as connection:
                connection.sendall(ASK)
                assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.05)


@pytest.mark.parametrize("sent", [b"", b"GET /v1/x HTTP/1.1\r\nHost: x\r\n"])
def test_a_request_that_never_comes_holds_no_connection(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    with serving() as port, opened(port) as connection:
        connection.sendall(sent)
        begun = time.monotonic()
        got = received(connection)  # until the server hangs up
        assert time.monotonic() - begun < 3
        assert got.count(b"HTTP/1.1 200") == sent.count(ASK)


def test_a_connection_may_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    with serving() as port, opened(port) as connection:
        for _ in range(4):
            connection.sendall(ASK)
            got = b""
            while not got.endswith(b"{}"):
                got += connection.recv(1000)
            assert got.startswith(b"HTTP/1.1 200 ")
            time.sleep(0.15)
