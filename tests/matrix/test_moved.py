from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskapi.matrix.changes import moved_rows
from riskapi.matrix.moved import Movement, movement
from riskapi.matrix.run import run
from riskapi.matrix.single import SinglePairings
from riskapi.scoring.score import Judged
from tests.matrix.questions import planned, question
from tests.shipped import shipped_workspace

CARS = {
    "name": "cars",
    "deal": {
        "type": "greenfield",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    },
}
BEFORE, AFTER = date(2024, 6, 30), date(2026, 11, 22)


def judged(day: date, foreign: str = "byd") -> list[Judged]:
    template = planned(question(["BYD"], ["Ford"], CARS)).templates[0]
    return SinglePairings(shipped_workspace()).judged(foreign, "ford", template, day)


@pytest.fixture(scope="module")
def found() -> Movement:
    card = shipped_workspace().card
    return movement(judged(BEFORE), judged(AFTER), (card, card))


def test_a_law_that_began_between_two_days_is_named_as_the_reason(found: Movement) -> None:
    assert found.is_real
    assert "prohibition" in found.after.gates
    assert "prohibition" not in found.before.gates
    reasons = {item.rule_id: item for item in found.reasons}
    sale = reasons["us.icts.connected-vehicles.manufacturer-sale"]
    assert (sale.before, sale.after) == (None, "fired")
    assert sum(item.points_after - item.points_before for item in found.reasons if "vehicles" in item.rule_id) > 0


def test_a_rule_that_came_without_ever_applying_is_no_reason(found: Movement) -> None:
    assert not [item for item in found.reasons if {item.before, item.after} <= {None, "not_fired"}]


def test_reasons_explain_the_whole_change_of_points(found: Movement) -> None:
    card = shipped_workspace().card
    same = movement(judged(AFTER), judged(AFTER), (card, card))
    assert not same.is_real
    assert same.reasons == ()
    assert sum(item.points_after - item.points_before for item in found.reasons) != 0


def test_answers_without_other_points_count_only_for_the_rules_that_are_asked_for() -> None:
    card = shipped_workspace().card
    told = movement(judged(BEFORE), judged(AFTER), (card, card), frozenset())
    assert told.reasons
    assert all(item.points_before != item.points_after for item in told.reasons)


def test_rows_that_moved_between_two_days_tell_what_came_and_went() -> None:
    plan = planned(question(["BYD", "Toyota"], ["Ford"], CARS, dates=[str(BEFORE), str(AFTER)]))
    rows = pl.concat(run(shipped_workspace(), plan))
    before, after = (rows.filter(pl.col("date") == day) for day in (BEFORE, AFTER))
    moved = moved_rows(before, after)
    first = moved.to_dicts()[0]
    assert first["foreign_id"] == "byd"
    assert first["change"] == pytest.approx(first["score_after"] - first["score_before"], abs=1e-4)
    assert "prohibition:us.icts.connected-vehicles.manufacturer-sale" in first["gates_gained"]
    assert moved["change"].abs().to_list() == sorted(moved["change"].abs().to_list(), reverse=True)
    assert moved_rows(after, after).is_empty()
