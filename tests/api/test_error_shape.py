"""One shape of errors over every route and every way to fail.

The contract: `application/problem+json`, the members of `PROBLEM`, a title that depends on the type only, a page for each
type, the request id in body and header, nothing of the inside.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.testing import TestClient

from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.description.openapi import problem_schema
from riskapi.api.http.problems import TYPES
from riskapi.workspace import Workspace
from tests.api.calls import ROUTE_NAMES, ROUTES, STATELESS

# Written out here and not taken from the service: a change of the contract must be made twice.
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "minLength": 1},
        "instance": {"type": "string", "pattern": "^[!-~]+$"},
        "code": {"type": "string", "pattern": "^[a-z-]+$"},
        "request_id": {"type": "string", "pattern": "^[!-~]{1,64}$"},
        "incident": {"type": "string"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "pattern": "^[a-z-]+$"},
                    "detail": {"type": "string", "minLength": 1},
                    "pointer": {"type": "string", "pattern": "^(/.*)?$"},
                    "parameter": {"type": "string", "minLength": 1},
                    "hint": {"type": "string", "minLength": 1},
                    "candidates": {"type": "array", "items": {"type": "object"}, "minItems": 1},
                },
                "not": {"required": ["pointer", "parameter"]},
            },
        },
    },
}

SECRET = "the secret of /etc/passwd"

every_route = pytest.mark.parametrize(("method", "path", "query", "body"), ROUTES, ids=ROUTE_NAMES)


def checked(response: Response, status: int, code: str) -> dict[str, Any]:
    """The problem in a response, after everything that holds for all of them."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == "en"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    problem: dict[str, Any] = response.json()
    Draft202012Validator(PROBLEM).validate(problem)
    Draft202012Validator(problem_schema()).validate(problem)
    kind = TYPES[code]
    assert (problem["type"], problem["title"], problem["status"]) == (kind.uri, kind.title, status)
    assert problem["code"] == code
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["instance"].endswith(f"#{problem['request_id']}")
    for inside in (SECRET, "Traceback", "site-packages", ".py", "duckdb", "litestar"):
        assert inside not in response.text
    return problem


