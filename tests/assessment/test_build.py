"""The answer object: what it shows of rules, gates, evidence and time, and that it is the same bytes every time."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from riskapi.assessment.answer import Answer, answer_schema, to_json
from tests.shipped import AS_OF, shipped_workspace

CONTRACT = {
    "score", "low", "high", "band", "gates", "pillars", "rules", "unknowns", "deal_status", "parties", "comparables",
    "versions", "as_of", "warnings",
}  # fmt: skip


@lru_cache(maxsize=8)
def demo(as_of: date = AS_OF, first: str = "Xiaomi") -> Answer:
    deal: dict[str, Any] = {
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    }
    return shipped_workspace().score(first, "Ford", as_of=as_of, type="joint_venture", **deal)


def test_the_json_has_the_keys_of_the_contract_and_fits_its_schema() -> None:
    data = json.loads(to_json(demo()))
    assert set(data) >= CONTRACT
    schema = answer_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(data)


def test_the_same_question_gives_the_same_bytes() -> None:
    again = shipped_workspace().score(
        "Xiaomi", "Ford", as_of=AS_OF, model_year=2028, market_countries=["US"], activity_country="US",
        sector="automotive", type="joint_venture",
    )  # fmt: skip
    assert to_json(again) == to_json(demo())


def test_every_fired_rule_shows_its_law_its_reason_and_what_decided() -> None:
    rules = [rule for rule in demo().rules if rule.status == "fired"]
    assert len(rules) >= 5
    for rule in rules:
        assert rule.citation, rule.id
        assert rule.because, rule.id
        assert "{" not in rule.because, rule.id
        assert rule.sources, rule.id
        assert all(atom.value is not None for atom in rule.decided_by), rule.id
        assert rule.decided_by, rule.id


def test_every_undetermined_rule_names_a_fact_that_is_not_known() -> None:
    for rule in demo().rules:
        if rule.status == "undetermined":
            assert rule.unknown_facts, rule.id
            assert any(atom.value is None for atom in rule.decided_by), rule.id


def test_a_rule_that_did_not_fire_says_what_would_have_to_change() -> None:
    for rule in demo().rules:
        if rule.status == "not_fired":
            assert rule.needed, rule.id
            assert rule.points == 0, rule.id


def test_gates_come_heaviest_first_and_those_that_apply_before_those_that_may() -> None:
    order = [
        "prohibition",
        "licence_required",
        "mandatory_filing",
        "review_jurisdiction",
        "ineligibility",
        "tariff",
        "disclosure",
    ]
    ranks = [(gate.status != "fired", order.index(gate.gate)) for gate in demo().gates]
    assert ranks == sorted(ranks)


def test_sleeping_rules_tell_when_they_wake_or_ended() -> None:
    for rule in demo(date(2023, 1, 1)).dormant:
        assert rule.state in ("not_yet", "suspended", "ended")
        assert (rule.in_force_from is not None) is (rule.state != "ended")
        if rule.in_force_from is not None:
            assert rule.in_force_from > date(2023, 1, 1)


def test_no_fact_is_shown_without_where_it_comes_from() -> None:
    answer = demo()
    for fact in (*answer.deal, *(item for party in answer.parties for item in party.facts)):
        if fact.value not in (None, ()):
            assert fact.evidence, fact.fact


def test_low_confidence_rows_that_matter_are_warned_of() -> None:
    answer = demo()
    weak = [row.statement for rule in answer.rules for row in rule.evidence if row.confidence == "low" and rule.weight]
    for statement in weak:
        assert any(statement in warning for warning in answer.warnings)


def test_an_untold_market_is_warned_of() -> None:
    answer = shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, type="joint_venture", activity_country="US")
    assert any("market_countries" in warning for warning in answer.warnings)


def test_pillars_give_the_range_in_which_their_points_lie() -> None:
    for pillar in demo().pillars:
        assert pillar.low <= pillar.points <= pillar.high


def test_comparables_ended_before_the_as_of_date_and_are_not_the_deal_itself() -> None:
    for item in demo(date(2024, 6, 1)).comparables:
        assert item.deal.announced_on is None or item.deal.announced_on <= date(2024, 6, 1)
        assert item.deal.outcome_on is None or item.deal.outcome_on <= date(2024, 6, 1)
        assert {item.deal.foreign_company_id, item.deal.host_company_id} != {"xiaomi", "ford"}


def test_a_row_stands_once_behind_a_rule() -> None:
    answer = demo(first="BYD")
    for rule in answer.rules:
        assert len(rule.evidence) == len(set(rule.evidence)), rule.id
