"""Who gets in, and how far: keys, scopes, tenants' doors, and the open service without keys."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from riskapi.api.access.callers import Doorkeeper, is_open, key_or_address, presented_key
from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.frame.operation import Operation
from riskapi.api.serving.options import Options
from riskapi.store import keys
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.errors import told
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace
from tests.api.asgi_calls import scope_of
from tests.api.calls import address
from tests.api.kept import NOON, Clock, Service, service

GUARDED = [operation for operation in OPERATIONS if operation.scope is not None]
UNGUARDED = [operation for operation in OPERATIONS if operation.scope is None]


@pytest.fixture
def open_service(workspace: Workspace, tmp_path: Path) -> Iterator[Service]:
    with service(workspace, tmp_path / "store.sqlite") as one:
        yield one


@pytest.fixture(scope="module")
def guarded(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a key of each scope in `headers`."""
    with service(workspace, tmp_path_factory.mktemp("store") / "store.sqlite") as one:
        yield one


@pytest.fixture(scope="module")
def headers(guarded: Service) -> dict[str, dict[str, str]]:
    return {scope.value: guarded.key(scope.value)[1] for scope in Scope}


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["code"] == code
    return problem


def asked(one: Service, operation: Operation, headers: dict[str, str]) -> Any:
    example = operation.examples[0]
    path, query = address(operation, example)
    return one.ask(operation.method, path, headers, params=query or None, json=example.body)


def test_without_keys_everybody_may_ask(open_service: Service) -> None:
    assert open_service.ask("GET", "/v1/datasets").status_code == 200
    assert open_service.ask("GET", "/v1/assessments").status_code == 200


def test_without_keys_what_a_proxy_passes_on_is_no_key_of_ours(open_service: Service) -> None:
    assert open_service.ask("GET", "/v1/datasets", {"authorization": "Bearer of-the-proxy"}).status_code == 200


@pytest.mark.parametrize("operation", GUARDED, ids=[operation.id for operation in GUARDED])
def test_from_the_first_key_on_every_operation_wants_one(
    guarded: Service, headers: dict[str, dict[str, str]], operation: Operation
) -> None:
    assert headers
    response = asked(guarded, operation, {})
    refused(response, 401, "key-missing")
    assert response.headers["www-authenticate"] == 'Bearer realm="riskapi"'


@pytest.mark.parametrize("path", ["/reconcile", "/v1/nowhere", "/", "/deal"])
def test_what_is_no_operation_wants_a_key_too(guarded: Service, headers: dict[str, dict[str, str]], path: str) -> None:
    assert headers
    refused(guarded.ask("GET", path), 401, "key-missing")


@pytest.mark.parametrize(
    "path", ["/health", "/ready", "/docs", "/schema/openapi.json", "/problems/not-found", "/metrics"]
)
def test_probes_and_descriptions_need_no_key(guarded: Service, headers: dict[str, dict[str, str]], path: str) -> None:
    assert headers
    assert is_open(path)
    assert guarded.ask("GET", path).status_code == 200


def test_only_probes_need_no_key() -> None:
    assert [operation.id for operation in UNGUARDED] == ["health", "ready"]


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("operation", GUARDED, ids=[operation.id for operation in GUARDED])
def test_a_key_allows_its_scope_and_those_below(
    guarded: Service, headers: dict[str, dict[str, str]], operation: Operation, scope: Scope
) -> None:
    order = list(Scope)
    response = asked(guarded, operation, headers[scope.value])
    assert operation.scope is not None
    if order.index(scope) >= order.index(operation.scope):
        assert response.status_code in (200, 201, 202, 404, 409, 428)  # nothing is kept under the ids of the examples
    else:
        problem = refused(response, 403, "scope-too-low")
        assert f"scope {operation.scope}" in problem["detail"]


def test_what_each_scope_may_do_is_as_written() -> None:
    wanted = {operation.id: operation.scope for operation in GUARDED}
    written = {
        "createScore": Scope.ANALYST, "createScores": Scope.ANALYST, "createWhatIf": Scope.ANALYST,
        "createAssessment": Scope.ANALYST, "rerunAssessment": Scope.ANALYST, "deleteAssessment": Scope.ADMIN,
        "createDeal": Scope.EDITOR, "replaceDeal": Scope.EDITOR, "takeBackDeal": Scope.EDITOR,
        "createClaim": Scope.EDITOR, "replaceClaim": Scope.EDITOR, "takeBackClaim": Scope.EDITOR,
        "listEdits": Scope.VIEWER, "dealHistory": Scope.VIEWER, "claimHistory": Scope.VIEWER,
    }  # fmt: skip
    assert {name: wanted[name] for name in written} == written


def test_who_may_only_read_changes_nothing_and_asks_for_no_work() -> None:
    assert [one.id for one in GUARDED if one.method != "GET" and one.scope is Scope.VIEWER] == []


def test_the_key_may_come_in_three_ways_but_a_browser_only_reads(
    guarded: Service, headers: dict[str, dict[str, str]]
) -> None:
    text = headers["admin"]["authorization"].removeprefix("Bearer ")
    basic = {"authorization": "Basic " + base64.b64encode(f"anna:{text}".encode()).decode()}
    for shown in ({"x-api-key": text}, {"authorization": f"bearer  {text}"}, basic):
        assert guarded.ask("GET", "/v1/datasets", shown).status_code == 200
    refused(guarded.ask("POST", "/v1/scores", basic, json={}), 401, "key-missing")
    page = guarded.ask("GET", "/", {"accept": "text/html"})
    assert page.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "shown",
    [
        "rk_", "rk_0000000000000000_" + "0" * 64, "' OR 1=1 --", "rk_%27_x", "x" * 5000, "rk_0123456789abcdef_" + "\u00e9" * 64,
        "rk_0123456789ABCDEF_" + "A" * 64,
    ],
)  # fmt: skip
def test_a_key_that_is_not_known_is_refused_in_one_form(
    guarded: Service, headers: dict[str, dict[str, str]], shown: str
) -> None:
    assert headers
    raw = shown.encode("latin-1")
    problem = refused(guarded.http.get("/v1/datasets", headers={b"x-api-key": raw}), 401, "key-refused")
    assert problem["errors"] == [
        {"code": "key-unknown", "detail": "the API key is not known", "hint": "see that it was copied whole: `rk_...`"}
    ]


