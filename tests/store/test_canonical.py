from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.errors import RequestError
from riskapi.store.canonical import canonical_json, sha256_of

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_reading_and_writing_again_gives_the_same_text(value: Any) -> None:
    written = canonical_json(value)
    assert canonical_json(json.loads(written)) == written
    assert json.loads(written) == value


@given(st.dictionaries(texts, values, min_size=2, max_size=6))
def test_the_order_of_keys_does_not_count(value: dict[str, Any]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_the_text_is_short_and_shows_every_script() -> None:
    assert canonical_json({"b": [1, None], "a": "小米"}) == '{"a":"小米","b":[1,null]}'
    assert canonical_json({"on": date(2026, 11, 22)}) == '{"on":"2026-11-22"}'


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\ud800", {"a": object()}, {1, 2}, b"x", nested(100_000)]
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(RequestError) as raised:
        canonical_json(value)
    assert raised.value.problems[0].code == "not-json"


def test_the_hash_is_that_of_the_utf8_bytes() -> None:
    assert sha256_of("小") == hashlib.sha256("小".encode()).hexdigest() == sha256_of("小".encode())
