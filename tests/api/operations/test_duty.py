from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.workspace import Workspace

CHINA_US = {"product": "ev_car", "from": "CN", "to": "US", "on": "2026-11-22"}


def test_the_total_comes_with_every_measure_and_its_law(client: TestClient[Any]) -> None:
    answer = client.get("/v1/duty", params=CHINA_US).json()
    assert answer["total_pct"] == 127.5
    assert sum(row["counted_pct"] for row in answer["measures"] if row["counts"]) == 127.5
    assert all(row["citation"] and row["why"] for row in answer["measures"])
    assert answer["history"] is None
    assert answer["versions"]["dataset"]


def test_the_history_is_told_where_it_is_asked_for(client: TestClient[Any]) -> None:
    history = client.get("/v1/duty", params={**CHINA_US, "since": "2024-01"}).json()["history"]
    assert [row["total_pct"] for row in history] == [27.5, 102.5, 112.5, 122.5, 147.5, 137.5, 127.5]


def test_a_maker_pays_its_own_rate(client: TestClient[Any]) -> None:
    europe = {**CHINA_US, "to": "DE"}
    rates = [client.get("/v1/duty", params={**europe, "maker": name}).json()["total_pct"] for name in ("BYD", "Zeekr")]
    assert rates == [27.0, 28.8]


def test_a_day_that_is_not_given_is_today(client: TestClient[Any]) -> None:
    today = {name: value for name, value in CHINA_US.items() if name != "on"}
    assert client.get("/v1/duty", params=today).json()["on"] == "2026-11-22"


def test_a_total_that_is_not_known_is_null_with_reasons(client: TestClient[Any]) -> None:
    answer = client.get("/v1/duty", params={**CHINA_US, "from": "TH"}).json()
    assert answer["total_pct"] is None
    assert answer["reasons"]


@pytest.mark.parametrize(
    ("changed", "parameter"),
    [
        ({"product": "ev_carr"}, "product"),
        ({"to": "ZZ"}, "to"),
        ({"since": "2027-01-01"}, "since"),
        ({"given": "quota"}, "given"),
        ({"maker": "Zorblax Motors"}, "maker"),
    ],
)
def test_what_is_wrong_is_told_with_its_parameter(
    client: TestClient[Any], changed: dict[str, str], parameter: str
) -> None:
    response = client.get("/v1/duty", params={**CHINA_US, **changed})
    assert response.status_code in (400, 422)
    assert parameter in {error["parameter"] for error in response.json()["errors"]}


def test_the_duties_are_read_once(client: TestClient[Any], workspace: Workspace) -> None:
    client.get("/v1/duty", params=CHINA_US)
    assert workspace.duties is workspace.duties
