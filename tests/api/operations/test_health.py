from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.workspace import Workspace


def test_the_tables_are_told_with_their_sizes(client: TestClient[Any], workspace: Workspace) -> None:
    answer = client.get("/v1/datasets").json()
    assert answer["version"] == workspace.dataset.version
    assert {table["table"]: table["rows"] for table in answer["tables"]} == dict(workspace.dataset.rows)
    assert all(table["meaning"] for table in answer["tables"])
    companies = next(table for table in answer["tables"] if table["table"] == "companies")
    assert companies["newest_as_of"] >= "2026-01-01"


def test_a_service_without_its_database_lives_and_is_not_ready(workspace: Workspace) -> None:
    gone = duckdb.connect(":memory:")
    gone.close()
    with TestClient(create_app(workspace=replace(workspace, connection=gone))) as client:
        assert client.get("/health").json()["status"] == "ok"
        response = client.get("/ready")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "not-ready"


def test_a_service_with_its_database_is_ready(client: TestClient[Any], workspace: Workspace) -> None:
    answer = client.get("/ready").json()
    assert (answer["status"], answer["rules"]) == ("ready", len(workspace.book.rules))
