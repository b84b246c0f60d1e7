from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.workspace import Workspace
from tests.cli.program import flat, run

XIAOMI_FORD = "us-2026-ford-xiaomi-jv"
ON = ("--as-of", "2026-11-22")

pytestmark = pytest.mark.usefixtures("shipped")


def listed(*arguments: str) -> dict[str, Any]:
    result = run("deals", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_the_latest_deals_come_first_and_the_rest_is_counted(shipped: Workspace) -> None:
    answer = listed(*ON, "--limit", "5")
    days = [shown["known_from"] for shown in answer["deals"]]
    assert days == sorted(days, reverse=True)
    assert len(days) == 5
    assert answer["total"] == len(shipped.ledger.deals())
    assert f"{answer['total']} deals on record on 2026-11-22; the latest 5" in flat(
        run("deals", *ON, "--limit", "5").stdout
    )


def test_the_deals_of_a_party_with_their_status() -> None:
    text = flat(run("deals", *ON, "--party", "Xiaomi").stdout)
    assert XIAOMI_FORD in text
    assert "denied categorically" in text
    assert "cnooc" not in text.casefold()


def test_a_status_is_that_of_the_day() -> None:
    found = [shown["deal"]["deal_id"] for shown in listed(*ON, "--status", "denied_by_one")["deals"]]
    assert XIAOMI_FORD in found
    before = listed("--as-of", "2026-01-30", "--status", "denied_by_one")
    assert XIAOMI_FORD not in {shown["deal"]["deal_id"] for shown in before["deals"]}


def test_nothing_on_record_is_told_and_no_failure() -> None:
    result = run("deals", "--as-of", "1970-01-01")
    assert result.exit_code == 0
    assert "No deal of this kind was on record on 1970-01-01" in result.stdout


def test_a_deal_is_shown_with_grades_and_contradictions_side_by_side() -> None:
    text = flat(run("deals", "show", XIAOMI_FORD, *ON).stdout)
    assert "Denied categorically by one speaker, in part by another" in text
    assert "B4: usually reliable, doubtful" in text
    assert "What contradicts what" in text
    assert "says so denies it" in text
    assert "A narrow denial" in text


def test_before_the_report_there_is_nothing_to_show() -> None:
    text = flat(run("deals", "show", XIAOMI_FORD, "--as-of", "2026-01-30").stdout)
    assert "No report on record" in text
    assert "Financial Times" not in text


def test_the_service_gives_the_same_objects(shipped: Workspace) -> None:
    with TestClient(create_app(workspace=shipped, clock=lambda: date(2026, 11, 22))) as client:
        shown = client.get(f"/v1/deals/{XIAOMI_FORD}").json()
        page = client.get("/v1/deals", params={"party": "Ford"}).json()
    assert json.loads(run("deals", "show", XIAOMI_FORD, *ON, "--json").stdout) == shown
    answer = listed(*ON, "--party", "Ford")
    in_order = sorted(answer.pop("deals"), key=lambda shown: shown["deal"]["deal_id"])
    assert in_order == page.pop("deals")
    assert answer == {name: value for name, value in page.items() if name != "next_cursor"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "us-2026-ford-xiaomi-j"), f"did you mean `{XIAOMI_FORD}`"),
        (("--status", "reportd"), "did you mean `reported`"),
        (("--party", "Zorblax Motors"), "does not settle on one company"),
        (("--as-of", "2026-13-01"), "is not a date"),
        (("--limit", "0"), "--limit"),
        (("--as-of", "2020-01-01", "show", XIAOMI_FORD), "is an option of the list"),
    ],
)
def test_bad_input_is_told_on_standard_error(arguments: tuple[str, ...], told: str) -> None:
    result = run("deals", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in flat(result.stderr)
