"""A key in the address, for programs that send no headers: only where allowed, only for matching, only a viewer's."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskapi.workspace import Workspace
from tests.api.kept import Service, service


@pytest.fixture(scope="module")
def one(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(workspace, tmp_path_factory.mktemp("s") / "store.sqlite", reconcile_key_in_address=True) as found:
        yield found


def below(one: Service, scope: str = "viewer") -> str:
    _, header = one.key(scope)
    return "/reconcile/key/" + header["authorization"].removeprefix("Bearer ")


def test_openrefine_matches_with_an_address_alone(one: Service) -> None:
    address = below(one)
    manifest = one.ask("GET", address)
    assert manifest.status_code == 200, manifest.text
    told = manifest.json()
    assert told["suggest"]["entity"]["service_url"].endswith(address)
    assert "rk_" not in told["identifierSpace"] + told["view"]["url"] + told["documentation"]
    queries = {"queries": json.dumps({"q0": {"query": "Xiaomi"}})}
    assert one.ask("POST", address, data=queries).json()["q0"]["result"][0]["id"] == "xiaomi"
    assert one.ask("GET", f"{address}/suggest/entity", params={"prefix": "xiao"}).status_code == 200


@pytest.mark.parametrize("scope", ["analyst", "editor", "admin"])
def test_a_key_that_may_more_is_not_taken_from_an_address(one: Service, scope: str) -> None:
    response = one.ask("GET", below(one, scope))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "key-in-address")


def test_a_wrong_key_in_an_address_is_refused_and_not_repeated(one: Service) -> None:
    address = below(one)[:-4] + "0000"
    response = one.ask("GET", address)
    assert (response.status_code, response.json()["code"]) == (401, "key-refused")
    assert address.rpartition("_")[2] not in response.text


def test_the_key_of_the_address_counts_and_not_one_beside_it(one: Service) -> None:
    _, admin = one.key("admin")
    assert one.ask("GET", below(one)[:-4] + "0000", admin).status_code == 401


@pytest.mark.parametrize("path", ["/v1/datasets", "/v1/scores", "/../v1/datasets", "/%2e%2e/v1/datasets"])
def test_nothing_else_is_reached_through_such_an_address(one: Service, path: str) -> None:
    assert one.ask("GET", below(one) + path).status_code in (401, 404)


def test_no_log_holds_the_key(one: Service, caplog: pytest.LogCaptureFixture) -> None:
    address = below(one)
    with caplog.at_level(logging.DEBUG):
        one.ask("GET", address)
        one.ask("GET", address[:-4] + "0000")
    ours = [record for record in caplog.records if record.name.startswith("riskapi")]
    assert ours
    assert not any("rk_" in str(vars(record)) for record in ours)


def test_where_no_option_allows_it_there_is_no_such_address(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "store.sqlite") as plain:
        address = below(plain)
        assert plain.ask("GET", address).status_code == 401
        assert plain.ask("GET", address, plain.key("viewer")[1]).status_code == 404