def test_the_secret_of_another_key_is_refused(guarded: Service, headers: dict[str, dict[str, str]]) -> None:
    one, other = headers["viewer"]["authorization"], headers["admin"]["authorization"]
    mixed = f"{one.rsplit('_', 1)[0]}_{other.rsplit('_', 1)[1]}"
    refused(guarded.ask("GET", "/v1/datasets", {"authorization": mixed}), 401, "key-refused")


@pytest.mark.parametrize("doubled", ["authorization", "x-api-key"])
def test_two_keys_at_once_are_refused(guarded: Service, headers: dict[str, dict[str, str]], doubled: str) -> None:
    text = headers["admin"]["authorization"]
    shown = text if doubled == "authorization" else text.removeprefix("Bearer ")
    pairs = [(doubled, shown), (doubled, shown)]
    refused(guarded.http.get("/v1/datasets", headers=pairs), 401, "key-refused")


def test_an_expired_key_is_refused_and_the_service_stays_shut(open_service: Service) -> None:
    _, shown = open_service.key("admin", expires_at=NOON + timedelta(hours=1))
    assert open_service.ask("GET", "/v1/assessments", shown).status_code == 200
    open_service.clock.moment = NOON + timedelta(hours=1)
    problem = refused(open_service.ask("GET", "/v1/assessments", shown), 401, "key-refused")
    assert problem["errors"][0]["code"] == "key-expired"
    refused(open_service.ask("GET", "/v1/assessments"), 401, "key-missing")


def test_a_revoked_key_is_refused_at_once(open_service: Service) -> None:
    made, shown = open_service.key("admin")
    assert open_service.ask("GET", "/v1/datasets", shown).status_code == 200
    with open_service.store.write() as session:
        keys.revoke(session, "default", made.id, Signature("a test", NOON))
    problem = refused(open_service.ask("GET", "/v1/datasets", shown), 401, "key-refused")
    assert problem["errors"][0]["code"] == "key-revoked"
    refused(open_service.ask("GET", "/v1/datasets"), 401, "key-missing")


def test_the_first_key_shuts_a_running_service(open_service: Service) -> None:
    doorkeeper_seconds = [0.0]
    doorkeeper = Doorkeeper(open_service.store, Clock(), lambda: doorkeeper_seconds[0])
    assert not doorkeeper.needs_keys()
    open_service.key("viewer")
    doorkeeper_seconds[0] = 2.0
    assert doorkeeper.needs_keys()


def test_use_is_noted_and_the_log_names_the_key_and_not_its_secret(
    open_service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    made, shown = open_service.key("viewer")
    with caplog.at_level(logging.INFO, logger="riskapi.access"):
        assert open_service.ask("GET", "/v1/datasets", shown).status_code == 200
    with open_service.store.read() as session:
        (found,) = keys.keys(session)
    assert found.last_used_at is not None
    lines = [vars(record) for record in caplog.records]
    assert any(made.id in str(line) for line in lines)
    assert not any(shown["authorization"][-64:] in str(line) for line in lines)


def test_a_store_that_cannot_be_asked_lets_nobody_in(open_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise told('connection to server at "10.1.2.3" failed')

    monkeypatch.setattr(Store, "read", fails)
    response = open_service.ask("GET", "/v1/datasets")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "10.1.2.3" not in response.text
    assert open_service.ask("GET", "/health").status_code == 200


def test_each_key_has_a_bucket_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "s.sqlite") as one:
        (first, shown), (_, other) = one.key("viewer"), one.key("viewer")
        app = create_app(workspace=workspace, store=one.store, options=Options(rate=1, burst=2))
        from litestar.testing import TestClient

        with TestClient(app) as client:
            statuses = [client.get("/v1/datasets", headers=shown).status_code for _ in range(3)]
            assert statuses == [200, 200, 429]
            assert client.get("/v1/datasets", headers=other).status_code == 200
            guesses = [client.get("/v1/datasets", headers={"x-api-key": f"rk_{n}"}).status_code for n in range(3)]
            assert guesses == [401, 401, 429]
    assert key_or_address(scope_of(**{"riskapi.key_id": first.id})) == f"key {first.id}"


def test_a_service_without_a_store_keeps_nothing_and_says_so(workspace: Workspace) -> None:
    from litestar.testing import TestClient

    with TestClient(create_app(workspace=workspace)) as client:
        refused(client.get("/v1/assessments"), 503, "store-failed")
        assert client.get("/v1/datasets").status_code == 200


@pytest.mark.parametrize(
    "shown", ["Basic !!!", "Basic " + base64.b64encode(b"\xff\xff").decode(), "Basic", "Basic Og=="]
)
def test_a_password_that_cannot_be_read_is_no_key(shown: str) -> None:
    assert presented_key(scope_of(headers={"authorization": shown})) == ""


def test_a_failing_store_makes_the_service_not_ready(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "s.sqlite") as one:
        assert one.ask("GET", "/ready").status_code == 200
        with one.store.write() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        problem = refused(one.ask("GET", "/ready"), 503, "not-ready")
        assert [error["code"] for error in problem["errors"]] == ["store-failed"]
