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

from riskapi.api.serving import server
from riskapi.api.serving.options import Options
from riskapi.api.serving.server import _arguments
from tests.api.asgi_calls import replying
from tests.api.test_live import until

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
        thread.join(60)


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def is_answered(port: int) -> bool:
    with contextlib.suppress(ConnectionError), opened(port) as connection:
        connection.sendall(ASK)
        return connection.recv(100).startswith(b"HTTP/1.1 200 ")
    return False


def answer(connection: socket.socket) -> bytes:
    """One whole answer; the connection stays open."""
    got = b""
    while not got.endswith(b"{}"):
        part = connection.recv(1000)
        assert part, got
        got += part
    return got


def received(connection: socket.socket) -> bytes:
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def test_one_connection_too_many_is_told_so_in_the_shape_of_all_problems() -> None:
    with serving(connections=3) as port, contextlib.ExitStack() as stack:
        kept = [stack.enter_context(opened(port)) for _ in range(3)]
        for connection in kept:  # what was answered was accepted before, and stays open
            connection.sendall(ASK)
            assert answer(connection).startswith(b"HTTP/1.1 200 ")
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
            until(lambda: is_answered(port))


@pytest.mark.parametrize("sent", [b"", b"GET /v1/x HTTP/1.1\r\nHost: x\r\n"])
def test_a_request_that_never_comes_holds_no_connection(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    with serving() as port, opened(port) as connection:
        connection.sendall(sent)
        got = received(connection)  # until the server hangs up
        assert got.count(b"HTTP/1.1 200") == sent.count(ASK)


def test_a_connection_may_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 1)
    with serving() as port, opened(port) as connection:
        for pause in (0, 0, 1.2):  # longer than a head may take
            time.sleep(pause)
            connection.sendall(ASK)
            assert answer(connection).startswith(b"HTTP/1.1 200 ")
