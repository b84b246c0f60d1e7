from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskapi.api.app import OPERATIONS
from riskapi.api.contract import broken_promises, skeleton
from riskapi.workspace import Workspace
from tests.api.document import document_of

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"

Json = dict[str, Any]

BASE: Json = {
    "paths": {
        "/v1/things": {
            "post": {
                "parameters": [
                    {
                        "name": "kind",
                        "in": "query",
                        "required": False,
                        "schema": {"type": "string", "enum": ["a", "b"]},
                    },
                    {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer", "maximum": 50}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ask"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "422": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Ask": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "stake": {"anyOf": [{"type": "number"}, {"type": "null"}]}},
            },
            "Thing": {
                "type": "object",
                "required": ["id", "next"],
                "properties": {
                    "id": {"type": "string"},
                    "state": {"type": "string", "enum": ["new", "old"]},
                    "next": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
                },
            },
        }
    },
}


def changed(change: Callable[[Json], object]) -> list[str]:
    now = copy.deepcopy(BASE)
    change(now)
    return broken_promises(BASE, now)


def operation(document: Json) -> Json:
    found: Json = document["paths"]["/v1/things"]["post"]
    return found


def model(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


BREAKING: dict[str, Callable[[Json], object]] = {
    "POST /v1/things is gone": lambda d: d["paths"].clear(),
    "parameter kind is gone": lambda d: operation(d)["parameters"].pop(0),
    "parameter kind is now required": lambda d: operation(d)["parameters"][0].update(required=True),
    "new required parameter who": lambda d: operation(d)["parameters"].append(
        {"name": "who", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "parameter kind has lost 'b'": lambda d: operation(d)["parameters"][0]["schema"].update(enum=["a"]),
    "maximum was 50 and is 10": lambda d: operation(d)["parameters"][1]["schema"].update(maximum=10),
    "minimum was None and is 5": lambda d: operation(d)["parameters"][1]["schema"].update(minimum=5),
    "parameter limit was integer and is string": lambda d: operation(d)["parameters"][1].update(
        schema={"type": "string"}
    ),
    "no longer takes a body": lambda d: operation(d).pop("requestBody"),
    "body.stake is now required": lambda d: model(d, "Ask")["required"].append("stake"),
    "body.stake is gone": lambda d: model(d, "Ask")["properties"].pop("stake"),
    "body.stake was null and is number": lambda d: model(d, "Ask")["properties"].update(stake={"type": "number"}),
    "no longer answers 200": lambda d: operation(d)["responses"].pop("200"),
    "answer 200.id is gone": lambda d: model(d, "Thing")["properties"].pop("id"),
    "answer 200.id may now be left out": lambda d: model(d, "Thing")["required"].remove("id"),
    "answer 200.id was string and is integer": lambda d: model(d, "Thing")["properties"]["id"].update(type="integer"),
    "answer 200.state has lost 'old'": lambda d: model(d, "Thing")["properties"]["state"].update(enum=["new"]),
    "answer 200.id was string and is null": lambda d: model(d, "Thing")["properties"].update(
        id={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
}


@pytest.mark.parametrize("says", BREAKING)
def test_a_broken_promise_is_told(says: str) -> None:
    sentences = changed(BREAKING[says])
    assert len(sentences) == 1
    assert says in sentences[0]


HARMLESS: dict[str, Callable[[Json], object]] = {
    "nothing": lambda d: None,
    "a new path": lambda d: d["paths"].update({"/v1/more": {}}),
    "a new parameter": lambda d: operation(d)["parameters"].append(
        {"name": "who", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a parameter that need not be given": lambda d: model(d, "Ask")["required"].clear(),
    "more codes": lambda d: operation(d)["parameters"][0]["schema"]["enum"].append("c"),
    "a wider limit": lambda d: operation(d)["parameters"][1]["schema"].update(maximum=100),
    "a new field to ask": lambda d: model(d, "Ask")["properties"].update(more={"type": "string"}),
    "a new field of the answer": lambda d: model(d, "Thing")["properties"].update(more={"type": "string"}),
    "a field that is now always there": lambda d: model(d, "Thing")["required"].append("state"),
    "a new kind of error": lambda d: operation(d)["responses"].update({"429": {}}),
    "an answer that is never null any more": lambda d: model(d, "Thing")["properties"].update(
        next={"$ref": "#/components/schemas/Thing"}
    ),
    "a body that may be more": lambda d: model(d, "Ask")["properties"].update(name={"type": ["string", "null"]}),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_more_than_before_breaks_nothing(what: str) -> None:
    assert changed(HARMLESS[what]) == []


def test_descriptions_and_examples_are_no_promise_but_fields_of_their_names_are() -> None:
    document = {
        "info": 1,
        "schema": {"description": "x", "properties": {"description": {"type": "string", "title": "t"}}},
    }
    assert skeleton(document) == {"schema": {"properties": {"description": {"type": "string"}}}}


def test_what_the_committed_document_promises_still_holds(workspace: Workspace) -> None:
    """If this breaks on purpose: `python -m riskapi.api.contract docs/reference/openapi.json`, and say so in the changelog."""
    now = skeleton(document_of(OPERATIONS, workspace))
    assert broken_promises(json.loads(COMMITTED.read_text(encoding="utf-8")), now) == []


def test_every_operation_is_in_the_committed_document(workspace: Workspace) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    now = skeleton(document_of(OPERATIONS, workspace))
    missing = {(path, method) for path, item in now["paths"].items() for method in item} - {
        (path, method) for path, item in committed["paths"].items() for method in item
    }
    assert not missing, "write it again: python -m riskapi.api.contract docs/reference/openapi.json"
