from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.api.serving.options import Options
from riskapi.workspace import Workspace

FRIEND, STRANGER = "https://desk.example.org", "https://example.com"


def asked(workspace: Workspace, origins: tuple[str, ...], method: str, origin: str) -> Any:
    with TestClient(create_app(workspace=workspace, options=Options(cors_origins=origins))) as client:
        headers = {"origin": origin}
        if method == "OPTIONS":
            headers["access-control-request-method"] = "POST"
        return client.request(method, "/v1/scores" if method == "OPTIONS" else "/health", headers=headers)


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_nobody_is_let_in_unless_told(workspace: Workspace, method: str) -> None:
    answer = asked(workspace, (), method, FRIEND)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_page_of_a_named_origin_may_ask_and_read(workspace: Workspace) -> None:
    preflight = asked(workspace, (FRIEND,), "OPTIONS", FRIEND)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == FRIEND
    assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]
    answer = asked(workspace, (FRIEND,), "GET", FRIEND)
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert "Origin" in answer.headers["vary"]
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("origin", [STRANGER, FRIEND + ".example.com", "http://desk.example.org", "null"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_page_of_another_origin_is_not_let_in(workspace: Workspace, method: str, origin: str) -> None:
    answer = asked(workspace, (FRIEND,), method, origin)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_cookies_are_allowed_to_nobody(workspace: Workspace) -> None:
    for origins in ((FRIEND,), ("*",)):
        assert "access-control-allow-credentials" not in asked(workspace, origins, "OPTIONS", FRIEND).headers
