from __future__ import annotations

import json

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.workspace import Workspace
from tests.cli import program

pytestmark = pytest.mark.usefixtures("shipped")


def run(*arguments: str) -> tuple[int, str, str]:
    result = program.run("duty", *arguments)
    return result.exit_code, result.stdout, result.stderr


CHINA_US = ("--product", "ev_car", "--from", "CN", "--to", "US", "--on", "2026-11-22")


def test_json_has_the_total_and_every_measure_with_its_law() -> None:
    code, out, _ = run(*CHINA_US, "--maker", "BYD", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["total_pct"] == 127.5
    assert {row["measure_id"]: row["counted_pct"] for row in data["measures"] if row["counts"]} == {
        "us.mfn.ev_car": 2.5,
        "us.301.ev": 100,
        "us.232.auto": 25,
    }
    assert all(row["citation"] and row["why"] for row in data["measures"])
    assert data["maker"] == "byd"


def test_the_history_is_in_the_json_where_it_is_asked_for() -> None:
    data = json.loads(run(*CHINA_US, "--since", "2024-01", "--json")[1])
    assert [row["total_pct"] for row in data["history"]] == [27.5, 102.5, 112.5, 122.5, 147.5, 137.5, 127.5]
    assert data["history"][1]["start"] == "2024-09-27"


def test_the_service_gives_the_same_object(shipped: Workspace) -> None:
    asked = {"product": "ev_car", "from": "CN", "to": "US", "on": "2026-11-22"}
    with TestClient(create_app(workspace=shipped)) as client:
        for more in ({}, {"since": "2024-01", "maker": "BYD"}):
            typed = [part for name, value in more.items() for part in (f"--{name}", value)]
            assert json.loads(run(*CHINA_US, *typed, "--json")[1]) == client.get("/v1/duty", params=asked | more).json()


def test_the_table_shows_what_counts_and_what_does_not() -> None:
    _, out, _ = run(*CHINA_US, "--since", "2024-01")
    assert out.startswith("ev_car of CN into US on 2026-11-22: 127.5 %")
    assert "its last day was" in out
    assert "147.5 %" in out


def test_a_maker_is_found_by_name_and_pays_the_rate_of_who_controls_it() -> None:
    code, out, _ = run(
        "--product", "ev_car", "--from", "CN", "--to", "DE", "--on", "2026-11-22", "--maker", "Zeekr", "--json"
    )
    assert code == 0
    assert json.loads(out)["total_pct"] == 28.8


def test_a_total_that_is_not_known_is_null_with_reasons_and_no_failure() -> None:
    code, out, _ = run("--product", "ev_car", "--from", "TH", "--to", "US", "--on", "2026-11-22", "--json")
    data = json.loads(out)
    assert (code, data["total_pct"]) == (0, None)
    assert data["reasons"]


def test_conditions_can_be_told() -> None:
    goods = ("--product", "ev_car", "--from", "GB", "--to", "US", "--on", "2026-11-22")
    assert json.loads(run(*goods, "--given", "in_quota=no", "--json")[1])["total_pct"] == 27.5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--product", "evcar", "--from", "CN", "--to", "US"), "did you mean `ev_car`"),
        ((*CHINA_US, "--maker", "Zorblax Motors"), "does not settle"),
        ((*CHINA_US, "--given", "quota"), "is not a condition"),
    ],
)
def test_bad_input_is_told_on_standard_error(arguments: tuple[str, ...], told: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())
