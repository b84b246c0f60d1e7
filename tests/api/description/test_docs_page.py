from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import OPERATIONS
from riskapi.api.http.problems import TYPES

LOADING = {"src", "srcset", "data", "poster", "action", "style", "background"}


class Page(HTMLParser):
    """Collects what a page names and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name in LOADING or name.startswith("on"):
                self.loads.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", ["/docs", *(kind.uri for kind in TYPES.values())])
def test_a_page_loads_nothing_and_its_style_is_allowed_by_its_hash(client: TestClient[Any], path: str) -> None:
    response = client.get(path)
    page = Page(response.text)
    assert page.open == []
    assert page.loads == []
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(page.tags)
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_tells_every_operation_and_its_links_lead_somewhere(client: TestClient[Any]) -> None:
    page = Page(client.get("/docs").text)
    assert {operation.id for operation in OPERATIONS} <= set(page.ids)
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        else:
            assert link.startswith("/")
            assert client.get(link).status_code == 200
