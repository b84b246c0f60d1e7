"""A service that answers by script, and a client that neither sleeps nor waits, for tests of what goes wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from riskapi.client import AsyncClient, Client, Policy

Step = httpx.Response | Exception
HEALTHY = {"status": "ok", "engine": "9.9.9"}


def answer(data: object = HEALTHY, status: int = 200, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=data, headers=named)


def problem(status: int, code: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
    """A refusal as the service words it."""
    told = {"type": f"/problems/{code}", "title": "A title", "status": status, "detail": "what was found", "code": code,
            "request_id": "of-the-service", "errors": [{"code": code, "detail": "what was found", "hint": "what to do"}],
            **more}  # fmt: skip
    named = {"content-type": "application/problem+json", **(headers or {})}
    return httpx.Response(status, content=json.dumps(told), headers=named)


class Torn(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off, as a connection does."""

    def __iter__(self) -> Iterator[bytes]:
        yield b'{"status": "o'
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class Dripping(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that never ends; each part takes a second."""

    def __init__(self, pass_time: Callable[[float], None], part: bytes = b" ") -> None:
        self._pass_time, self._part = pass_time, part

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._pass_time(1.0)
            yield self._part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


@dataclass
class Script(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers request by request; time passes only while the client sleeps or a body drips."""

    steps: list[Step]
    seen: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    time: float = 1000.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.seen.append(request)
        assert self.steps, "the client sent more requests than the script has answers"
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return _fresh(step)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)

    def pass_time(self, seconds: float) -> None:
        self.time += seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_time(seconds)

    async def sleep_awaited(self, seconds: float) -> None:
        self.sleep(seconds)

    def client(self, policy: Policy | None = None, **more: Any) -> Client:
        return Client(
            more.pop("url", "http://127.0.0.1:9"), transport=self, policy=policy, sleep=self.sleep,
            seconds=lambda: self.time, draw=more.pop("draw", lambda: 1.0), **more,
        )  # fmt: skip

    def awaited_client(self, policy: Policy | None = None, **more: Any) -> AsyncClient:
        return AsyncClient(
            "http://127.0.0.1:9", transport=self, policy=policy, sleep=self.sleep_awaited,
            seconds=lambda: self.time, draw=lambda: 1.0, **more,
        )  # fmt: skip


def _fresh(step: httpx.Response) -> httpx.Response:
    """The same answer anew, since a response can be read only once."""
    streams = isinstance(step.stream, Torn | Dripping)
    body: dict[str, Any] = {"stream": step.stream} if streams else {"content": step.content}
    return httpx.Response(step.status_code, headers=step.headers, **body)
