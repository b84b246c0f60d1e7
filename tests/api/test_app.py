from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.errors import DataError, RuleError
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.small import small_rules


def test_a_workspace_that_the_service_opened_is_closed_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Workspace] = []
    really_open = Workspace.open

    def watch(settings: Settings | None = None) -> Workspace:
        opened.append(really_open(settings))
        return opened[-1]

    monkeypatch.setattr(Workspace, "open", watch)
    gc.unfreeze()
    with TestClient(create_app(Settings.from_environment({**os.environ, **small_rules(tmp_path)}))) as client:
        assert client.get("/ready").status_code == 200
        assert gc.get_freeze_count() > len(opened[0].book.rules)  # full collections pass the rule book over
    assert gc.get_freeze_count() == 0
    with pytest.raises(duckdb.ConnectionException):
        opened[0].connection.execute("SELECT 1")


def test_a_workspace_that_was_given_stays_open(workspace: Workspace) -> None:
    with TestClient(create_app(workspace=workspace)) as client:
        assert client.get("/ready").status_code == 200
    assert workspace.connection.cursor().execute("SELECT 1").fetchone() == (1,)


def test_the_garbage_collector_of_a_program_that_brings_its_workspace_is_left_alone(workspace: Workspace) -> None:
    gc.unfreeze()
    with TestClient(create_app(workspace=workspace)):
        assert gc.get_freeze_count() == 0


def test_a_wrong_rule_file_stops_the_start_with_its_place(tmp_path: Path) -> None:
    settings = Settings.from_environment()
    (tmp_path / "us").mkdir()
    (tmp_path / "us" / "us.wrong.yaml").write_text("instrument: us.wrong\ntitle: [\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"us\.wrong\.yaml"):
        create_app(replace(settings, rules=tmp_path))


def test_a_broken_table_stops_the_start_with_its_place(tmp_path: Path) -> None:
    settings = Settings.from_environment()
    for table in settings.datasets.glob("*.csv"):
        content = table.read_bytes()
        broken = b"\nford,,,,\n" if table.name == "companies.csv" else b""
        (tmp_path / table.name).write_bytes(content + broken)
    with pytest.raises(DataError, match=r"companies\.csv"):
        create_app(replace(settings, datasets=tmp_path, cache=tmp_path / "cache"))


def test_a_host_header_that_is_none_is_refused_in_the_one_shape(client: TestClient[Any]) -> None:
    response = client.get("/health", headers={"host": "a b/c"})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "bad-request"
