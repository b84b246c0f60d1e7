from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.api.frame.body import MAX_DEPTH, check_media_type, parse_json
from riskapi.api.http.problems import RefusedError

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_proper_json_is_read_as_it_stands(data: object) -> None:
    assert parse_json(json.dumps(data).encode()) == data


@given(st.binary(max_size=60) | st.text('[]{}",:\\ue012-.naNIfity\n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        data = parse_json(raw)
    except RefusedError:
        return
    assert json.dumps(data, allow_nan=False).encode("utf-8")


def test_depth_is_counted_outside_of_texts_only() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse_json(deep.encode()) is not None
    assert parse_json(json.dumps(["[" * 100, '"' + "{" * 100, "\\" + "[" * 50]).encode())
    with pytest.raises(RefusedError, match="nested"):
        parse_json(f"[{deep}]".encode())


def test_lists_side_by_side_are_not_deep() -> None:
    assert parse_json(b"[" + b"[[]]," * 1000 + b"[]]") is not None


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + b'\\"' * 490_000,
        b'"' + b"\\" * 980_000,
        b'["' + b"a" * 980_000,
        b'"",' * 320_000,
        b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b',"5":0}',
        b"9" * 980_000,
        b"0." + b"9" * 980_000,
        b" " * 980_000 + b"[",
        b"\n" * 980_000 + b"[" * 40,
    ],
    ids=["quotes", "backslashes", "open text", "texts", "keys", "digits", "decimals", "spaces", "lines"],
)
def test_no_body_takes_long_to_refuse(raw: bytes) -> None:
    start = time.thread_time()
    with pytest.raises(RefusedError):
        parse_json(raw)
    # Quadratic time would take minutes.
    assert time.thread_time() - start < 5


def test_a_key_that_cannot_be_shown_is_pointed_at_without_it() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_json(b'{"a/b": {"c\\u0007": 1}}')
    assert caught.value.problems[0].pointer == "/a~1b/c\ufffd"


@pytest.mark.parametrize("name", ["小米", "Ünïcode‍ Works", "ООО «Ромашка»", "a\u00a0b", "株式会社\u3000日立"])
def test_names_of_every_script_pass(name: str) -> None:
    assert parse_json(json.dumps([name]).encode()) == [name]


@pytest.mark.parametrize(
    "header", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf8_is_taken(header: str) -> None:
    check_media_type(header, None)


@pytest.mark.parametrize("header", [None, "", ";", "json", "application/jsonx", "application/json; charset=latin-1"])
def test_everything_else_is_not(header: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        check_media_type(header, None)
    assert caught.value.type.status == 415
