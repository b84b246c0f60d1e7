"""Which past deals are put beside the one that is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.claims.model import ReportedDeal
from riskapi.scoring.comparables import (
    DEAL_FAMILIES,
    SECTOR_FAMILIES,
    WEIGHTS,
    Comparable,
    ComparableFacts,
    PastDeals,
    Standing,
)

TODAY = date(2026, 11, 22)
GROUPS: Mapping[str, set[str]] = {
    "CN": {"adversary"},
    "RU": {"adversary"},
    "JP": {"ally", "g7"},
    "GB": {"ally", "nato"},
}
ASKED = ComparableFacts(
    foreign_country="CN", activity_country="US", deal_type="joint_venture", sector="automotive", foreign_stake=0.5
)


def deal(deal_id: str = "d", **changes: Any) -> ReportedDeal:
    base = ReportedDeal(
        deal_id=deal_id, title=deal_id, foreign_name="Alpha", foreign_company_id="alpha", foreign_country="CN",
        host_name="Beta", host_company_id="beta", activity_country="US", deal_type="joint_venture", sector="automotive",
        foreign_share=50.0, announced_on=date(2020, 1, 1), outcome="cleared", outcome_on=date(2021, 1, 1),
        source_url="https://example.org", confidence="high",
    )  # fmt: skip
    return replace(base, **changes)


def nearest(
    *deals: ReportedDeal, asked: ComparableFacts = ASKED, as_of: date = TODAY, **more: Any
) -> tuple[Comparable, ...]:
    return PastDeals(deals, groups=GROUPS, state_ownership={"alpha": "majority"}).nearest(asked, as_of, **more)


def distance(asked: ComparableFacts = ASKED, **changes: Any) -> float:
    (found,) = nearest(deal(**changes), asked=asked)
    return found.distance


def test_a_deal_alike_in_every_known_fact_has_distance_0() -> None:
    (found,) = nearest(deal())
    assert found.distance == 0
    assert found.standing(Standing.SAME) == (
        "foreign_country", "activity_country", "deal_type", "sector", "foreign_stake",
    )  # fmt: skip
    assert (found.deal.outcome, found.deal.source_url, found.deal.confidence) == (
        "cleared",
        "https://example.org",
        "high",
    )


def test_a_deal_unlike_in_every_fact_has_distance_1() -> None:
    asked = replace(ASKED, foreign_stake=0.0)
    unlike = {"foreign_country": "JP", "activity_country": "DE", "deal_type": "supply", "sector": "banking"}
    assert distance(asked, foreign_share=100.0, **unlike) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"foreign_country": "RU"}, 3 * 0.25 / 10),
        ({"foreign_country": "JP"}, 3 * 1.0 / 10),
        ({"activity_country": "CA"}, 2 * 1.0 / 10),
        ({"deal_type": "minority_stake"}, 2 * 0.5 / 10),
        ({"deal_type": "supply"}, 2 * 1.0 / 10),
        ({"sector": "ev_battery"}, 2 * 0.5 / 10),
        ({"sector": "banking"}, 2 * 1.0 / 10),
        ({"foreign_share": 75.0}, 1 * 0.25 / 10),
    ],
)
def test_each_fact_weighs_what_the_text_says(changes: dict[str, Any], expected: float) -> None:
    assert distance(**changes) == pytest.approx(expected)


def test_countries_are_as_near_as_the_groups_they_share() -> None:
    assert distance(replace(ASKED, foreign_country="JP"), foreign_country="GB") == pytest.approx(
        3 * (1 - 0.75 / 3) / 10
    )


def test_state_ownership_is_compared_by_steps() -> None:
    assert distance(ComparableFacts(state_ownership="none")) == pytest.approx(2 / 3)
    assert distance(ComparableFacts(state_ownership="majority")) == 0


@pytest.mark.parametrize("fact", ["foreign_country", "activity_country", "deal_type", "sector", "foreign_share"])
def test_a_fact_not_known_of_the_past_deal_is_neither_alike_nor_unlike(fact: str) -> None:
    unknown: dict[str, Any] = {fact: None}
    (found,) = nearest(deal(**unknown))
    name = "foreign_stake" if fact == "foreign_share" else fact
    assert found.standing(Standing.NOT_KNOWN) == (name,)
    assert found.distance == pytest.approx(WEIGHTS[name] * 0.5 / 10)


def test_two_unknown_facts_are_not_a_match() -> None:
    asked = replace(ASKED, sector=None)
    (found,) = nearest(deal(sector=None), asked=asked)
    assert "sector" not in {fact.fact for fact in found.facts}


def test_the_code_other_is_no_match_for_itself() -> None:
    assert distance(deal_type="other") == pytest.approx(2 * 0.5 / 10)
    (found,) = nearest(deal(deal_type="other"), asked=replace(ASKED, deal_type="other"))
    assert "deal_type" not in {fact.fact for fact in found.facts}


def test_with_no_fact_known_nothing_is_comparable() -> None:
    assert nearest(deal(), asked=ComparableFacts()) == ()


@pytest.mark.parametrize(
    ("changes", "as_of", "count"),
    [
        ({}, date(2020, 12, 31), 0),
        ({}, date(2021, 1, 1), 1),
        ({"announced_on": date(2021, 1, 1)}, date(2021, 1, 1), 0),
        ({"announced_on": date(2021, 1, 1)}, date(2021, 1, 2), 1),
        ({"outcome_precision": "year"}, date(2021, 6, 1), 0),
        ({"outcome_precision": "year"}, date(2021, 12, 31), 1),
        ({"outcome": "pending"}, TODAY, 0),
        ({"outcome": None}, TODAY, 0),
        ({"outcome_on": None}, TODAY, 0),
        ({"announced_on": None}, TODAY, 0),
    ],
)
def test_only_deals_announced_and_ended_by_the_date_are_drawn_on(
    changes: dict[str, Any], as_of: date, count: int
) -> None:
    assert len(nearest(deal(**changes), as_of=as_of)) == count


@pytest.mark.parametrize(
    ("parties", "count"),
    [
        (("alpha", "beta"), 0),
        (("beta", "alpha"), 0),
        (("ALPHA", "Beta"), 0),
        (("alpha", "gamma"), 1),
        (("alpha",), 1),
        (("alpha", ""), 1),
        ((), 1),
    ],
)
def test_a_deal_between_the_same_two_parties_is_left_out(parties: tuple[str, ...], count: int) -> None:
    assert len(nearest(deal(), parties=parties)) == count


def test_the_nearest_come_first_and_ties_go_to_the_later_outcome_then_the_id() -> None:
    later = date(2022, 1, 1)
    deals = [
        deal("far", sector="banking"),
        deal("b"),
        deal("c", outcome_on=later),
        deal("a"),
        deal("d", outcome_on=later),
    ]
    for order in (deals, deals[::-1]):
        assert [found.deal.deal_id for found in nearest(*order)] == ["c", "d", "a", "b", "far"]
    assert [found.deal.deal_id for found in nearest(*deals, limit=2)] == ["c", "d"]


def test_names_play_no_part() -> None:
    assert nearest(deal(title="X", host_name="Y", foreign_name="Z"))[0].distance == nearest(deal())[0].distance


def test_families_do_not_overlap() -> None:
    for families in (DEAL_FAMILIES, SECTOR_FAMILIES):
        codes = [code for family in families for code in family]
        assert len(codes) == len(set(codes))


FACTS = st.builds(
    ComparableFacts,
    foreign_country=st.sampled_from([None, "CN", "RU", "JP"]),
    activity_country=st.sampled_from([None, "US", "DE"]),
    deal_type=st.sampled_from([None, "other", "joint_venture", "supply"]),
    sector=st.sampled_from([None, "automotive", "banking"]),
    state_ownership=st.sampled_from([None, "none", "full"]),
    foreign_stake=st.none() | st.floats(0, 1),
)
DEALS = st.builds(
    lambda days, length, country, sector, share: deal(
        f"d{days}-{length}",
        announced_on=TODAY - timedelta(days=days),
        outcome_on=TODAY + timedelta(days=length - days),
        foreign_country=country,
        sector=sector,
        foreign_share=share,
    ),
    st.integers(-100, 900),
    st.integers(0, 900),
    st.sampled_from([None, "CN", "RU", "JP"]),
    st.sampled_from([None, "automotive", "banking"]),
    st.none() | st.floats(0, 100),
)


@given(asked=FACTS, deals=st.lists(DEALS, max_size=8))
def test_distances_lie_between_0_and_1_in_order_and_nothing_is_of_the_future(
    asked: ComparableFacts, deals: list[ReportedDeal]
) -> None:
    found = nearest(*deals, asked=asked)
    distances = [one.distance for one in found]
    assert distances == sorted(distances)
    assert all(0 <= one <= 1 for one in distances)
    for one in found:
        assert one.deal.outcome_on is not None
        assert one.deal.outcome_on <= TODAY


def test_500_deals_are_searched_in_about_a_millisecond() -> None:
    sectors = sorted(code for family in SECTOR_FAMILIES for code in family)
    many = [
        deal(
            f"d{i}",
            sector=sectors[i % len(sectors)],
            foreign_country="CNRUJPGB"[i % 4 * 2 :][:2],
            foreign_share=i % 100,
        )
        for i in range(500)
    ]
    past = PastDeals(many, groups=GROUPS)
    asked = replace(ASKED, state_ownership="none")
    times = []
    for _ in range(20):
        start = perf_counter()
        past.nearest(asked, TODAY, parties=("xiaomi", "ford"))
        times.append(perf_counter() - start)
    assert min(times) < 0.004  # four times the aim: this host is shared
