"""Past deals as the rules of their day saw them, on the shipped deals, rules and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskapi.claims.model import ReportedDeal
from riskapi.scoring.likeness import distance
from riskapi.scoring.past import PastReader
from tests.shipped import shipped_workspace

GROUPS_BEGAN = date(2021, 1, 19)  # first day of the foreign adversaries of 15 CFR 791.4 in the shipped groups


@pytest.fixture(scope="module")
def reader() -> PastReader:
    return shipped_workspace().past_reader


def xpeng(day: date, **changes: object) -> ReportedDeal:
    base = ReportedDeal(
        deal_id="made-up", title="Made up", foreign_name="A carmaker", foreign_country="CN", host_name="A maker",
        host_country="US", activity_country="US", deal_type="joint_venture", sector="automotive", announced_on=day,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of one class


def test_country_groups_are_those_of_the_day_of_the_announcement(reader: PastReader) -> None:
    before, after = (reader.facts(xpeng(day)).foreign_country for day in (date(2020, 1, 1), GROUPS_BEGAN))
    assert before is not None
    assert after is not None
    assert "us_foreign_adversary_15cfr791" not in before.groups
    assert before.groups != after.groups


def test_only_rules_in_force_on_the_day_fire(reader: PastReader) -> None:
    for day in (date(2010, 1, 1), date(2026, 1, 1)):
        fired = reader.rules(xpeng(day)).fired
        assert fired
        assert all(reader.book.by_id[rule].is_in_force(day) for rule in fired)
    assert len(reader.rules(xpeng(date(2026, 1, 1))).fired) > len(reader.rules(xpeng(date(2010, 1, 1))).fired)


def test_what_became_of_a_deal_changes_nothing(reader: PastReader) -> None:
    day = date(2024, 1, 1)
    ended = xpeng(day, outcome="prohibited", outcome_on=date(2025, 1, 1), summary="Banned.")
    assert reader.facts(ended) == reader.facts(xpeng(day))
    assert reader.rules(ended) == reader.rules(xpeng(day))


def test_every_shipped_deal_can_be_read_and_is_at_distance_0_from_itself(reader: PastReader) -> None:
    for deal in reader.ledger.deals():
        if deal.announced_on is not None:
            facts, rules = reader.facts(deal), reader.rules(deal)
            assert distance(facts, facts, (rules, rules)) == 0, deal.deal_id


def test_a_question_about_a_past_deal_shows_others_and_never_that_deal() -> None:
    workspace = shipped_workspace()
    deals = [d for d in workspace.ledger.deals() if d.foreign_company_id and d.host_company_id and d.announced_on][::12]
    for deal in deals:
        answer = workspace.score(
            deal.foreign_company_id or "", deal.host_company_id or "", as_of="2026-11-22", type=deal.deal_type,
            sector=deal.sector, activity_country=deal.activity_country, foreign_party=deal.foreign_company_id,
        )  # fmt: skip
        pairs = [{item.deal.foreign_company_id, item.deal.host_company_id} for item in answer.comparables]
        assert len(pairs) == 5
        assert {deal.foreign_company_id, deal.host_company_id} not in pairs


@pytest.mark.parametrize("as_of", [date(2016, 6, 1), date(2022, 3, 1)])
def test_nothing_later_than_the_day_is_shown(as_of: date) -> None:
    answer = shipped_workspace().score(
        "Geely", "Ford", as_of=as_of, type="joint_venture", sector="automotive", activity_country="US"
    )
    assert len(answer.comparables) == 5
    for item in answer.comparables:
        assert item.deal.announced_on is not None
        assert item.deal.announced_on < as_of
        assert item.deal.outcome_on is None or item.deal.outcome_on <= as_of
        assert item.outcome_known is (item.deal.outcome is not None)
        assert all(claim.made_on <= as_of for claim in item.deal.claims)
        assert item.scored is not None
        assert item.scored.on < as_of
