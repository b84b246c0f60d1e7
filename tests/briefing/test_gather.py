"""What a briefing holds beside the answer."""

from __future__ import annotations

from typing import Any

from riskapi.assessment.answer import Answer
from riskapi.briefing.gather import briefing_of, duties_of
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


def test_owners_of_both_parties_are_told() -> None:
    briefing = briefing_of(shipped_workspace(), answer())
    assert {holding.party for holding in briefing.ownership} == {"Xiaomi", "Ford"}
