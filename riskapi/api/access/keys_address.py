"""Keys in addresses, for programs that send no headers (OpenRefine). Enters: `/reconcile/key/KEY`. Leaves: `/reconcile`, a key.

Addresses are written down by browsers and proxies, so this works only where an option allows it, only for matching names, and
only with the key of a viewer. The log of the service names the route, never the address.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

from litestar.types import HTTPScope, Receive, Send

from riskapi.api.http.asgi import HttpApp

_FORM: Final = re.compile(r"(/reconcile/key/(rk_[0-9a-f_]{1,100}))((?:/.*)?)", re.DOTALL)
_OTHERS: Final = (b"authorization", b"x-api-key")
#: Where the scope of a request notes the address below which it asked.
NOTED: Final = "riskapi.key_in_address"


class KeyInAddress:
    """Takes the key out of the address before anybody writes that down."""

    def __init__(self, app: HttpApp) -> None:
        self._app = app

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        found = _FORM.fullmatch(scope["path"])
        await self._app(scope if found is None else _without_key(scope, found), receive, send)


def _without_key(scope: HTTPScope, found: re.Match[str]) -> HTTPScope:
    below, key, rest = found.groups()
    path = f"/reconcile{rest}"
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _OTHERS]
    changed: dict[str, Any] = {
        **scope, "path": path, "raw_path": path.encode(), "headers": [*headers, (b"x-api-key", key.encode())], NOTED: below,
    }  # fmt: skip
    return cast(HTTPScope, changed)


def asked_below(scope: HTTPScope) -> str | None:
    """The address with the key below which a request asked; None where its key was not in the address."""
    found: str | None = cast(dict[str, Any], scope).get(NOTED)
    return found
