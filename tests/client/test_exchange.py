"""A call from the first attempt to the last, with a service that answers by script; sync and async alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.client import (
    Policy,
    RefusedRequestError,
    RemoteConflictError,
    RemoteError,
    ServiceError,
    TooBusyError,
    UnreachableError,
    UnreadableError,
)
from tests.client.scripted import HEALTHY, Dripping, Script, Step, Torn, answer, problem

DAY = date(2026, 11, 22)
REFUSED = httpx.ConnectError("connection refused")
LOST = httpx.ReadError("connection reset")
BUSY = {"retry-after": "2"}


def asked(script: Script, policy: Policy | None = None) -> object:
    return script.client(policy).health()


def awaited(script: Script, policy: Policy | None = None) -> object:
    async def ask() -> object:
        async with script.awaited_client(policy) as client:
            return await client.health()

    return asyncio.run(ask())


Asking = Callable[..., Any]
BOTH = pytest.mark.parametrize("ask", [asked, awaited], ids=["sync", "async"])


@BOTH
@pytest.mark.parametrize(
    "failure",
    [
        REFUSED,
        LOST,
        httpx.ReadTimeout(""),
        httpx.RemoteProtocolError("server disconnected"),
        problem(503, "overloaded"),
        problem(429, "too-many-requests"),
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(200, stream=Torn(), headers={"content-type": "application/json"}),
    ],
    ids=repr,
)
def test_what_passes_is_tried_again(ask: Asking, failure: Step) -> None:
    script = Script([failure, answer()])
    assert ask(script).engine == "9.9.9"
    assert len(script.seen) == 2
    assert len(script.slept) == 1


@BOTH
def test_it_waits_as_long_as_the_service_says(ask: Asking) -> None:
    script = Script([problem(503, "overloaded", {"retry-after": "7"}), answer()])
    ask(script, Policy(first_wait=0.5))
    assert script.slept == [7.5]


@BOTH
def test_attempts_are_bounded_and_the_last_failure_is_told(ask: Asking) -> None:
    script = Script([REFUSED] * 3)
    with pytest.raises(UnreachableError, match=r"connection refused.*\n.*\n.*after 3 attempts") as caught:
        ask(script, Policy(attempts=3))
    assert {request.headers["x-request-id"] for request in script.seen} == {caught.value.request_id}
    assert len(script.seen) == 3
    assert not caught.value.was_sent


@BOTH
def test_time_is_bounded_over_all_attempts_and_waits(ask: Asking) -> None:
    script = Script([LOST] * 50)
    with pytest.raises(UnreachableError):
        ask(script, Policy(attempts=50, budget=20, first_wait=1, longest_wait=4))
    assert script.time - 1000 <= 20
    assert 5 <= len(script.seen) < 10


@BOTH
def test_a_wait_that_ends_after_the_time_is_not_begun(ask: Asking) -> None:
    script = Script([problem(503, "overloaded", {"retry-after": "3600"})])
    with pytest.raises(TooBusyError) as caught:
        ask(script, Policy(budget=60))
    assert script.slept == []
    assert caught.value.told.retry_after == 3600


@BOTH
def test_a_body_that_never_ends_is_left_when_the_time_is_over(ask: Asking) -> None:
    script = Script([])
    endless = Dripping(script.pass_time)
    script.steps = [httpx.Response(200, stream=endless, headers={"content-type": "application/json"})]
    with pytest.raises(UnreachableError, match="did not come whole in time"):
        ask(script, Policy(budget=30))
    assert script.time - 1000 <= 32


@BOTH
def test_a_body_without_bounds_is_left_and_not_asked_for_again(ask: Asking) -> None:
    script = Script([])
    flood = Dripping(lambda _: None, b"x" * 16_000_000)
    script.steps = [httpx.Response(200, stream=flood, headers={"content-type": "application/json"})]
    with pytest.raises(UnreachableError, match="more than 64,000,000 bytes"):
        ask(script)
    assert len(script.seen) == 1


@BOTH
@pytest.mark.parametrize(
    "received",
    [
        httpx.Response(200, text="<html>Welcome</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b'{"status": ', headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"\xff\xfe{}", headers={"content-type": "application/json"}),
        answer({"engine": "1"}),
        answer([HEALTHY]),
        answer(None),
    ],
    ids=lambda item: repr(item.content),
)
def test_an_answer_that_is_none_is_told_as_such_and_not_asked_for_again(ask: Asking, received: httpx.Response) -> None:
    script = Script([received])
    with pytest.raises(UnreadableError, match="cannot be read") as caught:
        ask(script)
    assert caught.value.status == 200
    assert caught.value.request_id


def test_the_page_of_a_proxy_is_not_taken_for_a_file() -> None:
    page = httpx.Response(200, text="<html>Please log in</html>", headers={"content-type": "text/html"})
    with pytest.raises(UnreadableError, match="not application/vnd"):
        Script([page]).client().template()


def test_fields_of_a_newer_service_are_passed_over() -> None:
    assert asked(Script([answer({**HEALTHY, "mood": "good"})])).status == "ok"  # type: ignore[attr-defined]


# --- what may be sent twice


def test_what_stores_has_a_key_of_its_own_and_the_same_one_in_each_attempt() -> None:
    script = Script([LOST, LOST, problem(422, "request-invalid"), problem(422, "request-invalid")])
    client = script.client()
    for _ in range(2):
        with pytest.raises(RefusedRequestError):
            client.keep({}, today=DAY)
    first, second, third, other = (request.headers["idempotency-key"] for request in script.seen)
    assert first == second == third
    assert other != first


def test_a_key_of_the_caller_is_used_as_it_is() -> None:
    script = Script([problem(422, "request-invalid")])
    with pytest.raises(RefusedRequestError):
        script.client().keep({}, today=DAY, idempotency_key="order-17")
    assert script.seen[0].headers["idempotency-key"] == "order-17"


@pytest.mark.parametrize("key", ["two words", "x" * 256, "naïve", "a\r\nb"])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_sent(key: str) -> None:
    script = Script([])
    with pytest.raises(Exception, match="key-malformed"):
        script.client().keep({}, today=DAY, idempotency_key=key)


def test_it_waits_while_its_own_first_attempt_is_still_worked_on() -> None:
    script = Script([
        LOST, problem(409, "request-in-progress", BUSY), problem(409, "request-in-progress", BUSY),
        problem(422, "request-invalid"),
    ])  # fmt: skip
    with pytest.raises(RefusedRequestError):
        script.client().keep({}, today=DAY)
    assert script.slept[1:] == [2.25, 2.25]


def test_another_conflict_is_told_at_once() -> None:
    with pytest.raises(RemoteConflictError):
        Script([problem(409, "conflict")]).client().keep({}, today=DAY)


def test_what_deletes_is_not_sent_again_once_it_may_have_arrived() -> None:
    script = Script([REFUSED, LOST])
    with pytest.raises(UnreachableError, match="may have been done") as caught:
        script.client().delete_assessment("a")
    assert len(script.seen) == 2
    assert caught.value.was_sent


def test_a_failure_of_the_service_is_told_at_once_with_its_incident() -> None:
    script = Script([problem(500, "internal-error", incident="c0ffee")])
    with pytest.raises(ServiceError) as caught:
        asked(script)
    assert caught.value.told.incident == "c0ffee"


# --- whatever goes wrong

FAILURES = st.sampled_from([
    REFUSED, LOST, httpx.ReadTimeout(""), problem(429, "too-many-requests"), problem(503, "overloaded", BUSY),
    problem(503, "store-busy", {"retry-after": "30"}), problem(503, "took-too-long"), problem(500, "internal-error"),
    problem(409, "request-in-progress", {"retry-after": "1"}), problem(422, "request-invalid"),
    httpx.Response(502, text="bad gateway"), httpx.Response(200, text="a page"),
])  # fmt: skip
POLICIES = st.builds(
    Policy,
    attempts=st.integers(1, 6),
    budget=st.floats(1, 90),
    first_wait=st.floats(0.1, 5),
    longest_wait=st.floats(0.1, 20),
)


@given(failures=st.lists(FAILURES, min_size=6, max_size=6), policy=POLICIES, repeatable=st.booleans())
def test_attempts_and_time_are_bounded_and_nothing_is_done_twice(
    failures: list[Step], policy: Policy, repeatable: bool
) -> None:
    script = Script(list(failures))
    client = script.client(policy)
    with pytest.raises(RemoteError) as caught:
        client.health() if repeatable else client.delete_assessment("a")
    sent = len(script.seen)
    assert 1 <= sent <= policy.attempts
    assert script.time - 1000 <= policy.budget
    assert len(script.slept) == sent - 1
    if isinstance(caught.value, UnreadableError):
        assert caught.value.status == 200
    if not repeatable:
        begun = [one for one in failures[: sent - 1] if one is LOST or isinstance(one, httpx.ReadTimeout)]
        assert begun == [], "a request that may have arrived was sent again"


# --- what each request carries


def test_every_attempt_bears_one_request_id_the_trace_and_the_name_of_the_client() -> None:
    script = Script([LOST, answer(), answer()])
    client = script.client(traceparent=lambda: "00-" + "1" * 32 + "-" + "2" * 16 + "-01", key="rk_1_2")
    client.health()
    client.health()
    first, again, other = (request.headers for request in script.seen)
    assert first["x-request-id"] == again["x-request-id"] != other["x-request-id"]
    assert first["traceparent"].startswith("00-111")
    assert first["user-agent"].startswith("riskapi-client/")
    assert first["authorization"] == "Bearer rk_1_2"


def test_without_a_trace_or_a_key_no_such_header_is_sent() -> None:
    script = Script([answer()])
    script.client().health()
    assert {"traceparent", "authorization"} & set(script.seen[0].headers) == set()


def test_no_attempt_is_waited_for_longer_than_the_time_that_is_left() -> None:
    script = Script([LOST, LOST, answer()])
    script.client(Policy(budget=10, read=8, first_wait=4, longest_wait=4)).health()
    reads = [request.extensions["timeout"]["read"] for request in script.seen]
    assert reads == [8, 6, 2]


def test_a_redirect_is_not_followed() -> None:
    script = Script([httpx.Response(302, headers={"location": "https://elsewhere.example/"})])
    with pytest.raises(ServiceError, match="not that of a riskapi service"):
        script.client(key="rk_1_2").health()
    assert len(script.seen) == 1
