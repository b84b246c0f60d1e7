"""The HTTP server below the service: uvicorn, with bounds of its own. Enters: options. Leaves: a running server.

Uvicorn and not granian: its workers are plain processes that start afresh (DuckDB and threads do not survive a fork), it
replaces them one by one on SIGHUP, finishes requests on SIGTERM, and needs no compiled part. What it lacks is here: it answers
too many connections in plain text, waits for ever on a request that never comes, and lets one worker take all connections.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from riskapi.api.http.problems import MEDIA_TYPE, TYPES, document
from riskapi.api.serving.options import Options
from riskapi.api.telemetry.logs import log_config
from riskapi.api.telemetry.metrics import FOLDER_VARIABLE
from riskapi.errors import Problem

#: Seconds in which the head of a request must have arrived.
HEAD_SECONDS: Final = 10
IDLE_SECONDS: Final = 15
#: Connections that the system keeps for us while we accept others.
BACKLOG: Final = 2_048


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 over at most so many connections at once, none of which is held by a request that never comes."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **more)
        # Uvicorn would count requests by this, and refuse them in plain text.
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._waiting_for_head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take the connection, or refuse it."""
        super().connection_made(transport)
        if self._most is not None and len(self.connections) > self._most:
            transport.write(_no_room())
            transport.close()
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Read, and see whether the head of a request is there."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._expect_head()
        else:
            self._head_is_there()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._head_is_there()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._waiting_for_head is None:
            self._waiting_for_head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_is_there(self) -> None:
        if self._waiting_for_head is not None:
            self._waiting_for_head.cancel()
            self._waiting_for_head = None

    def _give_up(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


def _no_room() -> bytes:
    kind, ident = TYPES["overloaded"], uuid.uuid4().hex
    problem = Problem(code=kind.code, detail="as many connections are open as may be", hint="ask again in 2 s")
    body = json.dumps(document(kind, [problem], path="/", ident=ident)).encode()
    head = (
        f"HTTP/1.1 {kind.status} Service Unavailable\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        f"Retry-After: 2\r\nX-Request-Id: {ident}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


class FairLoop(asyncio.SelectorEventLoop):
    """Accepts one connection at a time, so that the workers share what comes; others wait with the system."""

    async def create_server(self, *args: Any, **more: Any) -> asyncio.Server:  # noqa: ANN401  # passed on
        """As the loop itself, which would accept as many connections in one go as it lets wait."""
        server = await super().create_server(*args, **{**more, "backlog": 1})
        if more.get("sock") is not None:
            more["sock"].listen(BACKLOG)
        return server


def serve_here(app: Any, options: Options) -> None:  # noqa: ANN401  # any ASGI application
    """Serve an application in this process until it is told to stop."""
    uvicorn.run(app, **_arguments(options), backlog=BACKLOG)


def serve_with_workers(options: Options, factory: str) -> None:
    """Serve with several processes, each of which makes the application from the environment by `module:function`."""
    with _figures_of_all():
        uvicorn.run(factory, factory=True, workers=options.workers, loop="riskapi.api.serving.server:FairLoop",
                    timeout_worker_healthcheck=60, **_arguments(options))  # fmt: skip


def _arguments(options: Options) -> dict[str, Any]:
    return {
        "host": options.host,
        "port": options.port,
        "http": BoundedProtocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": log_config(options.log_format),
        "access_log": False,  # `riskapi.api.telemetry.observe` writes it
        "server_header": False,
        "proxy_headers": bool(options.trusted_proxies),
        "forwarded_allow_ips": list(options.trusted_proxies),
        "limit_concurrency": options.connections,
        "timeout_keep_alive": IDLE_SECONDS,
        "timeout_graceful_shutdown": options.grace,
    }


@contextmanager
def _figures_of_all() -> Iterator[None]:
    """A folder in which the workers add up their figures."""
    if FOLDER_VARIABLE in os.environ:
        yield
        return
    folder = os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="riskapi-figures-")
    try:
        yield
    finally:
        del os.environ[FOLDER_VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)
