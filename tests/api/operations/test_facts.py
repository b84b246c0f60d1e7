from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from riskapi.workspace import Workspace


def test_the_vocabulary_is_shown_whole(client: TestClient[Any], workspace: Workspace) -> None:
    answer = client.get("/v1/facts").json()
    shown = {fact["name"]: fact for fact in answer["facts"]}
    assert list(shown) == [fact.name for fact in workspace.vocabulary]
    stake = shown["deal.foreign_stake"]
    assert (stake["type"], stake["unit"], stake["world"], stake["maximum"]) == ("float", "share", "open", 1)
    assert stake["question"].endswith("?")
    assert shown["foreign.designations"]["default"] == []
    assert shown["deal.heavy_vehicles"]["default"] is False


def test_every_code_list_that_a_fact_names_is_shown(client: TestClient[Any]) -> None:
    answer = client.get("/v1/facts").json()
    domains = {domain["name"]: {code["code"] for code in domain["codes"]} for domain in answer["domains"]}
    assert set(domains) == {fact["domain"] for fact in answer["facts"] if fact["domain"]}
    assert "joint_venture" in domains["deal_type"]
    assert "US" in domains["country"]
