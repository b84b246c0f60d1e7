"""The description: well-formed OpenAPI 3.1, true to the routes, with examples that are what the service answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from litestar import Litestar
from litestar.testing import TestClient
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.description.openapi import describe, shortened
from riskapi.api.frame.operation import Example, Operation
from riskapi.assessment.answer import answer_schema
from riskapi.assessment.request import request_schema
from riskapi.workspace import Workspace
from tests.api.calls import EXAMPLE_NAMES, EXAMPLES, PAGES, call
from tests.rulebook import book_of, rule_text, rules_from

# The parts of the OpenAPI 3.1 schema that our document uses.
OPENAPI: dict[str, Any] = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "additionalProperties": False,
    "properties": {
        "openapi": {"pattern": r"^3\.1\.\d+$"},
        "jsonSchemaDialect": {"type": "string", "format": "uri"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "additionalProperties": False,
            "properties": {
                "title": {"type": "string"},
                "version": {"type": "string"},
                "description": {"type": "string"},
                "license": {"type": "object", "required": ["name"]},
            },
        },
        "tags": {"type": "array", "items": {"type": "object", "required": ["name", "description"]}},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {
                "type": "object",
                "propertyNames": {"enum": ["get", "post", "put", "delete"]},
                "additionalProperties": {"$ref": "#/$defs/operation"},
            },
        },
        "components": {"type": "object", "propertyNames": {"enum": ["schemas", "headers", "securitySchemes"]}},
    },
    "$defs": {
        "operation": {
            "type": "object",
            "required": ["operationId", "summary", "description", "tags", "responses"],
            "additionalProperties": False,
            "properties": {
                "operationId": {"type": "string", "pattern": "^[a-z][A-Za-z]+$"},
                "summary": {"type": "string", "minLength": 5},
                "description": {"type": "string", "minLength": 5},
                "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}},
                "security": {
                    "type": "array",
                    "items": {"type": "object", "propertyNames": {"enum": ["bearer", "header"]}},
                },
                "requestBody": {
                    "type": "object",
                    "required": ["content"],
                    "additionalProperties": False,
                    "properties": {"required": {"type": "boolean"}, "content": {"$ref": "#/$defs/content"}},
                },
                "responses": {
                    "type": "object",
                    "propertyNames": {"pattern": "^[1-5][0-9][0-9]$"},
                    "minProperties": 2,
                    "properties": {"304": {"type": "object", "required": ["description", "headers"]}},
                    "additionalProperties": {
                        "type": "object",
                        "required": ["description", "content"],
                        "additionalProperties": False,
                        "properties": {
                            "description": {"type": "string"},
                            "headers": {"type": "object"},
                            "content": {"$ref": "#/$defs/content"},
                        },
                    },
                },
            },
        },
        "parameter": {
            "type": "object",
            "required": ["name", "in", "schema", "description"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "in": {"enum": ["path", "query", "header"]},
                "required": {"type": "boolean"},
                "description": {"type": "string"},
                "schema": {"type": "object"},
                "examples": {"type": "object"},
            },
            "if": {"properties": {"in": {"const": "path"}}},
            "then": {"required": ["required"], "properties": {"required": {"const": True}}},
        },
        "content": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z]+/[a-z+.-]+$"},
            "additionalProperties": {
                "type": "object",
                "required": ["schema"],  # a file that is no text has no example
                "additionalProperties": False,
                "properties": {
                    "schema": {"type": "object"},
                    "examples": {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": {"type": "object", "required": ["summary", "value"]},
                    },
                },
            },
        },
    },
}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: TestClient[Any]) -> Json:
    response = client.get("/schema/openapi.json")
    assert response.headers["content-type"] == "application/json"
    found: Json = response.json()
    return found


def validator(document: Json, name: str) -> Draft202012Validator:
    """Checks values against a component."""
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    schema = {"$ref": f"urn:api#/components/schemas/{name}"}
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, told in item.items():
            yield method.upper(), path, told


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_document_is_openapi(document: Json) -> None:
    errors = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(OPENAPI).iter_errors(document)]
    assert errors == []


def test_every_schema_is_json_schema(document: Json) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for _, _, told in operations(document):
        for parameter in told["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_every_reference_leads_somewhere(document: Json) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_no_schema_is_left_over(document: Json) -> None:
    used = {reference.rsplit("/", 1)[-1] for reference in references(document)}
    assert set(document["components"]["schemas"]) <= used


def test_the_document_and_the_routes_tell_of_the_same_operations(app: Litestar, document: Json) -> None:
    pages = {(method, path.replace("/not-found", "/{code}")) for method, path in PAGES}
    routed = {
        (method, route.path_format) for route in app.routes for method in route.methods if method != "OPTIONS"
    }  # fmt: skip
    # Reconciliation is described by its own protocol, whose manifest the service gives.
    routed = {(method, path) for method, path in routed if not path.startswith("/reconcile")}
    # `/x/{id}.csv` is answered by the route of `/x/{id}`.
    told = {(method, re.sub(r"}\.\w+$", "}", path)) for method, path, _ in operations(document)}
    assert routed == told | pages


def test_ids_are_unique_and_path_parameters_told(document: Json) -> None:
    ids = [told["operationId"] for _, _, told in operations(document)]
    assert len(set(ids)) == len(ids)
    for _, path, told in operations(document):
        in_path = {parameter["name"] for parameter in told["parameters"] if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))


def test_tags_are_those_that_are_told(document: Json) -> None:
    used = {tag for _, _, told in operations(document) for tag in told["tags"]}
    assert used == {tag["name"] for tag in document["tags"]}


def test_every_operation_tells_its_errors(document: Json) -> None:
    for _, path, told in operations(document):
        assert {"406", "422", "429", "500", "503"} <= set(told["responses"])
        assert {"200", "201", "202"} & set(told["responses"])
        assert ("404" in told["responses"]) == ("{" in path)
    assert {"400", "408", "413", "415"} <= set(document["paths"]["/v1/scores"]["post"]["responses"])
    assert "not-ready" in str(document["paths"]["/ready"]["get"]["responses"]["503"])
    assert "304" in document["paths"]["/v1/rules"]["get"]["responses"]


def test_every_example_fits_its_schema(document: Json) -> None:
    for _, _, told in operations(document):
        parts = [told["requestBody"]] if "requestBody" in told else []
        for part in [*parts, *told["responses"].values()]:
            for content in part.get("content", {}).values():
                if "$ref" not in content["schema"]:
                    assert content["schema"] == {"type": "string", "format": "binary"}  # a file
                    continue
                check = validator(document, content["schema"]["$ref"].rsplit("/", 1)[-1])
                for example in content["examples"].values():
                    check.validate(example["value"])
        for parameter in told["parameters"]:
            for example in parameter.get("examples", {}).values():
                Draft202012Validator(parameter["schema"], format_checker=FormatChecker()).validate(example["value"])


@pytest.mark.parametrize(("asked", "example"), EXAMPLES, ids=EXAMPLE_NAMES)
def test_every_example_is_what_the_service_answers(
    client: TestClient[Any], document: Json, asked: Operation, example: Example
) -> None:
    response = call(client, asked, example)
    assert response.status_code == 200
    validator(document, asked.answers.__name__).validate(response.json())
    told = document["paths"][asked.path][asked.method.lower()]["responses"]["200"]["content"]["application/json"]
    assert told["examples"][example.name]["value"] == shortened(response.json())


def test_the_request_schema_is_that_of_the_core(document: Json, workspace: Workspace) -> None:
    assert document["components"]["schemas"]["ScoreRequest"] == request_schema(workspace.vocabulary)


def test_the_answer_schema_is_that_of_the_core(client: TestClient[Any], document: Json) -> None:
    stated = answer_schema()
    assert document["components"]["schemas"]["Answer"]["properties"].keys() == stated["properties"].keys()
    assert document["components"]["schemas"]["Answer"]["required"] == stated["required"]
    example = next(example for asked, example in EXAMPLES if asked.id == "createScore")
    answer = call(client, next(asked for asked, _ in EXAMPLES if asked.id == "createScore"), example).json()
    Draft202012Validator(stated).validate(answer)


def test_other_rules_are_described_without_the_examples_that_they_lack(workspace: Workspace) -> None:
    rules = rules_from(rule_text("own", "deal.type = 'merger'"))
    own = replace(workspace, book=book_of(*rules))
    with TestClient(create_app(workspace=own)) as client:
        document = client.get("/schema/openapi.json").json()
        assert client.get("/docs").status_code == 200
    shown = document["paths"]["/v1/rules/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert shown["examples"] == {}
    jurisdiction = document["paths"]["/v1/rules"]["get"]["parameters"][0]
    assert jurisdiction["schema"]["enum"] == ["US"]


def test_the_document_is_the_same_every_time(workspace: Workspace, document: Json) -> None:
    assert json.loads(json.dumps(describe(OPERATIONS, workspace))) == document
