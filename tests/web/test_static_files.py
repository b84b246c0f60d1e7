"""Style and script."""

from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from riskapi.web.static_files import address


def test_files_may_be_kept_for_long_under_an_address_that_changes_with_them(client: TestClient[Any]) -> None:
    response = client.get(address("style.css"))
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]


def test_no_other_file_can_be_had(client: TestClient[Any]) -> None:
    for name in ("..%2Fapp.py", "%2e%2e%2fapp.py", "nothing.css", "style.css%00"):
        assert client.get(f"/static/{name}").status_code in (404, 400), name


def test_the_licence_of_what_is_not_ours_travels_with_it(client: TestClient[Any]) -> None:
    assert "Zero-Clause BSD" in client.get("/static/htmx.LICENSE.txt").text
