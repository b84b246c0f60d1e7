"""One call from the first attempt to the last, as a conversation that sends nothing itself.

Enters: a `Call`, a `Means`. Leaves: a generator that yields `Send` and `Wait`, takes what came of them, and returns the
result or raises. The drivers for sync and async programs run the same conversation.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from pydantic import ValidationError

from riskapi.client.call import JSON, PROBLEM, Call, Received, Send, Talk, Wait
from riskapi.client.failures import failure, unreadable
from riskapi.client.policy import Policy, wait_before_next

T = TypeVar("T")

_SUCCESS: Final = range(200, 300)
#: A new attempt is not begun with less time than this.
_LEAST: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a conversation may not make up itself.

    `seconds` is a clock that only grows, `now` tells the time of day, `draw` gives numbers from 0 to 1, `traceparent` the
    W3C trace context of whatever calls, or None.
    """

    policy: Policy
    seconds: Callable[[], float]
    now: Callable[[], datetime]
    draw: Callable[[], float]
    traceparent: Callable[[], str | None]


def exchange(call: Call[T], means: Means) -> Talk[T]:
    """Send a call, again where that is right; the result, or a `RemoteError`."""
    ident, ends = uuid.uuid4().hex, means.seconds() + max(means.policy.budget, call.budget or 0)
    headers = _headers(call, ident, means.traceparent())
    attempt = 0
    while True:
        attempt += 1
        outcome = yield Send(
            method=call.method, path=call.path, query=call.query, body=call.body, headers=headers,
            seconds=max(ends - means.seconds(), _LEAST), most_bytes=call.most_bytes,
        )  # fmt: skip
        assert outcome is not None, "a driver answers every Send"  # noqa: S101
        if isinstance(outcome, Received) and outcome.status in _SUCCESS:
            return _result(call, outcome, ident)
        wait = wait_before_next(
            outcome, attempt, means.policy, may_repeat=call.may_repeat, draw=means.draw, now=means.now()
        )
        if wait is None or means.seconds() + wait + _LEAST > ends:
            raise failure(outcome, request_id=ident, attempts=attempt, now=means.now())
        yield Wait(wait)


def _headers(call: Call[object], ident: str, traceparent: str | None) -> dict[str, str]:
    headers = {"accept": f"{call.accept}, {PROBLEM}", "x-request-id": ident}
    if call.body is not None:
        headers["content-type"] = JSON
    if traceparent:
        headers["traceparent"] = traceparent
    return {**headers, **call.headers}


def _result(call: Call[T], received: Received, ident: str) -> T:
    try:
        return call.read(received)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        reason = f"{place}: {first['msg']}"
    except ValueError as error:
        reason = str(error)[:200]
    raise unreadable(received, reason, request_id=ident)