@every_route
def test_a_good_request_to_each_route_succeeds(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    assert client.request(method, path, params=query, json=body).status_code == 200


@every_route
def test_an_address_beside_each_route_is_not_found(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    problem = checked(client.request(method, f"{path}/beside/it", json=body), 404, "not-found")
    assert "/docs" in problem["errors"][0]["hint"]


def methods_at(path: str) -> set[str]:
    """The methods of all operations at an address."""
    forms = ((one.method, re.sub(r"{\w+}", "[^/]+", one.path)) for one in OPERATIONS)
    return {method for method, form in forms if re.fullmatch(form, path)}


@every_route
def test_another_method_is_refused_and_the_right_one_named(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    for wrong in {"DELETE", "PATCH", "PUT", "TRACE"} - methods_at(path):
        response = client.request(wrong, path)
        checked(response, 405, "method-not-allowed")
        assert method in response.headers["allow"].split(", ")


@pytest.mark.parametrize("accept", ["application/xml", "text/csv;q=0.5, image/*", "*/*;q=0"])
@every_route
def test_an_accept_header_that_leaves_out_the_answer_is_refused(
    client: TestClient[Any], accept: str, method: str, path: str, query: dict[str, str], body: object
) -> None:
    response = client.request(method, path, params=query, json=body, headers={"accept": accept})
    problem = checked(response, 406, "not-acceptable")
    assert problem["errors"][0]["parameter"] == "Accept"


@every_route
def test_a_failure_nobody_foresaw_tells_an_incident_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    workspace: Workspace,
    method: str,
    path: str,
    query: dict[str, str],
    body: object,
) -> None:
    def fault(header: str, media_type: str) -> bool:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("riskapi.api.frame.negotiation.accepts", fault)
    with TestClient(create_app(workspace=workspace), raise_server_exceptions=False) as client:
        headers = {"x-request-id": "seen-7", "accept": "*/*"}
        response = client.request(method, path, params=query, json=body, headers=headers)
    problem = checked(response, 500, "internal-error")
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert problem["incident"] in record.getMessage()
    assert "seen-7" in record.getMessage()
    assert SECRET in caplog.text


OPERATION_NAMES = [operation.id for operation in STATELESS]


@pytest.fixture(scope="module")
def broken(workspace: Workspace) -> Iterator[TestClient[Any]]:
    """A service whose clock fails in the midst of every operation."""

    def clock() -> Any:
        raise KeyError(SECRET)

    app: Litestar = create_app(workspace=workspace, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "query", "body"), ROUTES[: len(STATELESS)], ids=ROUTE_NAMES[: len(STATELESS)]
)
def test_a_failure_inside_of_an_operation_tells_nothing(
    broken: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    checked(broken.request(method, path, params=query, json=body), 500, "internal-error")


ANSWERING = [at for at, operation in enumerate(STATELESS) if operation.tag != "service"]


@pytest.mark.parametrize(
    ("method", "path", "query", "body"), [ROUTES[at] for at in ANSWERING], ids=[ROUTE_NAMES[at] for at in ANSWERING]
)
def test_an_unknown_parameter_is_refused_by_every_operation(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    problem = checked(
        client.request(method, path, params={**query, "colour": "red"}, json=body), 422, "request-invalid"
    )
    assert [(error["code"], error["parameter"]) for error in problem["errors"]] == [("unknown-parameter", "colour")]


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_a_probe_takes_whatever_a_load_balancer_adds(client: TestClient[Any], path: str) -> None:
    assert client.get(f"{path}?_=1700000000&from=lb&from=%ff").status_code == 200


BAD_VALUES = {
    "jurisdiction": "ZZ",
    "pillar": "column",
    "gate": "door",
    "kind": "unkind",
    "state": "solid",
    "country": "Utopia",
    "as_of": "yesterday",
    "limit": "0",
    "cursor": "!!!",
    "q": "a\x07b",
    "id": "a%00b",
    "party": "a\x07b",
    "status": "rumoured",
    "product": "evcar",
    "from": "ZZ",
    "to": "Utopia",
    "on": "yesterday",
    "maker": "a\x07b",
    "since": "last year",
    "given": "in_quota=perhaps",
}
PARAMETERS = [(operation, parameter) for operation in STATELESS for parameter in operation.parameters]


@pytest.mark.parametrize(
    ("at", "name"),
    [(STATELESS.index(operation), parameter.name) for operation, parameter in PARAMETERS],
    ids=[f"{operation.id}-{parameter.name}" for operation, parameter in PARAMETERS],
)
def test_a_bad_value_is_refused_with_its_parameter(client: TestClient[Any], at: int, name: str) -> None:
    method, path, query, body = ROUTES[at]
    if name == "id":
        path = path.rsplit("/", 1)[0] + "/" + BAD_VALUES["id"]
    else:
        query = {**query, name: BAD_VALUES[name]}
    problem = checked(client.request(method, path, params=query, json=body), 422, "request-invalid")
    assert [error["parameter"] for error in problem["errors"]] == [name]


def test_a_parameter_without_a_name_is_refused_in_the_one_shape(client: TestClient[Any]) -> None:
    (error,) = checked(client.get("/v1/rules?=1"), 422, "request-invalid")["errors"]
    assert "parameter" not in error


def test_a_missing_parameter_is_named(client: TestClient[Any]) -> None:
    (error,) = checked(client.get("/v1/companies"), 422, "request-invalid")["errors"]
    assert (error["code"], error["parameter"]) == ("missing-parameter", "q")


@pytest.mark.parametrize("path", ["/v1/rules/us.icts.connected-vehicle", "/v1/companies/nobody", "/v1/deals/none"])
def test_an_unknown_id_is_not_found(client: TestClient[Any], path: str) -> None:
    (error,) = checked(client.get(path), 404, "not-found")["errors"]
    assert error["parameter"] == "id"
    assert error["hint"]


def test_all_mistakes_are_told_at_once(client: TestClient[Any]) -> None:
    problem = checked(
        client.get("/v1/rules?gate=door&limit=x&limit=2&shade=1&as_of=2026-13-01"), 422, "request-invalid"
    )
    assert {error["parameter"] for error in problem["errors"]} == {"gate", "limit", "shade", "as_of"}
    assert problem["detail"].startswith("4 things are wrong")


# --- bodies


def post(client: TestClient[Any], content: bytes, content_type: str = "application/json", **headers: str) -> Response:
    return client.post("/v1/scores", content=content, headers={"content-type": content_type, **headers})


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "json-malformed", "empty"),
        (b'{"parties": [}', "json-syntax", "line 1, column 14"),
        (b'{"parties":\n ["a" "b"]}', "json-syntax", "line 2, column 7"),
        (b"[" * 100_000, "json-too-deep", "column 33"),
        (b'{"a":' * 100_000, "json-too-deep", "nested"),
        (b'{"as_of": NaN}', "json-not-finite", "NaN"),
        (b'{"deal": {"value_usd": -Infinity}}', "json-not-finite", "-Infinity"),
        (b'{"deal": {"value_usd": 1e400}}', "json-not-finite", "1e400"),
        (b'{"deal": {"value_usd": ' + b"9" * 5000 + b"}}", "json-number", "digits"),
        (b'{"parties": 1, "parties": 2}', "json-duplicate-key", "parties"),
        (b'{"parties": ["\xff", "Ford"]}', "json-malformed", "byte 15"),
        (json.dumps({"deal": {f"x{n}": 1 for n in range(500)}}).encode(), "json-too-many", "500"),
        (b'{"parties": ["Xiaomi", "Ford\\u0000"]}', "control-character", "shown"),
        (b'{"parties": ["Xiaomi", "\\ud800"]}', "control-character", "shown"),
        (json.dumps({"parties": ["x" * 10_001, "Ford"]}).encode(), "too-long", "10,000"),
        (json.dumps({"parties": ["x"] * 5_001}).encode(), "json-too-many", "5,000"),
    ],
)
def test_json_that_cannot_be_taken_is_refused_with_its_place(
    client: TestClient[Any], content: bytes, code: str, says: str
) -> None:
    (error,) = checked(post(client, content), 400, "json-malformed")["errors"]
    assert error["code"] == code
    assert says in error["detail"]


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/xml", {}),
        ("application/x-www-form-urlencoded", {}),
        ("text/plain; charset=utf-8", {}),
        ("application/json; charset=utf-16", {}),
        ("application/json", {"content-encoding": "gzip"}),
    ],
)
def test_another_media_type_is_refused(client: TestClient[Any], content_type: str, headers: dict[str, str]) -> None:
    response = post(client, b"{}", content_type, **headers)
    checked(response, 415, "media-type-unsupported")
    assert response.headers["accept"] == "application/json"


