from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskapi.backtest.questions import LISTS, Question, Questioner
from riskapi.facts.vocabulary import Value
from tests.backtest.synthetic import announcement
from tests.shipped import shipped_workspace


def question(**fields: Any) -> Question:
    workspace = shipped_workspace()
    return Questioner(workspace.vocabulary, workspace.groups).question(announcement(**fields))


def foreign(announced: str = "2012-05-01", **fields: Any) -> dict[str, Value]:
    return dict(question(foreign_party=fields, announced=announced).request.parties[0].facts)


def deal(**fields: Any) -> dict[str, Value]:
    return dict(question(**fields).request.deal)


def test_it_is_asked_as_of_the_day_before_for_the_foreign_party() -> None:
    request = question(announced="2016-03-01").request
    assert request.as_of == date(2016, 2, 29)
    assert request.foreign_party == request.parties[0].name == "Invented Buyer 0"


def test_both_parties_are_described_and_none_is_looked_up() -> None:
    named = question(foreign_party={"name": "Huawei"}, host_party={"name": "Ford"}).request
    assert [party.inline for party in named.parties] == [True, True]


def test_the_deal_is_told_in_shares_and_dollars() -> None:
    told = deal(stake_pct=14.99, value_usd_m=2.5)
    assert told["deal.foreign_stake"] == pytest.approx(0.1499)
    assert told["deal.value_usd"] == 2_500_000


def test_what_is_not_known_is_not_told() -> None:
    told = deal(
        stake_pct=None, value_usd_m=None, sensitivities={"critical_technology": None, "defence_supplier": False}
    )
    assert told.keys().isdisjoint({"deal.foreign_stake", "deal.value_usd", "deal.critical_technology"})
    assert told["deal.defence_supplier"] is False


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ("none", {"state_ownership": "none", "state_share": 0.0}),
        ("minority", {"state_ownership": "minority"}),
        (
            "majority",
            {"state_ownership": "majority", "state_owner_country": "CN", "cfius_government_interest": 0.5},
        ),
        ("full", {"state_ownership": "full", "state_owner_country": "CN", "state_share": 1.0}),
        ("unknown", {}),
    ],
)
def test_a_share_of_the_state_is_told_only_where_the_word_fixes_it(held: str, expected: dict[str, Value]) -> None:
    facts = foreign(state_ownership=held)
    names = ("state_ownership", "state_owner_country", "state_share", "cfius_government_interest")
    assert {name: facts[name] for name in names if name in facts} == expected


def test_holders_of_a_chinese_owner_are_not_known_and_those_of_a_japanese_one_as_usual() -> None:
    chinese = foreign(country="SG", ultimate_owner_country="CN", announced="2024-05-01")
    assert chinese["covered_nation_share"] is None
    assert "covered_nation_share" not in foreign(country="JP", ultimate_owner_country="JP", announced="2024-05-01")


@pytest.mark.parametrize(
    ("text", "own", "above"),
    [
        ("US Entity List", ("us_entity_list",), ()),
        ("US NDAA 154 (batteries)", ("us_ndaa_154_battery",), ()),
        ("US 1260H (parent)", (), ("us_1260h",)),
        ("US DoD 1237 list (Invented Owner)", (), ("us_ccmc_1237",)),
        ("us_ns_cmic", ("us_ns_cmic",), ()),
    ],
)
def test_a_list_names_the_party_or_its_owner(text: str, own: tuple[str, ...], above: tuple[str, ...]) -> None:
    facts = foreign(lists_at_announcement=[text])
    assert (facts["designations"], facts["owner_designations"]) == (own, above)


@pytest.mark.parametrize("text", ["EU sectoral sanctions", "US Entity List (group subsidiaries)"])
def test_a_list_that_is_none_of_ours_or_names_others_is_noted_and_not_used(text: str) -> None:
    asked = question(foreign_party={"lists_at_announcement": [text]})
    assert asked.request.parties[0].facts["designations"] == ()
    assert asked.unread == (f"lists_at_announcement: {text}",)


def test_every_list_that_records_may_name_is_a_list_of_the_vocabulary() -> None:
    assert set(LISTS.values()) <= set(shipped_workspace().vocabulary.domains["designation_list"])


def test_codes_outside_the_vocabulary_are_not_known_and_noted() -> None:
    asked = question(sector="teleportation", foreign_party={"country": "XX"})
    assert "deal.sector" not in asked.request.deal
    assert "seat_country" not in asked.request.parties[0].facts
    assert asked.unread == ("foreign_party.country: XX", "sector: teleportation")


def test_the_business_is_where_the_government_reviews_it() -> None:
    told = deal(host_country="US", host_party={"country": "NL"})
    assert (told["deal.activity_country"], told["deal.market_countries"]) == ("US", ("US",))


def test_where_the_union_reviews_the_business_is_in_the_country_of_the_host() -> None:
    told = deal(host_country="EU", host_party={"country": "PT"}, announced="2025-05-01")
    assert (told["deal.activity_country"], told["deal.market_countries"]) == ("PT", ("PT",))


def test_a_business_outside_the_union_is_reviewed_for_what_it_sells_there() -> None:
    told = deal(host_country="EU", host_party={"country": "CH"}, announced="2024-02-03")
    markets = told["deal.market_countries"]
    assert told["deal.activity_country"] == "CH"
    assert isinstance(markets, tuple)
    assert {"DE", "FR"} <= set(markets)
    assert {"CH", "GB", "US"}.isdisjoint(markets)
