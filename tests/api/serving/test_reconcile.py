"""/reconcile over HTTP: the ways to ask, and the refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from riskapi.api.http.problems import on_failure, on_http_exception, on_riskapi_error
from riskapi.api.serving.current import Current
from riskapi.api.serving.reconcile import routes
from riskapi.errors import RiskapiError
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

BATCH = json.dumps({"q0": {"query": "小米", "limit": 3}, "q1": {"query": "Ford Foundation"}})


@pytest.fixture(scope="module")
def service(workspace: Workspace) -> Iterator[TestClient[Any]]:
    app = Litestar(
        route_handlers=routes(Current(workspace, is_ours=False), lambda: AS_OF),
        exception_handlers={RiskapiError: on_riskapi_error, HTTPException: on_http_exception, Exception: on_failure},
        openapi_config=None,
    )
    with TestClient(app) as client:
        yield client


def test_without_a_question_the_manifest_is_given(service: TestClient[Any]) -> None:
    told = service.get("/reconcile")
    assert "0.2" in told.json()["versions"]
    assert told.json()["suggest"]["entity"]["service_url"].endswith("/reconcile")


def test_a_batch_in_the_address_and_in_a_form_get_the_same_answer(service: TestClient[Any]) -> None:
    got = service.get("/reconcile", params={"queries": BATCH})
    posted = service.post("/reconcile", data={"queries": BATCH})
    assert got.status_code == posted.status_code == 200
    assert got.json() == posted.json()
    assert (got.json()["q0"]["result"][0]["id"], got.json()["q0"]["result"][0]["match"]) == ("xiaomi", True)
    assert not any(item["match"] for item in got.json()["q1"]["result"])


def test_every_address_of_the_manifest_answers(service: TestClient[Any]) -> None:
    told = service.get("/reconcile").json()
    places = [*told["suggest"].values(), told["extend"]["propose_properties"]]
    for place in places:
        address = f"{place['service_url']}{place['service_path']}"
        answer = service.get(address, params={"prefix": "xi", "type": "company"})
        assert answer.status_code == 200, address


def test_values_are_fetched_as_of_a_day(service: TestClient[Any]) -> None:
    asked = {
        "ids": ["xiaomi"],
        "properties": [{"id": "designations", "settings": {"as_of": "2021-03-01"}}, {"id": "country"}],
    }
    row = service.post("/reconcile", data={"extend": json.dumps(asked)}).json()["rows"]["xiaomi"]
    assert row["country"] == [{"str": "CN"}]
    assert row["designations"]
    assert all(list(cell) == ["str"] for cell in row["designations"])


def test_pages_of_other_origins_may_read_the_answers(service: TestClient[Any]) -> None:
    assert (
        service.get("/reconcile", headers={"origin": "https://example.org"}).headers["access-control-allow-origin"]
        == "*"
    )


def test_parameters_that_clients_add_of_their_own_do_no_harm(service: TestClient[Any]) -> None:
    assert (
        service.get("/reconcile/suggest/entity", params={"prefix": "xi", "_": "123", "lang": "en"}).status_code == 200
    )


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"queries": "{"}, 400, "json-malformed"),
        ({"queries": '{"q0": 7}'}, 422, "request-invalid"),
        ({"extend": "[]"}, 422, "request-invalid"),
        ({"other": "x"}, 422, "request-invalid"),
        ({"queries": BATCH, "callback": "run"}, 422, "request-invalid"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_as_a_problem(
    service: TestClient[Any], fields: dict[str, str], status: int, code: str
) -> None:
    answer = service.post("/reconcile", data=fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_body_that_is_no_form_is_refused(service: TestClient[Any]) -> None:
    assert service.post("/reconcile", json={"queries": BATCH}).status_code == 415


def test_suggesting_needs_a_beginning(service: TestClient[Any]) -> None:
    assert service.get("/reconcile/suggest/entity").status_code == 422
