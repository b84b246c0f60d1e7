from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.errors import RequestError
from riskapi.store.cursors import Cursor, Position, digest_of, read_cursor, write_cursor
from tests.store.material import NOON, later

CURSOR = Cursor(newest=Position(later(days=1), "b"), last=Position(NOON, "a"), total=7)
DIGEST = digest_of({"band": "high"})


def coded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_cursor_comes_back_as_it_was() -> None:
    assert read_cursor(write_cursor(CURSOR, DIGEST), DIGEST) == CURSOR


def test_a_cursor_does_not_fit_other_filters() -> None:
    with pytest.raises(RequestError, match="other filters"):
        read_cursor(write_cursor(CURSOR, DIGEST), digest_of({"band": "low"}))


AT = "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    ["!", "ä", "a" * 601, coded({}), coded([]), coded([DIGEST, 1, AT, "a", AT]), coded([DIGEST, -1, AT, "a", AT, "b"]),
     coded([DIGEST, True, AT, "a", AT, "b"]), coded([DIGEST, 1, "now", "a", AT, "b"]), coded([DIGEST, 1, 5, "a", AT, "b"]),
     coded([DIGEST, 1, "2026-11-22T12:00:00", "a", AT, "b"]), coded([DIGEST, 1, AT, "a", AT, "\x00"]),
     coded([DIGEST, 1, AT, None, AT, "b"]), "W" * 600],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(RequestError) as raised:
        read_cursor(text, DIGEST)
    assert raised.value.problems[0].code == "bad-cursor"


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_nothing_else_than_a_refusal_comes_of_nonsense(text: str) -> None:
    with pytest.raises(RequestError):
        read_cursor(text, DIGEST)
