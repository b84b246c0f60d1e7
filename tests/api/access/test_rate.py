from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.api.access import rate
from riskapi.api.access.rate import Buckets, RateLimit, caller_address
from tests.api.asgi_calls import Answered, ask, replying, scope_of


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_may_ask_as_often_as_the_burst_at_once_and_then_at_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(rate=60, burst=3, clock=clock)
    assert [buckets.take("a")[0] for _ in range(4)] == [True, True, True, False]
    clock.now = 1.0
    assert [buckets.take("a")[0] for _ in range(2)] == [True, False]


def test_callers_do_not_share_a_bucket() -> None:
    buckets = Buckets(rate=60, burst=1, clock=Clock())
    assert buckets.take("a")[0]
    assert buckets.take("b")[0]
    assert not buckets.take("a")[0]


def test_a_refused_caller_is_told_when_there_is_a_token_again() -> None:
    clock = Clock()
    buckets = Buckets(rate=6, burst=1, clock=clock)
    buckets.take("a")
    taken, left, seconds = buckets.take("a")
    assert (taken, left, seconds) == (False, 0, 10)
    clock.now = seconds
    assert buckets.take("a")[0]


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(1, 600), st.integers(1, 10))
def test_never_more_than_burst_and_rate_together_allow(steps: list[float], per_minute: int, burst: int) -> None:
    clock = Clock()
    buckets = Buckets(rate=per_minute, burst=burst, clock=clock)
    taken = 0
    for step in steps:
        clock.now += step
        taken += buckets.take("a")[0]
    assert taken <= burst + clock.now * per_minute / 60 + 1e-6


def test_memory_stays_bounded_when_every_caller_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_CALLERS", 50)
    buckets = Buckets(rate=60, burst=1, clock=Clock())
    for number in range(500):
        buckets.take(str(number))
    assert len(buckets) == 50
    assert not buckets.take("499")[0]


def asked(count: int, **more: str) -> tuple[list[Answered], list[str]]:
    refused: list[str] = []
    limit = RateLimit(replying(), Buckets(rate=60, burst=2, clock=Clock()), refused=refused.append)

    async def run() -> list[Answered]:
        return [await ask(limit, scope_of(**more)) for _ in range(count)]

    return asyncio.run(run()), refused


def test_what_is_left_is_told_and_too_much_is_a_problem_with_retry_after() -> None:
    answers, refused = asked(3)
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=2;w=2'
    assert [answer.headers["ratelimit"] for answer in answers[:2]] == ['"default";r=1;t=1', '"default";r=0;t=2']
    assert int(answers[2].headers["retry-after"]) == 1
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert answers[2].json()["code"] == "too-many-requests"
    assert refused == ["rate"]


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_are_not_counted(path: str) -> None:
    answers, _ = asked(9, path=path)
    assert {answer.status for answer in answers} == {200}


@pytest.mark.parametrize(
    ("address", "caller"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("unix", "unix")],
)
def test_one_site_of_ipv6_is_one_caller(address: str, caller: str) -> None:
    assert caller_address(scope_of(client=(address, 1))) == caller
    assert caller_address(scope_of(client=None)) == "?"
