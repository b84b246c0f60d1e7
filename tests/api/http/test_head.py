from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from tests.api.calls import ROUTES

GETS = [(path, query) for method, path, query, _ in ROUTES if method == "GET"]


@pytest.mark.parametrize(("path", "query"), GETS, ids=[path for path, _ in GETS])
def test_head_tells_what_get_would_without_a_body(client: TestClient[Any], path: str, query: dict[str, str]) -> None:
    got, told = client.get(path, params=query), client.head(path, params=query)
    assert (told.status_code, told.content) == (got.status_code, b"")
    for name in ("content-type", "etag", "cache-control", "content-encoding"):
        assert told.headers.get(name) == got.headers.get(name)
    if path != "/metrics":  # its figures change with every request
        assert told.headers["content-length"] == got.headers["content-length"]


def test_head_of_what_is_not_there_is_404_and_of_a_post_405(client: TestClient[Any]) -> None:
    assert client.head("/v1/nothing").status_code == 404
    refused = client.head("/v1/scores")
    assert (refused.status_code, refused.content, refused.headers["allow"]) == (405, b"", "POST, OPTIONS")


def test_the_allow_header_names_head_beside_get(client: TestClient[Any]) -> None:
    assert {"GET", "HEAD"} <= set(client.delete("/v1/rules").headers["allow"].split(", "))
