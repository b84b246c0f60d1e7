from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from tests.api.calls import ROUTE_NAMES, ROUTES


@pytest.mark.parametrize("given", ["a", "0f3-Δ".encode().decode("ascii", "ignore"), "x" * 64, "!~[]{}"])
def test_a_usable_request_id_comes_back(client: TestClient[Any], given: str) -> None:
    assert client.get("/health", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", [b"", b"x" * 65, b"a b", b"\xc3\xa9", b"a\x7fb", b"a\r\nset-cookie: b=1", b"a\tb"])
def test_any_other_is_replaced(client: TestClient[Any], given: bytes) -> None:
    response = client.get("/health", headers={b"x-request-id": given})
    assert len(response.headers["x-request-id"]) == 32
    assert "set-cookie" not in response.headers


def test_each_request_has_its_own_id(client: TestClient[Any]) -> None:
    ids = {client.get(path).headers["x-request-id"] for path in ("/health", "/nowhere") for _ in range(5)}
    assert len(ids) == 10


@pytest.mark.parametrize(("method", "path", "query", "body"), ROUTES, ids=ROUTE_NAMES)
def test_every_answer_is_protected(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    headers = client.request(method, path, params=query, json=body).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    may_be_kept = "etag" in headers
    is_page = "schema" in path or headers["content-type"] != "application/json"
    assert headers["cache-control"] == ("private, no-cache" if may_be_kept else "no-cache" if is_page else "no-store")


def test_other_origins_are_not_let_in(client: TestClient[Any]) -> None:
    origin = {"origin": "https://example.org", "access-control-request-method": "POST"}
    for method in ("OPTIONS", "POST"):
        headers = client.request(method, "/v1/scores", headers=origin).headers
        assert not [name for name in headers if name.startswith("access-control")]
