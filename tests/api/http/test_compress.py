from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from litestar.testing import TestClient

from riskapi.api.http.asgi import HttpApp
from riskapi.api.http.compress import LEAST_BYTES, LONG_BYTES, THREAD_BYTES, Compression, chosen
from tests.api.asgi_calls import Answered, ask, replying, scope_of

LONG = b'{"a": "' + b"x" * 5_000 + b'"}'


def answer(app: HttpApp, accepted: str | None = "gzip, deflate") -> Answered:
    headers = {} if accepted is None else {"accept-encoding": accepted}
    return asyncio.run(ask(Compression(app), scope_of(headers=headers)))


def test_a_long_text_is_compressed_for_who_takes_it() -> None:
    got = answer(replying(LONG))
    assert gzip.decompress(got.body) == LONG
    assert got.headers["content-encoding"] == "gzip"
    assert int(got.headers["content-length"]) == len(got.body) < len(LONG)
    assert got.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("size", [LEAST_BYTES, LONG_BYTES, THREAD_BYTES])
@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_every_length_comes_back_whole_in_either_coding(
    size: int, coding: str, unpack: Callable[[bytes], bytes]
) -> None:
    text = (b"scrutiny %d " * size)[:size]
    got = answer(replying(text), coding)
    assert (got.headers["content-encoding"], unpack(got.body)) == (coding, text)


@pytest.mark.parametrize("accepted", [None, "", "zstd", "gzip;q=0", "identity", "gzip;q=0.0, br;q=0", "br;q=x"])
def test_who_does_not_take_it_gets_the_text_and_caches_are_told(accepted: str | None) -> None:
    got = answer(replying(LONG), accepted)
    assert got.body == LONG
    assert "content-encoding" not in got.headers
    assert got.headers["vary"] == "Accept-Encoding"


def test_short_texts_pictures_and_what_is_compressed_already_go_as_they_are() -> None:
    assert answer(replying(b"x" * (LEAST_BYTES - 1))).body == b"x" * (LEAST_BYTES - 1)
    assert answer(replying(LONG, "image/png")).body == LONG
    assert answer(replying(LONG, content_encoding="br")).body == LONG


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br; q=0.1, gzip;q=0", "br"),
        ("GZIP", "gzip"),
        ("gzip; q=0", None),
    ],
)
def test_the_header_is_read_as_written(header: str, coding: str | None) -> None:
    assert chosen(header) == coding


def test_the_service_compresses_its_answers(client: TestClient[Any]) -> None:
    plain = client.get("/v1/facts", headers={"accept-encoding": "identity"})
    small = client.get("/v1/facts", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 3
