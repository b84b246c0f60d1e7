"""Answers in gzip for callers who take it. Enters: whole responses. Leaves: smaller ones.

Brotli is left out: it needs one more library, and at the speeds that a service can afford it saves little over gzip.
"""

from __future__ import annotations

import asyncio
import gzip
from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPResponseStartEvent, HTTPScope, Message, Receive, Send

from riskapi.api.asgi import HttpApp, header_of

#: Below this the headers outweigh what is saved.
LEAST_BYTES: Final = 1_400
LEVEL: Final = 1
_TYPES: Final = ("application/json", "application/problem+json", "text/")


class Compression:
    """Compresses text; responses that come in several parts go through as they are."""

    def __init__(self, app: HttpApp) -> None:
        self._app = app

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        wanted = takes_gzip(header_of(scope, "accept-encoding"))
        start: HTTPResponseStartEvent | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None and message["type"] == "http.response.body":
                if not message.get("more_body", False):
                    message["body"] = await _compressed(start, message["body"], wanted=wanted)
                await send(start)
                start = None
            await send(message)

        await self._app(scope, receive, send_smaller)


async def _compressed(start: HTTPResponseStartEvent, body: bytes, *, wanted: bool) -> bytes:
    headers = MutableScopeHeaders.from_message(start)
    if not headers.get("content-type", "").startswith(_TYPES) or "content-encoding" in headers:
        return body
    headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "Accept-Encoding")))
    if not wanted or len(body) < LEAST_BYTES:
        return body
    # In a thread: zlib lets the others run meanwhile.
    smaller = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(smaller))
    return smaller


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip; `q=0` refuses."""
    qualities = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        refused = any(item.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for item in parameters)
        qualities[name] = not refused
    return qualities.get("gzip", qualities.get("*", False))