def test_a_body_of_more_than_a_million_bytes_is_refused(client: TestClient[Any]) -> None:
    response = post(client, b" " * 1_000_001)
    checked(response, 413, "body-too-large")
    assert response.headers["connection"] == "close"


def test_a_body_that_does_not_announce_its_size_is_refused_as_well(client: TestClient[Any]) -> None:
    chunks = (b" " * 100_000 for _ in range(11))
    response = client.post("/v1/scores", content=chunks, headers={"content-type": "application/json"})
    checked(response, 413, "body-too-large")


def test_a_body_of_a_million_bytes_is_read(client: TestClient[Any]) -> None:
    content = json.dumps({"parties": ["Xiaomi", "Zorblax"]}).encode().ljust(1_000_000)
    checked(post(client, content), 422, "party-unsettled")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/parties"]),
        ([], [""]),
        ("text", [""]),
        (None, [""]),
        ({"parties": ["Xiaomi"]}, ["/parties"]),
        (
            {"parties": ["Xiaomi", 3], "deal": {"typ": 1}, "as_of": "soon", "x/y": 0},
            ["/x~1y", "/parties/1", "/deal/typ", "/as_of"],
        ),
        (
            {"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_ventur", "foreign_stake": 15}},
            ["/deal/type", "/deal/foreign_stake"],
        ),
    ],
)  # fmt: skip
def test_every_mistake_in_a_question_is_pointed_at(client: TestClient[Any], body: object, pointers: list[str]) -> None:
    content = json.dumps(body).encode()
    problem = checked(post(client, content), 422, "request-invalid")
    assert [error["pointer"] for error in problem["errors"]] == pointers


def test_a_name_that_does_not_settle_gives_candidates(client: TestClient[Any]) -> None:
    problem = checked(post(client, b'{"parties": ["Tata", "Ford"]}'), 422, "party-unsettled")
    (error,) = problem["errors"]
    assert error["pointer"] == "/parties/0"
    assert {"company_id", "name", "country", "score"} <= set(error["candidates"][0])


# --- hostile text


@pytest.mark.parametrize(
    "name",
    [
        "Ford'; DROP TABLE companies; --",
        "' OR 1=1 --",
        "Xiaomi\"); ATTACH 'x.db' AS x; --",
        "../../../../etc/passwd",
        "{{7*7}} ${jndi:ldap://x} %s %n",
        "<script>alert(1)</script>",
    ],
)
def test_hostile_names_are_names_that_nobody_has(client: TestClient[Any], workspace: Workspace, name: str) -> None:
    before = workspace.connection.cursor().execute("SELECT count(*) FROM companies").fetchone()
    checked(post(client, json.dumps({"parties": [name, "Ford"]}).encode()), 422, "party-unsettled")
    assert client.get("/v1/companies", params={"q": name}).json()["status"] != "match"
    assert client.get("/v1/rules", params={"q": name}).json()["total"] == 0
    for family in ("rules", "companies", "deals"):
        problem = client.get(f"/v1/{family}/" + name.replace("/", "%2f"))
        assert problem.status_code == 404
    assert workspace.connection.cursor().execute("SELECT count(*) FROM companies").fetchone() == before


@pytest.mark.parametrize("path", ["/v1/rules/..%2f..%2f..%2fetc%2fpasswd", "/v1/deals/%2e%2e/%2e%2e/etc/passwd"])
def test_a_path_leads_nowhere_else(client: TestClient[Any], path: str) -> None:
    response = client.get(path)
    checked(response, 404, "not-found")
    assert "root:" not in response.text


@pytest.mark.parametrize("query", ["q=%ff", "q=%ed%a0%80", "&".join(f"a{n}=1" for n in range(100))])
def test_a_query_that_cannot_be_read_is_refused(client: TestClient[Any], query: str) -> None:
    checked(client.get(f"/v1/companies?{query}"), 422, "request-invalid")


@pytest.mark.parametrize("code", list(TYPES))
def test_every_type_has_a_page(client: TestClient[Any], code: str) -> None:
    response = client.get(TYPES[code].uri)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert TYPES[code].advice.split(" ", maxsplit=1)[0] in response.text


def test_titles_depend_on_the_type_only() -> None:
    assert len({kind.title for kind in TYPES.values()}) == len(TYPES)
