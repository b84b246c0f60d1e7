"""Pages of other origins: let in only where an option names their origin. Enters: requests. Leaves: CORS headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPScope, Message, Receive, Send

from riskapi.api.http.asgi import HttpApp, header_of

EXPOSED: Final = (
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, Riskapi-Dataset, Riskapi-Rule-Set, "
    "X-Request-Id"
)
_PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": (
        "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-API-Key, X-Request-Id"
    ),
    "access-control-max-age": "600",
}


class Cors:
    """Answers preflights of named origins and marks answers to them; cookies are never allowed."""

    def __init__(self, app: HttpApp, origins: Sequence[str]) -> None:
        self._app, self._origins = app, frozenset(origins)

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        origin = header_of(scope, "origin")
        if not origin or not self._lets_in(origin):
            return await self._app(scope, receive, send)
        allowed = "*" if "*" in self._origins else origin
        if scope["method"] == "OPTIONS" and header_of(scope, "access-control-request-method"):
            return await _answer_preflight(allowed, send)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(MutableScopeHeaders.from_message(message), allowed)
            await send(message)

        return await self._app(scope, receive, send_marked)

    def _lets_in(self, origin: str) -> bool:
        return "*" in self._origins or origin in self._origins


def _mark(headers: MutableScopeHeaders, allowed: str) -> None:
    headers["access-control-allow-origin"] = allowed
    headers["access-control-expose-headers"] = EXPOSED
    headers["cross-origin-resource-policy"] = "cross-origin"
    if allowed != "*":
        headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "Origin")))


async def _answer_preflight(allowed: str, send: Send) -> None:
    told = {"access-control-allow-origin": allowed, "vary": "Origin", "content-length": "0", **_PREFLIGHT}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
