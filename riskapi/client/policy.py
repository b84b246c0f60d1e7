"""When a request is sent again, and after how long. Enters: what came of the last attempt. Leaves: seconds, or None.

A request is sent again where that cannot do harm: nothing was sent, the service refused to begin, or the request may be
repeated. `Retry-After` is kept to; without it the wait is drawn between nothing and a bound that doubles each time (full
jitter), so that clients that failed together do not come back together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from riskapi.client.call import PROBLEM, Broken, Outcome, Received
from riskapi.errors import Problem, SettingsError

#: Refused before any work: whatever it was may be sent again.
_REFUSED: Final = 429
_NOT_BEGUN: Final = "overloaded"
#: The service or something before it could not answer now.
_PASSING: Final = (408, 502, 503, 504)
_CONFLICT: Final = 409
#: An earlier attempt with the same key is still being worked on.
_IN_PROGRESS: Final = "request-in-progress"
#: Asked again it would take too long again.
_HOPELESS: Final = "took-too-long"
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient a client is; all times in seconds.

    `budget` bounds a call with all its attempts and waits, `connect` and `read` the silence that is borne while connecting
    and while an answer is awaited.
    """

    attempts: int = 5
    budget: float = 60.0
    first_wait: float = 0.25
    longest_wait: float = 10.0
    connect: float = 5.0
    read: float = 40.0

    def __post_init__(self) -> None:
        times = (self.budget, self.first_wait, self.longest_wait, self.connect, self.read)
        if self.attempts < 1 or not all(0 < seconds < float("inf") for seconds in times):
            problem = Problem(code="policy-invalid", detail="attempts must be at least 1, and every time a number above 0",
                              hint="Policy(attempts=1) sends each request once")  # fmt: skip
            raise SettingsError(problem)


def wait_before_next(  # noqa: PLR0913  # all that the decision hangs on
    outcome: Outcome, attempt: int, policy: Policy, *, may_repeat: bool, draw: Callable[[], float], now: datetime
) -> float | None:
    """Seconds to wait before the next attempt; None where there is to be none.

    `attempt` counts from 1; `draw` gives numbers from 0 to 1; `now` helps to read a Retry-After that is a date where the
    answer has no date of its own.
    """
    if attempt >= policy.attempts or not _is_worth_repeating(outcome, may_repeat=may_repeat):
        return None
    bound = min(policy.longest_wait, policy.first_wait * 2 ** (attempt - 1))
    told = retry_after(outcome, now)
    return draw() * bound if told is None else told + draw() * policy.first_wait


def _is_worth_repeating(outcome: Outcome, *, may_repeat: bool) -> bool:
    if isinstance(outcome, Broken):
        return not outcome.is_final and (may_repeat or not outcome.was_sent)
    if outcome.status == _REFUSED or problem_code(outcome) == _NOT_BEGUN:
        return True
    if outcome.status == _CONFLICT:
        return may_repeat and problem_code(outcome) == _IN_PROGRESS
    return may_repeat and outcome.status in _PASSING and problem_code(outcome) != _HOPELESS


def problem_code(outcome: Received) -> str | None:
    """The code of the problem that an answer tells; None where it tells none."""
    if outcome.media_type != PROBLEM:
        return None
    try:
        told = json.loads(outcome.body)
    except ValueError:
        return None
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, str) else None


def retry_after(outcome: Outcome, now: datetime) -> float | None:
    """The seconds that `Retry-After` asks for, from a number or a date (RFC 9110); None where it says nothing."""
    text = "" if isinstance(outcome, Broken) else outcome.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:_LONGEST_NUMBER])
    until = _moment(text)
    if until is None or isinstance(outcome, Broken):
        return None
    # The clock of the service counts: ours may be wrong by more than the wait.
    return max(0.0, (until - (_moment(outcome.headers.get("date", "")) or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
