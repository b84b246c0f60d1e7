from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.refresh.retrying import Patience, seconds_asked

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_waits_double_up_to_the_longest() -> None:
    patience = Patience(tries=8, first=1, longest=10)
    assert [patience.wait(failed, None, lambda: 1.0) for failed in range(1, 9)] == [1, 2, 4, 8, 10, 10, 10, None]


@given(failed=st.integers(1, 4), chance=st.floats(0, 1))
def test_chance_shortens_a_wait_by_half_at_most(failed: int, chance: float) -> None:
    patience = Patience()
    wait, full = patience.wait(failed, None, lambda: chance), patience.wait(failed, None, lambda: 1.0)
    assert wait is not None
    assert full is not None
    assert full / 2 <= wait <= full


@given(asked=st.floats(0, 300), failed=st.integers(1, 4))
def test_no_wait_is_shorter_than_what_the_server_asks_for(asked: float, failed: int) -> None:
    wait = Patience().wait(failed, asked, lambda: 0.0)
    assert wait is not None
    assert wait >= asked


def test_a_server_that_asks_for_more_than_there_is_ends_it() -> None:
    assert Patience(asked=60).wait(1, 61, lambda: 0.0) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 09:31:00 GMT", 60.0),
        ("Sun, 22 Nov 2020 09:31:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_what_a_server_asks_for(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds
