"""When a request is sent again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from riskapi.client.call import Broken, Outcome, Received
from riskapi.client.policy import Policy, retry_after, wait_before_next
from riskapi.errors import SettingsError

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
POLICY = Policy(attempts=6, first_wait=0.5, longest_wait=4.0)
UNSENT = Broken(reason="refused", was_sent=False)
TORN = Broken(reason="torn", was_sent=True)


def came(status: int, code: str | None = None, **headers: str) -> Received:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if code is None:
        return Received(status=status, headers=named, body=b"")
    return Received(
        status=status,
        headers={"content-type": "application/problem+json", **named},
        body=b'{"code": "%s"}' % code.encode(),
    )


def wait(outcome: Outcome, attempt: int = 1, *, may_repeat: bool = True, draw: float = 1.0) -> float | None:
    return wait_before_next(outcome, attempt, POLICY, may_repeat=may_repeat, draw=lambda: draw, now=NOW)


@pytest.mark.parametrize(
    ("outcome", "repeatable", "other"),
    [
        (UNSENT, True, True),
        (TORN, True, False),
        (came(429), True, True),
        (came(503), True, False),
        (came(503, "overloaded"), True, True),
        (came(503, "store-busy"), True, False),
        (came(502), True, False),
        (came(504), True, False),
        (came(409, "request-in-progress"), True, False),
        (came(409, "conflict"), False, False),
        (came(503, "took-too-long"), False, False),
        (came(500), False, False),
        (came(422), False, False),
        (came(404), False, False),
        (came(302), False, False),
        (Broken(reason="too large", was_sent=True, is_final=True), False, False),
    ],
    ids=str,
)
def test_only_what_can_do_no_harm_is_sent_again(outcome: Outcome, repeatable: bool, other: bool) -> None:
    assert (wait(outcome, may_repeat=True) is not None) is repeatable
    assert (wait(outcome, may_repeat=False) is not None) is other


def test_the_bound_of_the_wait_doubles_and_ends_at_the_longest() -> None:
    assert [wait(TORN, attempt) for attempt in range(1, 6)] == [0.5, 1.0, 2.0, 4.0, 4.0]


def test_the_wait_is_drawn_from_nothing_to_the_bound() -> None:
    assert [wait(TORN, 3, draw=draw) for draw in (0.0, 0.25, 1.0)] == [0.0, 0.5, 2.0]


def test_the_last_attempt_is_the_last() -> None:
    assert wait(TORN, POLICY.attempts) is None


def test_no_request_comes_back_before_the_service_says() -> None:
    assert wait(came(503, retry_after="7"), draw=0.0) == 7.0
    assert wait(came(429, retry_after="7"), draw=1.0) == 7.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "120"}, 120.0),
        ({"retry_after": " 3 "}, 3.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry_after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry_after": "Sun, 22 Nov 2026 10:00:20 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 20.0),
        ({"retry_after": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30.0),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "1.5"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "٣"}, None),
        ({"retry_after": "9" * 400}, 999_999_999.0),
        ({"retry_after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(came(503, **headers), NOW) == seconds


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"budget": 0}, {"read": -1}, {"connect": float("inf")}])
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="policy-invalid"):
        Policy(**wrong)  # type: ignore[arg-type]
