"""The Accept header. Enters: a request. Leaves: a refusal where it leaves out the type of the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from riskapi.api.frame.operation import JSON
from riskapi.api.http.problems import RefusedError
from riskapi.errors import Problem

HTML = "text/html"
#: The key of a handler's `opt` that tells the media type of its answer, or several of which the caller gets one.
PRODUCES = "produces"

__all__ = ["HTML", "JSON", "PRODUCES", "accepts", "check_accept", "guard_accept", "preferred"]


async def guard_accept(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a request whose Accept header leaves out the type of the answer.

    Async although it waits for nothing: the framework would run it in a thread, and then no probe gets past busy ones.
    """
    produced = handler.opt.get(PRODUCES)
    if produced is not None:
        check_accept(connection.headers.get("accept"), (produced,) if isinstance(produced, str) else produced)


def check_accept(header: str | None, produced: Sequence[str]) -> None:
    """Refuse an Accept header that leaves out every media type of the answer."""
    if header is None or not header.strip() or any(accepts(header, one) for one in produced):
        return
    detail = f"the answer is {' or '.join(produced)}, which the Accept header leaves out"
    hint = f"send `Accept: {produced[0]}`, or no Accept header"
    raise RefusedError("not-acceptable", Problem(code="not-acceptable", field="Accept", detail=detail, hint=hint))


def accepts(header: str, media_type: str) -> bool:
    """Whether an Accept header takes the media type; the most exact entry decides, `q=0` refuses."""
    return _wanted(header, media_type) > 0


def preferred(header: str | None, produced: Sequence[str]) -> str:
    """The media type that an Accept header wants most; of equally wanted ones, and without a header, the first."""
    if header is None or not header.strip():
        return produced[0]
    return max(produced, key=lambda one: _wanted(header, one))


def _wanted(header: str, media_type: str) -> float:
    exactness = {media_type: 2, f"{media_type.partition('/')[0]}/*": 1, "*/*": 0}
    best, quality = -1, 0.0
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        if exactness.get(name, -1) > best:
            best, quality = exactness[name], _quality(parameters)
    return quality


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return 1.0 if re.fullmatch(r"[01](\.\d{0,3})?", value.strip()) is None else float(value)
    return 1.0
