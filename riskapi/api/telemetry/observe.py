"""What is seen of each request from outside. Enters: requests. Leaves: the same answers, a log line and figures.

A `traceparent` (W3C Trace Context) that can be read comes back with the answer, and its trace id stands in the log.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any, Final, cast

from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPScope, Message, Receive, Send

from riskapi.api.http.asgi import HttpApp
from riskapi.api.http.headers import request_id
from riskapi.api.telemetry.logs import ACCESS, FIELDS
from riskapi.api.telemetry.metrics import NO_ROUTE, Metrics

#: Where whoever checks keys leaves the id of the key, for log and rate limit; never the key.
KEY_ID: Final = "riskapi.key_id"
_TRACEPARENT: Final = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
#: Asked every few seconds by machines, and of no interest while they succeed.
_QUIET: Final = ("/health", "/ready", "/metrics")
_SUCCESS: Final = range(200, 400)

logger = logging.getLogger(ACCESS)


class Observed:
    """Watches every request, also those that no route answers."""

    def __init__(self, app: HttpApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun, method, trace = time.perf_counter(), scope["method"], _trace_of(scope)
        status = size = 0

        async def send_seen(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                if trace:
                    MutableScopeHeaders.from_message(message)["traceparent"] = trace.string.decode()
            elif message["type"] == "http.response.body":
                size += len(message["body"])
            await send(message)

        self._metrics.began()
        try:
            await self._app(scope, receive, send_seen)
        finally:
            seconds = time.perf_counter() - begun
            route = str(scope.get("path_template") or NO_ROUTE)
            self._metrics.ended(method, route, status, seconds)
            if not (scope["path"] in _QUIET and status in _SUCCESS):
                told = {
                    "method": method,
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                    "bytes": size,
                }
                _log(scope, told, trace)


def _trace_of(scope: HTTPScope) -> re.Match[bytes] | None:
    given = [value for name, value in scope["headers"] if name.lower() == b"traceparent"]
    return _TRACEPARENT.fullmatch(given[0]) if len(given) == 1 else None


def _log(scope: HTTPScope, told: dict[str, Any], trace: re.Match[bytes] | None) -> None:
    line = {
        "request_id": request_id(scope),
        **told,
        "key_id": cast(dict[str, Any], scope).get(KEY_ID),
        "trace_id": trace.group(1).decode() if trace else None,
    }
    logger.info("request", extra={FIELDS: {name: value for name, value in line.items() if value is not None}})
