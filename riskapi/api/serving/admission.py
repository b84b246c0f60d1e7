"""How many requests are let in, and for how long. Enters: requests. Leaves: the same with their bodies read, or 413, 503.

A request is let in while fewer than `threads + waiting` are inside. Its body is read at once, within a time, so that a slow
sender holds no place of work; then it waits its turn, and works within a time. Memory is bounded by the number inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast

from litestar.types import HTTPScope, Message, Receive, Send

from riskapi.api.frame.operation import MAX_BYTES
from riskapi.api.http.asgi import Heard, HttpApp, header_of
from riskapi.api.http.problems import RefusedError, too_large
from riskapi.api.http.refusal import refuse
from riskapi.api.serving.options import Options
from riskapi.errors import Problem

#: These answer while all places are taken.
PROBES: Final = ("/health", "/ready", "/metrics")
RETRY_SECONDS: Final = 2


class _HungUpError(Exception):
    """The caller is gone; nobody waits for an answer."""


class Admission:
    """Lets requests in; `refused` is told the reason of each refusal.

    `sizes` tells the most bytes of a body for addresses that take more or less than the others.
    """

    def __init__(
        self,
        app: HttpApp,
        options: Options,
        refused: Callable[[str], None] = lambda _: None,
        sizes: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app, self._options, self._refused, self._sizes = app, options, refused, sizes
        self._places = asyncio.Semaphore(options.threads)
        self.inside = 0

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        if self.inside >= self._options.threads + self._options.waiting:
            return await self._refuse("full", _overloaded("as many requests wait as may"), scope, send)
        self.inside += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self.inside -= 1

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._options.body_time_limit):
                body = await _read(scope, receive, self._sizes.get(scope["path"], MAX_BYTES))
        except _HungUpError:
            return
        except TimeoutError:
            await self._refuse("slow_body", _slow(), scope, send)
            return
        except RefusedError as error:
            await self._refuse("large_body", error, scope, send)
            return
        try:
            async with asyncio.timeout(self._options.patience):
                await self._places.acquire()
        except TimeoutError:
            await self._refuse("waited", _overloaded("its turn did not come in time"), scope, send)
        else:
            await self._work(scope, _again(body, receive), send)

    async def _work(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Holds its place until the answer is made; sending it to a slow reader holds none.

        An answer in several pieces has the time anew for each of them.
        """
        held, started = True, False
        loop = asyncio.get_running_loop()

        async def send_and_leave(message: Message) -> None:
            nonlocal held, started
            started = True
            if held and message["type"] == "http.response.body":
                held = False
                self._places.release()
            await send(message)
            limit.reschedule(loop.time() + self._options.time_limit)

        try:
            async with asyncio.timeout(self._options.time_limit) as limit:
                await self._app(scope, receive, send_and_leave)
        except TimeoutError:
            if not started:
                await self._refuse("time", _late(self._options.time_limit), scope, send)
        finally:
            if held:
                self._places.release()

    async def _refuse(self, reason: str, error: RefusedError, scope: HTTPScope, send: Send) -> None:
        self._refused(reason)
        await refuse(error, scope, send)


async def _read(scope: HTTPScope, receive: Receive, most: int) -> bytes:
    """The whole body; raises `RefusedError` as soon as it is known to be too large."""
    announced = header_of(scope, "content-length")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise too_large(most)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = cast(Heard, await receive())
        if message["type"] == "http.disconnect":
            raise _HungUpError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise too_large(most)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then what else comes."""
    kept: list[Heard] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Heard:
        return kept.pop() if kept else cast(Heard, await receive())

    return cast(Receive, receive_again)


def _overloaded(detail: str) -> RefusedError:
    problem = Problem(code="overloaded", detail=f"the service has more to do than it can: {detail}",
                      hint=f"ask again in {RETRY_SECONDS} s")  # fmt: skip
    return RefusedError("overloaded", problem, headers={"retry-after": str(RETRY_SECONDS)})


def _late(seconds: int) -> RefusedError:
    detail = f"the answer took more than {seconds} s"
    problem = Problem(code="took-too-long", detail=detail, hint="ask for less at once")
    return RefusedError("took-too-long", problem, headers={"retry-after": str(RETRY_SECONDS)})


def _slow() -> RefusedError:
    problem = Problem(code="body-too-slow", detail="the body did not arrive in time", hint="send it without pauses")
    return RefusedError("body-too-slow", problem, headers={"connection": "close"})
