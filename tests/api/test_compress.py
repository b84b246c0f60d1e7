from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.asgi import HttpApp
from riskapi.api.compress import LEAST_BYTES, Compression, takes_gzip
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


@pytest.mark.parametrize("accepted", [None, "", "br", "gzip;q=0", "identity", "gzip;q=0.0, br"])
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
    ("header", "taken"), [("*", True), ("*;q=0", False), ("br, gzip;q=0.1", True), ("GZIP", True), ("gzip; q=0", False)]
)
def test_the_header_is_read_as_written(header: str, taken: bool) -> None:
    assert takes_gzip(header) is taken


def test_the_service_compresses_its_answers(client: TestClient[Any]) -> None:
    plain = client.get("/v1/facts", headers={"accept-encoding": "identity"})
    small = client.get("/v1/facts", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 3
