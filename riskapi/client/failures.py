"""Answers that are no success, made into exceptions. Enters: what came of a request. Leaves: an error of `errors`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from riskapi.client.call import PROBLEM, Broken, Outcome, Received
from riskapi.client.errors import (
    AccessError,
    MissingError,
    RefusedNameError,
    RefusedRequestError,
    RemoteConflictError,
    RemoteError,
    ServiceError,
    Told,
    TooBusyError,
    UnreachableError,
    UnreadableError,
)
from riskapi.client.policy import retry_after
from riskapi.errors import Problem, UnsettledNameError

_SHOWN: Final = 120
_SERVER_ERROR: Final = 500
_BY_STATUS: Final[dict[int, type[RemoteError]]] = {
    401: AccessError,
    403: AccessError,
    404: MissingError,
    409: RemoteConflictError,
    412: RemoteConflictError,
    429: TooBusyError,
    503: TooBusyError,
}


def failure(outcome: Outcome, *, request_id: str, attempts: int, now: datetime) -> RemoteError:
    """The exception for what came of the last attempt."""
    if isinstance(outcome, Broken):
        return _unreachable(outcome, Told(request_id=request_id, attempts=attempts))
    wait = retry_after(outcome, now)
    ident = outcome.headers.get("x-request-id", request_id)
    told = _problem_details(outcome)
    if told is None:
        plain = Told(status=outcome.status, request_id=ident, attempts=attempts, retry_after=wait)
        return _no_problem_details(outcome, plain)
    details = Told(
        status=outcome.status,
        code=_text(told.get("code")),
        request_id=_text(told.get("request_id")) or ident,
        attempts=attempts,
        retry_after=wait,
        incident=_text(told.get("incident")),
    )
    return _kind(details)(list(_problems(told)), details)


def unreadable(received: Received, reason: str, *, request_id: str) -> UnreadableError:
    """The exception for a success that cannot be read."""
    ident = received.headers.get("x-request-id", request_id)
    hint = "is the address that of a riskapi service, and is it of this client's version? its /health tells `engine`"
    problem = Problem(code=UnreadableError.code, detail=f"the answer cannot be read: {reason}", hint=hint)
    return UnreadableError(problem, Told(status=received.status, request_id=ident))


def _kind(told: Told) -> type[RemoteError]:
    if told.code == UnsettledNameError.code:
        return RefusedNameError
    status = told.status or _SERVER_ERROR
    return _BY_STATUS.get(status, RefusedRequestError if status < _SERVER_ERROR else ServiceError)


def _problem_details(outcome: Received) -> dict[str, Any] | None:
    if outcome.media_type != PROBLEM:
        return None
    try:
        told = json.loads(outcome.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _problems(told: dict[str, Any]) -> Iterable[Problem]:
    """The entries of `errors`; where there are none, what the whole says."""
    entries = told.get("errors")
    found = [item for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []
    for item in found or [told]:
        candidates = item.get("candidates")
        yield Problem(
            code=_text(item.get("code")) or ServiceError.code,
            detail=_text(item.get("detail")) or _text(told.get("title")) or "no reason was told",
            pointer=_text(item.get("pointer")),
            field=_text(item.get("parameter")),
            hint=_text(item.get("hint")),
            candidates=tuple(one for one in candidates if isinstance(one, dict))
            if isinstance(candidates, list)
            else (),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _unreachable(outcome: Broken, told: Told) -> UnreachableError:
    hint = (
        "it may have been done all the same: look before you send it again"
        if outcome.was_sent
        else "look at the address, and whether the service runs there"
    )
    detail = f"no whole answer came: {outcome.reason}"
    problem = Problem(code=UnreachableError.code, detail=detail, hint=hint)
    return UnreachableError(problem, told, was_sent=outcome.was_sent)


def _no_problem_details(outcome: Received, told: Told) -> ServiceError:
    """An error that the service did not make itself: a proxy before it, or something else at that address."""
    start = outcome.body[:_SHOWN].decode("utf-8", "replace").split("\n")[0].strip()
    shown = f": {start!r}" if start else ""
    detail = f"the answer is no problem details but {outcome.media_type or 'of no type'}{shown}"
    kind = _BY_STATUS.get(outcome.status, ServiceError)
    hint = "something between here and the service answered, or the address is not that of a riskapi service"
    problem = Problem(code=ServiceError.code, detail=detail, hint=hint)
    return (kind if issubclass(kind, ServiceError) else ServiceError)(problem, told)
