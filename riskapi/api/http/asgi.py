"""The form of everything that stands between server and routes: it takes one HTTP request and the way to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar.types import HTTPScope, Receive, Send

HttpApp: TypeAlias = Callable[[HTTPScope, Receive, Send], Awaitable[None]]
#: What the server says; the types of the framework know only what applications say.
Heard: TypeAlias = dict[str, Any]


def header_of(scope: HTTPScope, name: str) -> str:
    """A header of the request, joined with commas where it comes several times; empty where it does not come."""
    wanted = name.encode()
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted)
