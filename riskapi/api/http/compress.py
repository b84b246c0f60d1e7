"""Answers in Brotli or gzip for callers who take it. Enters: whole responses. Leaves: smaller ones.

An answer of half a megabyte is the common case, so what counts is time: Brotli at its second lowest quality takes less than
half the time of gzip at its lowest level, and gives less to send. What is short is worth more effort.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Final

import brotli
from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPResponseStartEvent, HTTPScope, Message, Receive, Send

from riskapi.api.http.asgi import HttpApp, header_of

#: Below this the headers outweigh what is saved.
LEAST_BYTES: Final = 1_400
#: From here on the quicker level is used.
LONG_BYTES: Final = 50_000
#: From here on a thread does it. Below, handing it over takes longer than the event loop would be held up: some 2 ms at most.
THREAD_BYTES: Final = 1_000_000
_TYPES: Final = ("application/json", "application/problem+json", "text/")


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=1 if len(body) >= LONG_BYTES else 4)
    return packed


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 1 if len(body) >= LONG_BYTES else 5, mtime=0)


#: The first is taken where a caller has no preference.
_CODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {"br": _brotli, "gzip": _gzip}


class Compression:
    """Compresses text; responses that come in several parts go through as they are."""

    def __init__(self, app: HttpApp) -> None:
        self._app = app

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        coding = chosen(header_of(scope, "accept-encoding"))
        start: HTTPResponseStartEvent | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None and message["type"] == "http.response.body":
                if not message.get("more_body", False):
                    message["body"] = await _compressed(start, message["body"], coding)
                await send(start)
                start = None
            await send(message)

        await self._app(scope, receive, send_smaller)


async def _compressed(start: HTTPResponseStartEvent, body: bytes, coding: str | None) -> bytes:
    headers = MutableScopeHeaders.from_message(start)
    if not headers.get("content-type", "").startswith(_TYPES) or "content-encoding" in headers:
        return body
    headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "Accept-Encoding")))
    if coding is None or len(body) < LEAST_BYTES:
        return body
    compress = _CODINGS[coding]
    smaller = compress(body) if len(body) < THREAD_BYTES else await asyncio.to_thread(compress, body)
    headers["content-encoding"] = coding
    headers["content-length"] = str(len(smaller))
    return smaller


def chosen(header: str) -> str | None:
    """The coding that an Accept-Encoding header likes best; None where it takes neither, or only the text as it is."""
    qualities = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        qualities[name] = _quality(parameters)
    liked = {coding: qualities.get(coding, qualities.get("*", 0.0)) for coding in _CODINGS}
    best = max(liked, key=lambda coding: liked[coding])
    return best if liked[best] > 0 else None


def _quality(parameters: list[str]) -> float:
    """The number after `q=`; 1 where there is none, and 0 for what is no number, which refuses."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            digits = value.strip()
            return float(digits) if digits.replace(".", "", 1).isdecimal() and digits.isascii() else 0.0
    return 1.0
