from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar.testing import TestClient

from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.api.operations.whatif import PLACES
from riskapi.assessment.whatif import whatif_json
from riskapi.workspace import Workspace


def test_the_answer_is_the_object_of_the_core_byte_for_byte(client: TestClient[Any], workspace: Workspace) -> None:
    body = {**XIAOMI_FORD, **PLACES}
    response = client.post("/v1/whatif", json=body)
    assert response.status_code == 200
    assert response.content == whatif_json(workspace.whatif(body, today=date.min))


def test_gates_that_remain_stand_with_every_alternative(client: TestClient[Any]) -> None:
    data = client.post("/v1/whatif", json=XIAOMI_FORD).json()
    ways = [way for target in data["targets"] for way in target["ways"]]
    assert ways
    named = {rule["id"] for rule in data["rules"]}
    for way in ways:
        assert isinstance(way["result"]["gates"], list)
        assert {*way["result"]["gates"], *way["result"]["may_apply"]} <= named
        assert all(change["needs"] for change in way["changes"])


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"grid": {"foreign_stake": [7]}}, "/grid/foreign_stake/0", "out-of-range"),
        ({"grid": {"foreign_stake": [n / 100 for n in range(60)], "host_stake": [0.1] * 8 + [0.2]}, "keep": ["x"]},
         "/keep/0", "unknown-fact"),
        ({"prefer": {"foreign_stake": "high"}}, "/prefer", "not-in-grid"),
        ({"grid": {"type": ["licence"]}, "prefer": {"type": "high"}}, "/prefer/type", "bad-preference"),
        ({"grid": {"value_usd": list(range(60)), "model_year": list(range(2020, 2030))}}, "/grid", "grid-too-large"),
        ({"whatever": 1}, "/whatever", "unknown-field"),
    ],
)  # fmt: skip
def test_a_bad_question_is_refused_with_the_place(
    client: TestClient[Any], more: dict[str, Any], pointer: str, code: str
) -> None:
    response = client.post("/v1/whatif", json={**XIAOMI_FORD, **more})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert (pointer, code) in {(item.get("pointer"), item["code"]) for item in response.json()["errors"]}


def test_a_name_that_does_not_settle_is_refused_with_candidates(client: TestClient[Any]) -> None:
    response = client.post("/v1/whatif", json={**XIAOMI_FORD, "parties": ["Nobody at all plc", "Ford"]})
    assert response.status_code == 422
    assert response.json()["code"] == "party-unsettled"


def test_the_document_describes_the_body_that_is_taken(client: TestClient[Any]) -> None:
    document = client.get("/schema/openapi.json").json()
    told = document["paths"]["/v1/whatif"]["post"]["requestBody"]["content"]["application/json"]
    assert told["schema"] == {"$ref": "#/components/schemas/WhatIfRequest"}
    validator = Draft202012Validator(document["components"]["schemas"]["WhatIfRequest"])
    for example in told["examples"].values():
        validator.validate(example["value"])
