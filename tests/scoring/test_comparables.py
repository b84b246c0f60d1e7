"""Which past deals are put beside the one that is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.claims.model import ReportedDeal
from riskapi.scoring.comparables import Called, Comparable, PastDeals
from riskapi.scoring.likeness import (
    RULES_WEIGHT,
    SECTOR_FAMILIES,
    WEIGHTS,
    ComparableFacts,
    RuleProfile,
    Standing,
    distance,
)
from tests.scoring.past_facts import FACTS, SAID, place, profile

TODAY = date(2026, 11, 22)
TOTAL = sum(WEIGHTS.values())
OWNERSHIP = {"alpha": "majority"}


CN, US = place("CN"), place("US")
ASKED = ComparableFacts(
    foreign_country=CN, activity_country=US, deal_type="joint_venture", sector="automotive", foreign_stake=0.5,
    state_ownership="majority",
)  # fmt: skip


def deal(deal_id: str = "d", **changes: Any) -> ReportedDeal:
    base = ReportedDeal(
        deal_id=deal_id, title=deal_id, foreign_name="Alpha", foreign_company_id="alpha", foreign_country="CN",
        host_name="Beta", host_company_id="beta", activity_country="US", deal_type="joint_venture", sector="automotive",
        foreign_share=50.0, announced_on=date(2020, 1, 1), outcome="cleared", outcome_on=date(2021, 1, 1),
        summary="Cleared in 2021.", source_url="https://example.org", confidence="high",
    )  # fmt: skip
    return replace(base, **changes)


def facts_of(past: ReportedDeal) -> ComparableFacts:
    return ComparableFacts(
        foreign_country=place(past.foreign_country) if past.foreign_country else None,
        activity_country=place(past.activity_country) if past.activity_country else None,
        deal_type=past.deal_type,
        sector=past.sector,
        state_ownership=OWNERSHIP.get(past.foreign_company_id or ""),
        foreign_stake=None if past.foreign_share is None else past.foreign_share / 100,
    )


def nearest(
    *deals: ReportedDeal, asked: ComparableFacts = ASKED, as_of: date = TODAY, **more: Any
) -> tuple[Comparable, ...]:
    return PastDeals(deals, facts=facts_of).nearest(asked, as_of, **more)


def gap(asked: ComparableFacts = ASKED, **changes: Any) -> float:
    (found,) = nearest(deal(**changes), asked=asked)
    return found.distance


def test_a_deal_alike_in_every_fact_has_distance_0_and_shows_its_outcome_and_source() -> None:
    (found,) = nearest(deal())
    assert found.distance == 0
    assert found.standing(Standing.SAME) == tuple(WEIGHTS)
    assert found.outcome_known
    assert (found.deal.outcome, found.deal.source_url, found.deal.confidence) == (
        "cleared",
        "https://example.org",
        "high",
    )


def test_a_deal_unlike_in_every_fact_has_distance_1() -> None:
    unlike = {
        "foreign_country": "JP", "activity_country": "DE", "deal_type": "supply", "sector": "banking",
        "foreign_company_id": None,
    }  # fmt: skip
    asked = replace(ASKED, foreign_stake=0.0, state_ownership=None)
    assert gap(asked, foreign_share=100.0, **unlike) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"foreign_country": "RU"}, 3 * 0.25),
        ({"foreign_country": "JP"}, 3 * 1.0),
        ({"activity_country": "CA"}, 2 * 1.0),
        ({"deal_type": "minority_stake"}, 2 * 0.5),
        ({"deal_type": "supply"}, 2 * 1.0),
        ({"sector": "ev_battery"}, 2 * 0.5),
        ({"sector": "banking"}, 2 * 1.0),
        ({"foreign_share": 75.0}, 1 * 0.25),
    ],
)
def test_each_fact_weighs_what_the_text_says(changes: dict[str, Any], expected: float) -> None:
    assert gap(**changes) == pytest.approx(expected / TOTAL)


def test_countries_are_as_near_as_the_groups_they_share() -> None:
    asked = replace(ASKED, foreign_country=place("JP"))
    assert gap(asked, foreign_country="GB") == pytest.approx(3 * (1 - 0.75 / 3) / TOTAL)


@pytest.mark.parametrize("fact", ["foreign_country", "activity_country", "deal_type", "sector", "foreign_share"])
def test_a_fact_not_known_of_the_past_deal_is_neither_alike_nor_unlike(fact: str) -> None:
    unknown: dict[str, Any] = {fact: None}
    (found,) = nearest(deal(**unknown))
    name = "foreign_stake" if fact == "foreign_share" else fact
    assert found.standing(Standing.NOT_KNOWN) == (name,)
    assert found.distance == pytest.approx(WEIGHTS[name] * 0.5 / TOTAL)


def test_what_neither_knows_is_left_out_and_is_no_match() -> None:
    (found,) = nearest(deal(sector=None), asked=replace(ASKED, sector=None))
    assert "sector" not in {fact.fact for fact in found.facts}
    assert found.distance == 0


def test_the_code_other_is_no_match_for_itself() -> None:
    assert gap(deal_type="other") == pytest.approx(2 * 0.5 / TOTAL)
    (found,) = nearest(deal(deal_type="other"), asked=replace(ASKED, deal_type="other"))
    assert "deal_type" not in {fact.fact for fact in found.facts}


def test_with_no_fact_known_nothing_is_comparable() -> None:
    assert nearest(deal(), asked=ComparableFacts()) == ()


# What was known on a day


@pytest.mark.parametrize(
    ("changes", "as_of", "shown"),
    [
        ({}, date(2020, 1, 1), False),
        ({}, date(2020, 1, 2), True),
        ({"announced_precision": "year"}, date(2020, 6, 1), False),
        ({"announced_precision": "year"}, date(2021, 1, 1), True),
        ({"announced_on": None}, TODAY, False),
    ],
)
def test_only_deals_announced_before_the_date_are_drawn_on(changes: dict[str, Any], as_of: date, shown: bool) -> None:
    assert bool(nearest(deal(**changes), as_of=as_of)) is shown


@pytest.mark.parametrize(
    ("changes", "as_of", "known"),
    [
        ({}, date(2020, 12, 31), False),
        ({}, date(2021, 1, 1), True),
        ({"outcome_precision": "year"}, date(2021, 6, 1), False),
        ({"outcome_precision": "year"}, date(2021, 12, 31), True),
        ({"outcome": "pending", "outcome_on": None}, TODAY, False),
        ({"outcome": None, "outcome_on": None}, TODAY, False),
        ({"outcome_on": None}, TODAY, False),
    ],
)
def test_an_outcome_that_was_not_known_then_is_not_shown(changes: dict[str, Any], as_of: date, known: bool) -> None:
    (found,) = nearest(deal(**changes), as_of=as_of)
    assert found.outcome_known is known
    assert (found.deal.outcome is not None) is known
    assert (found.deal.outcome_on is not None) is known


def test_a_summary_that_tells_of_a_later_year_is_left_out() -> None:
    late = deal(summary="Cleared in 2021; unwound in 2024.")
    assert nearest(late, as_of=date(2022, 1, 1))[0].deal.summary is None
    assert nearest(late, as_of=TODAY)[0].deal.summary == late.summary


# Its own case


def called(*names: str | tuple[str | None, str]) -> tuple[Called, Called]:
    one, other = (
        Called(company_id=None, name=n) if isinstance(n, str) else Called(company_id=n[0], name=n[1]) for n in names
    )
    return one, other


@pytest.mark.parametrize(
    ("parties", "shown"),
    [
        (called(("alpha", "A"), ("beta", "B")), False),
        (called(("beta", "B"), ("alpha", "A")), False),
        (called("ALPHA Inc.", "Beta"), False),
        (called("Alpha Motors China", "Beta"), False),
        (called("Alpha", "Gamma"), True),
        (called("Alphabet", "Beta"), True),
        (called("Alpha", "Alpha"), True),
        (None, True),
    ],
)
def test_a_deal_between_the_same_two_parties_is_left_out(parties: tuple[Called, Called] | None, shown: bool) -> None:
    assert bool(nearest(deal(), parties=parties)) is shown


def test_names_play_no_part_in_the_distance() -> None:
    assert gap(title="X", host_name="Y", foreign_name="Z") == gap()


# Order


def test_the_nearest_come_first_and_ties_go_to_the_later_announcement_then_the_id() -> None:
    later = date(2020, 6, 1)
    deals = [
        deal("far", sector="banking"),
        deal("b"),
        deal("c", announced_on=later),
        deal("a"),
        deal("d", announced_on=later),
    ]
    for order in (deals, deals[::-1]):
        assert [found.deal.deal_id for found in nearest(*order)] == ["c", "d", "a", "b", "far"]
    assert [found.deal.deal_id for found in nearest(*deals, limit=2)] == ["c", "d"]


# Rules


def test_of_two_deals_alike_in_facts_the_one_whose_rules_fire_alike_is_nearer() -> None:
    said = {"x": profile("a", "b"), "y": profile("a"), "z": profile("c")}
    past = PastDeals([deal(name) for name in "xyz"], facts=facts_of, rules=lambda one: said[one.deal_id])
    found = past.nearest(ASKED, TODAY, rules=profile("a", "b"))
    assert [one.deal.deal_id for one in found] == ["x", "y", "z"]
    assert [one.distance for one in found] == pytest.approx(
        [0, RULES_WEIGHT * 0.5 / (TOTAL + RULES_WEIGHT), RULES_WEIGHT / (TOTAL + RULES_WEIGHT)]
    )
    second = found[1].rules
    assert second is not None
    assert ([r.id for r in second.both], [r.id for r in second.only_asked], second.only_past) == (["a"], ["b"], ())
    assert found[1].scored is not None
    assert (found[1].scored.on, found[1].scored.score) == (date(2020, 1, 1), 20)


def test_the_rules_are_asked_once_for_a_deal_and_only_where_it_may_come_near() -> None:
    asked: list[str] = []

    def rules_of(one: ReportedDeal) -> RuleProfile:
        asked.append(one.deal_id)
        return profile("a")

    far = {"foreign_country": "JP", "activity_country": "DE", "deal_type": "supply", "sector": "banking"}
    past = PastDeals([deal("near"), deal("far", **far)], facts=facts_of, rules=rules_of)
    for _ in range(2):
        past.nearest(ASKED, TODAY, rules=profile("a"), limit=1)
    assert asked == ["near"]


def test_all_deals_can_be_read_before_anybody_asks() -> None:
    asked: list[str] = []

    def rules_of(one: ReportedDeal) -> RuleProfile:
        asked.append(one.deal_id)
        return profile("a")

    past = PastDeals([deal("x"), deal("y", sector="banking")], facts=facts_of, rules=rules_of)
    past.read_all()
    past.nearest(ASKED, TODAY, rules=profile("a"))
    assert sorted(asked) == ["x", "y"]


DEALS = st.builds(
    lambda days, length, country, sector, share: deal(
        f"d{days}-{length}-{country}-{sector}-{share}",
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


@given(asked=FACTS, deals=st.lists(DEALS, max_size=8, unique_by=lambda one: one.deal_id), rules=SAID, data=st.data())
def test_the_search_finds_the_nearest_of_all_and_nothing_of_the_future(
    asked: ComparableFacts, deals: list[ReportedDeal], rules: RuleProfile, data: st.DataObject
) -> None:
    said = {one.deal_id: data.draw(SAID) for one in deals}
    past = PastDeals(deals, facts=facts_of, rules=lambda one: said[one.deal_id])
    found = past.nearest(asked, TODAY, rules=rules, limit=3)
    if asked == ComparableFacts() or asked == ComparableFacts(deal_type="other"):
        assert found == ()
        return
    eligible = [one for one in deals if one.announced_on is not None and one.announced_on < TODAY]
    every = sorted(distance(asked, facts_of(one), (rules, said[one.deal_id])) for one in eligible)
    assert [one.distance for one in found] == every[:3]
    for one in found:
        assert one.deal.announced_on is not None
        assert one.deal.announced_on < TODAY
        assert one.deal.outcome_on is None or one.deal.outcome_on <= TODAY


def test_500_deals_are_searched_in_milliseconds() -> None:
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
    past = PastDeals(many, facts=facts_of, rules=lambda _: profile("a"))
    times = []
    for _ in range(20):
        start = process_time()
        past.nearest(ASKED, TODAY, rules=profile("a"), parties=called("Xiaomi", "Ford"))
        times.append(process_time() - start)
    assert min(times) < 0.012  # several times the aim: the processors are shared
