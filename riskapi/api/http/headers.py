"""What every response carries: the request id and protective headers. Enters: ASGI messages. Leaves: their headers."""

from __future__ import annotations

import re
import uuid
from typing import Any, cast

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import Message, Scope

REQUEST_ID = "x-request-id"

_USABLE_ID = re.compile(rb"[!-~]{1,64}")
_KEPT = "riskapi.request_id"

_PROTECTIVE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-cache",
}


def request_id(scope: Scope) -> str:
    """The caller's X-Request-Id where it can be used (visible ASCII, at most 64 characters), else a new one."""
    kept = cast(dict[str, Any], scope)
    if _KEPT not in kept:
        given = next((value for name, value in scope["headers"] if name.lower() == REQUEST_ID.encode()), b"")
        kept[_KEPT] = given.decode("ascii") if _USABLE_ID.fullmatch(given) else uuid.uuid4().hex
    return str(kept[_KEPT])


async def add_headers(message: Message, scope: Scope) -> None:
    """Give every response its request id and the protective headers that it does not set itself."""
    if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
        return
    headers = MutableScopeHeaders.from_message(message)
    headers[REQUEST_ID] = request_id(scope)
    for name, value in _PROTECTIVE.items():
        headers.setdefault(name, value)
