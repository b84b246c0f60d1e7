"""HEAD wherever GET is answered. Enters: requests. Leaves: HEAD as GET, and the answer without its body."""

from __future__ import annotations

from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPScope, Message, Receive, Send

from riskapi.api.http.asgi import HttpApp


class HeadAsGet:
    """Answers HEAD from the GET routes, and names it in the Allow header of refusals."""

    def __init__(self, app: HttpApp) -> None:
        self._app = app

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope["method"] = "GET"

        async def send_bare(message: Message) -> None:
            if message["type"] == "http.response.start":
                _allow_head(message)
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await self._app(scope, receive, send_bare)


def _allow_head(message: Message) -> None:
    headers = MutableScopeHeaders.from_message(message)
    allowed = [item.strip() for item in headers.get("allow", "").split(",") if item.strip()]
    if "GET" in allowed and "HEAD" not in allowed:
        headers["allow"] = ", ".join([*allowed, "HEAD"])
