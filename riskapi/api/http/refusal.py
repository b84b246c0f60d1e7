"""Refusals before any route is reached. Enters: a `RefusedError` and an ASGI connection. Leaves: the problem as a response."""

from __future__ import annotations

import json

from litestar.types import HTTPScope, Send

from riskapi.api.http.headers import request_id
from riskapi.api.http.problems import MEDIA_TYPE, RefusedError, document


async def refuse(error: RefusedError, scope: HTTPScope, send: Send) -> None:
    """Send the problem; the same shape as everywhere."""
    content = document(error.type, error.problems, path=scope["path"], ident=request_id(scope))
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "content-language": "en",
        "cache-control": "no-store",
        **error.headers,
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.type.status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
