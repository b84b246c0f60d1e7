"""What a briefing holds beside the answer."""

from __future__ import annotations

from typing import Any

from riskapi.assessment.answer import Answer
from riskapi.briefing.gather import briefing_of, duties_of, usual_grid
from tests.shipped import AS_OF, shipped_workspace


def answer(**deal: Any) -> Answer:
    return shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, type="joint_venture", activity_country="US", **deal)


def borders(**deal: Any) -> list[tuple[str, str]]:
    return [(duty.origin, duty.importer) for duty in duties_of(shipped_workspace(), answer(**deal))]


def test_each_border_between_production_and_market_has_its_duty() -> None:
    made = {"product": "ev_car", "production_countries": ["CN", "US"], "market_countries": ["US", "CA"]}
    assert borders(**made) == [("CN", "US"), ("CN", "CA"), ("US", "CA")]


def test_within_a_customs_territory_there_is_no_border() -> None:
    assert borders(product="ev_car", production_countries=["HU"], market_countries=["DE", "FR"]) == []


def test_without_product_or_market_no_duty_is_worked_out() -> None:
    assert borders(market_countries=["US"], production_countries=["CN"]) == []
    assert borders(product="ev_car", production_countries=["CN"]) == []


def test_a_party_with_a_rate_of_its_own_has_its_duty_beside_the_usual_one() -> None:
    deal: dict[str, Any] = {
        "product": "ev_car",
        "production_countries": ["CN"],
        "market_countries": ["DE"],
        "activity_country": "CN",
    }
    found = shipped_workspace().score("BYD", "Ford", as_of=AS_OF, type="joint_venture", **deal)
    duties = list(duties_of(shipped_workspace(), found))
    assert [duty.maker for duty in duties] == [None, "byd"]
    rates = [{row.measure_id: row.rate_pct for row in duty.measures if row.counts}["eu.cvd.bev"] for duty in duties]
    assert rates == [35.3, 17.0]


def test_the_usual_grid_combines_forms_with_where_the_deal_is_and_where_its_parties_are_controlled_from() -> None:
    grid = usual_grid(answer(market_countries=["US"]))
    assert grid["type"][0] == "joint_venture"
    assert len(set(grid["type"])) == len(grid["type"]) > 3
    assert grid["activity_country"] == ["US", "CN"]


def test_owners_of_both_parties_are_told() -> None:
    briefing = briefing_of(shipped_workspace(), answer())
    assert {holding.party for holding in briefing.ownership} == {"Xiaomi", "Ford"}
