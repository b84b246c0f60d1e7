"""The description of the service as OpenAPI 3.1. Enters: operations and an open workspace. Leaves: plain data.

Parameters, schemas and examples come from the operations themselves; the example answers are real ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from riskapi import __version__
from riskapi.api.frame.archive import CREATED
from riskapi.api.frame.operation import Asked, Example, Kind, Operation, Parameter, adapter_of
from riskapi.api.frame.query import read_parameters
from riskapi.api.frame.validators import is_cacheable
from riskapi.api.http.problems import (
    ANYWHERE,
    MEDIA_TYPE,
    TYPES,
    WITH_BODY,
    WITH_KEY,
    WITH_MATCH,
    WITH_REPEATS,
    ProblemType,
    document,
)
from riskapi.api.operations.assessments import RERUN_REQUEST
from riskapi.api.operations.batch import batch_schema
from riskapi.api.operations.edits_body import body_schemas
from riskapi.api.operations.jobs import ACCEPTED, scores_schema
from riskapi.api.operations.matrix import matrix_schema
from riskapi.assessment.request import request_schema
from riskapi.assessment.whatif_request import whatif_schema
from riskapi.errors import Problem, RiskapiError
from riskapi.watch.request import schemas as watch_schemas
from riskapi.workspace import Workspace

Json: TypeAlias = dict[str, Any]

JSON = "application/json"
REF = "#/components/schemas/{model}"
#: Lists in example answers show this many elements.
EXAMPLE_ELEMENTS = 2
#: Headers of answers that a caller may keep, and of refusals that pass with time.
OF_CACHEABLE = ("ETag",)
OF_REFUSALS = ("Retry-After",)
OF_CREATED = ("Location", "Idempotency-Replayed")
OF_JOBS = ("Retry-After",)
PASSING = (429, 503)
PASSING_CODES = ("job-not-done",)
#: How a key is shown, where the service wants keys; `{}` is the service that wants none.
SECURITY: list[Json] = [{}, {"bearer": []}, {"header": []}]
TAGS = {
    "scores": "Pairings of two companies, scored and explained.",
    "assessments": "Answers that are kept.",
    "jobs": "Long work: asked for now, done in the background, with its result as pages or files.",
    "rules": "The rule book.",
    "facts": "What rules may mention and callers may tell.",
    "companies": "Names and profiles of companies.",
    "deals": "Reported deals, and who said what.",
    "watchlists": "Saved questions that are answered again when rules, data or the day change, and what moved.",
    "webhooks": "Where changes are sent.",
    "duties": "What goods pay at a border.",
    "datasets": "The tables that answers rest on.",
    "service": "Probes.",
}
DESCRIPTION = (
    "How much regulatory scrutiny a cross-border pairing of two companies would meet, from whom, why, and what would "
    "change it. Null means not known, never no. Unknown parameters and fields are refused. Every error is "
    "application/problem+json. Whole columns of names are matched at /reconcile (Reconciliation Service API 0.2). "
    "Answers are estimates from published rules and facts, not legal advice."
)


def describe(operations: Sequence[Operation], workspace: Workspace) -> Json:
    """The whole document."""
    schemas = answer_schemas(operations)
    schemas["ScoreRequest"] = request_schema(workspace.vocabulary)
    schemas["WhatIfRequest"] = whatif_schema(workspace.vocabulary)
    schemas["BatchRequest"] = batch_schema()
    schemas["RerunRequest"] = dict(RERUN_REQUEST)
    schemas |= body_schemas(workspace)
    schemas["ScoresJobRequest"] = scores_schema()
    schemas["MatrixRequest"] = matrix_schema(schemas["ScoreRequest"])
    schemas |= watch_schemas()
    schemas["Problem"] = problem_schema()
    paths: Json = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, workspace)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "riskapi",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        "paths": paths,
        "components": {"schemas": schemas, "headers": _headers(), "securitySchemes": _security_schemes()},
    }


# Schemas


def answer_schemas(operations: Iterable[Operation]) -> Json:
    """The classes of all answers as components; a class that several answers use is described once."""
    classes = list(dict.fromkeys(operation.answers for operation in operations if JSON in operation.produces))
    inputs: list[tuple[str, Any, TypeAdapter[Any]]] = [(c.__name__, "serialization", adapter_of(c)) for c in classes]
    top, shared = TypeAdapter.json_schemas(inputs, ref_template=REF)
    schemas: Json = dict(shared.get("$defs", {}))
    for (name, _), schema in top.items():
        if schema.get("$ref") != REF.format(model=name):
            schemas[name] = schema
    return schemas


def problem_schema() -> Json:
    """JSON Schema of every error."""
    text = {"type": "string", "minLength": 1}
    candidate = {"type": "object", "properties": {"company_id": text, "name": text, "score": {"type": "number"}}}
    entry = {
        "type": "object",
        "required": ["code", "detail"],
        "additionalProperties": False,
        "properties": {
            "code": text | {"description": "what kind of mistake; stable"},
            "detail": text,
            "pointer": {"type": "string", "description": "where in the body (JSON pointer, RFC 6901)"},
            "parameter": text | {"description": "which parameter or header"},
            "hint": text | {"description": "what to do"},
            "candidates": {
                "type": "array",
                "minItems": 1,
                "items": candidate,
                "description": "companies that may be meant",
            },
        },
    }
    names = ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"]
    return {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": names,
        "additionalProperties": False,
        "properties": {
            "type": {"enum": [kind.uri for kind in TYPES.values()], "description": "its page"},
            "title": {"enum": sorted({kind.title for kind in TYPES.values()})},
            "status": {"enum": sorted({kind.status for kind in TYPES.values()})},
            "detail": text,
            "instance": {"type": "string", "format": "uri-reference"},
            "code": {"enum": list(TYPES)},
            "request_id": {"type": "string", "pattern": "^[!-~]{1,64}$"},
            "errors": {"type": "array", "minItems": 1, "items": entry},
            "incident": text | {"description": "number of a failure of the service, for its log"},
        },
    }


# Operations


def _operation(operation: Operation, workspace: Workspace) -> Json:
    told: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        "parameters": [
            *(_parameter(item, operation, workspace) for item in operation.parameters),
            *([REPEAT_PARAMETER] if operation.takes_key else []),
            *([MATCH_PARAMETER] if operation.takes_match else []),
        ],
        "security": SECURITY if operation.scope else [],
        "responses": {**_successes(operation, workspace), **_unchanged(operation), **_refusals(operation)},
    }
    if operation.scope:
        told["description"] += f" Where the service wants keys: scope {operation.scope}."
    if operation.takes_body:
        examples = {item.name: {"summary": item.summary, "value": item.body} for item in operation.examples}
        content: Json = {JSON: {"schema": {"$ref": REF.format(model=operation.body_schema)}, "examples": examples}}
        content |= {kind: _file_content(kind, operation.text_example) for kind in operation.takes}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _file_content(media_type: str, example: str | None) -> Json:
    told: Json = {"schema": {"type": "string", "format": "binary"}}
    if example is not None and media_type.startswith("text/"):
        told["examples"] = {"file": {"summary": "A file", "value": example}}
    return told


def _parameter(parameter: Parameter, operation: Operation, workspace: Workspace) -> Json:
    told = {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": _parameter_schema(parameter, workspace),
    }
    examples = {
        item.name: {"summary": item.summary, "value": _typed(parameter, item.values[parameter.name])}
        for item in operation.examples
        if parameter.name in item.values
    }
    return told | ({"examples": examples} if examples else {})


def _typed(parameter: Parameter, raw: str) -> str | int:
    return int(raw) if parameter.kind is Kind.INTEGER else raw


def _parameter_schema(parameter: Parameter, workspace: Workspace) -> Json:
    if parameter.kind is Kind.DATE:
        return {"type": "string", "format": "date"}
    if parameter.kind is Kind.INTEGER:
        bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum, "default": parameter.default}
        return {"type": "integer", **bounds}
    if parameter.choices is not None:
        return {"type": "string", "enum": sorted(parameter.choices(workspace))}
    return {"type": "string", "minLength": 1, "maxLength": parameter.max_length}


def _successes(operation: Operation, workspace: Workspace) -> Json:
    told = _success(operation, workspace)
    found = {str(status): told for status in operation.statuses}
    if CREATED in operation.statuses:
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in OF_CREATED}
        found[str(CREATED)] = {**told, "description": "It is kept.", "headers": {**told["headers"], **headers}}
    if ACCEPTED in operation.statuses:
        more = (*OF_JOBS, *(OF_CREATED if operation.takes_key else ()))
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in more}
        found[str(ACCEPTED)] = {**told, "description": "It is under way.", "headers": {**told["headers"], **headers}}
    return found


def _success(operation: Operation, workspace: Workspace) -> Json:
    shown = operation.examples if JSON in operation.produces else ()
    answers = ((item, _answer_of(operation, item, workspace)) for item in shown)
    examples = {
        item.name: {"summary": f"{item.summary} (lists shortened)", "value": answer}
        for item, answer in answers
        if answer is not None
    }
    schema = {"$ref": REF.format(model=operation.answers.__name__)}
    left_out = (*OF_REFUSALS, *OF_CREATED, *(() if _bears_tag(operation) else OF_CACHEABLE))
    named = [name for name in _headers() if name not in left_out]
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
    content: Json = {JSON: {"schema": schema, "examples": examples}} if JSON in operation.produces else {}
    content |= {kind: {"schema": {"type": "string", "format": "binary"}} for kind in operation.produces if kind != JSON}
    return {"description": "The answer.", "headers": headers, "content": content}


def _bears_tag(operation: Operation) -> bool:
    return operation.is_tagged or is_cacheable(operation)


def _unchanged(operation: Operation) -> Json:
    if not _bears_tag(operation) or operation.method != "GET":
        return {}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in OF_CACHEABLE}
    return {
        "304": {"description": "The answer with the ETag that If-None-Match names still holds.", "headers": headers}
    }


def _refusals(operation: Operation) -> Json:
    by_status: dict[int, list[ProblemType]] = {}
    common = (
        *ANYWHERE,
        *(WITH_BODY if operation.takes_body else ()),
        *(WITH_KEY if operation.scope else ()),
        *(WITH_REPEATS if operation.takes_key else ()),
        *(WITH_MATCH if operation.takes_match else ()),
    )
    for code in dict.fromkeys((*operation.refusals, *common)):
        by_status.setdefault(TYPES[code].status, []).append(TYPES[code])
    return {str(status): _refusal(status, kinds) for status, kinds in sorted(by_status.items())}


def _refusal(status: int, kinds: Sequence[ProblemType]) -> Json:
    examples = {kind.code: {"summary": kind.title, "value": _example_problem(kind)} for kind in kinds}
    schema = {"$ref": REF.format(model="Problem")}
    phrase = HTTPStatus(status).phrase
    told: Json = {
        "description": f"{phrase}: {'; '.join(kind.title for kind in kinds)}.",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in OF_REFUSALS}
    passes = status in PASSING or any(kind.code in PASSING_CODES for kind in kinds)
    return told | ({"headers": headers} if passes else {})


def _example_problem(kind: ProblemType) -> Json:
    problem = Problem(code=kind.code, detail=kind.title, hint=kind.advice)
    return document(kind, [problem], path="/v1/scores", ident="0123456789abcdef")


def _headers() -> Json:
    return {
        "X-Request-Id": {"description": "The id that the caller sent, or a new one.", "schema": {"type": "string"}},
        "Riskapi-Rule-Set": {"description": "Version of the rule book.", "schema": {"type": "string"}},
        "Riskapi-Dataset": {"description": "Version of the datasets.", "schema": {"type": "string"}},
        "ETag": {"description": "Tag of the answer, for If-None-Match.", "schema": {"type": "string"}},
        "RateLimit": {"description": "What is left of the limit of rate.", "schema": {"type": "string"}},
        "RateLimit-Policy": {"description": "The limit of rate.", "schema": {"type": "string"}},
        "Location": {"description": "Address of what is kept.", "schema": {"type": "string"}},
        "Idempotency-Replayed": {"description": "`true`: kept by an earlier request.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
    }


def _security_schemes() -> Json:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rk_<id>_<secret>",
            "description": "An API key.",
        },
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
    }


REPEAT_PARAMETER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own for this request, for example a UUID: sent again within a day it is worked on once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}

MATCH_PARAMETER: Json = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that reading gave: the change is refused where somebody else has changed it since. Required, "
    "but refused with 428 and not as a wrong request; `*` changes whatever is there.",
    "schema": {"type": "string"},
}


# Examples


def _answer_of(operation: Operation, example: Example, workspace: Workspace) -> Json | None:
    """The answer to an example; None where it speaks of a rule or company that other rules or datasets lack."""
    try:
        return example_answer(operation, example, workspace)
    except RiskapiError:
        return None


def example_answer(operation: Operation, example: Example, workspace: Workspace) -> Json:
    """The real answer to an example, with its lists shortened."""
    path = {item.name: example.values[item.name] for item in operation.parameters if item.in_path}
    query = [(name, value) for name, value in example.values.items() if name not in path]
    values = read_parameters(operation, workspace, path, query)
    answer = operation.answer(workspace, Asked(values=values, today=date.max, body=example.body))
    return dict(shortened(json.loads(answer)))


def shortened(node: Any) -> Any:  # noqa: ANN401  # any JSON
    """The same data with every list cut to its first elements."""
    if isinstance(node, list):
        return [shortened(item) for item in node[:EXAMPLE_ELEMENTS]]
    return {key: shortened(value) for key, value in node.items()} if isinstance(node, dict) else node
