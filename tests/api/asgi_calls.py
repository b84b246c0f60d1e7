"""How tests call one piece of what stands before the routes, without server or framework."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from litestar.types import HTTPScope, Receive, Send

from riskapi.api.http.asgi import HttpApp


@dataclass
class Answered:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


def scope_of(method: str = "GET", path: str = "/v1/x", **more: Any) -> HTTPScope:
    """A request; `headers` as a dict of texts."""
    headers = [(name.lower().encode(), value.encode()) for name, value in more.pop("headers", {}).items()]
    whole = {"type": "http", "method": method, "path": path, "headers": headers, "client": ("192.0.2.1", 5), **more}
    return cast(HTTPScope, whole)


async def ask(
    app: HttpApp, scope: HTTPScope | None = None, parts: Iterable[bytes] = (b"",), pause: float = 0
) -> Answered:
    """Send a request whose body comes in parts, with pauses between them; then stay connected."""
    rest, answered = list(parts), Answered()

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        if not rest:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answered.body += message["body"]

    await app(scope or scope_of(), cast(Receive, receive), cast(Send, send))
    return answered


def replying(body: bytes = b"{}", content_type: str = "application/json", status: int = 200, **headers: str) -> HttpApp:
    """An application that always says the same."""

    async def app(scope: HTTPScope, receive: Receive, send: Send) -> None:
        told = {"content-type": content_type, "content-length": str(len(body)), **headers}
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return app
