"""Rules over viewpoints: whose jurisdiction, in force or dormant, two foreign parties."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.engine.evaluate import evaluate
from riskapi.engine.explain import Explainer, explain
from riskapi.facts.assembly import Viewpoint
from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import Value
from riskapi.rules import Status
from tests.rulebook import book_of, rule_text, rules_from
from tests.shipped import AS_OF, shipped_vocabulary


def viewpoint(jurisdiction: str = "US", foreign: int = 0, **facts: Value) -> Viewpoint:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    values = {**defaults(shipped_vocabulary(), AS_OF), **named}
    return Viewpoint(jurisdiction=jurisdiction, foreign=foreign, facts=values)


def test_only_rules_of_a_jurisdiction_concerned_are_evaluated() -> None:
    here = rules_from(rule_text("a", "deal.type = 'licence'"))
    there = rules_from(
        rule_text("b", "deal.type = 'licence'", instrument="cn.test"), instrument="cn.test", jurisdiction="CN"
    )
    outcomes, _ = evaluate(book_of(*here, *there), [viewpoint(deal__type="licence")], AS_OF)
    assert [outcome.rule.id for outcome in outcomes] == ["us.test.a"]


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 6, 30), True),
        (date(2025, 7, 1), False),
        (date(2026, 1, 1), True),
    ],
)
def test_a_rule_sleeps_outside_its_spans_and_in_a_suspension(day: date, listed: bool) -> None:
    spans = "[{from: 2025-01-01, to: 2025-06-30, published: 2024-11-01}, {from: 2026-01-01}]"
    (rule,) = rules_from(rule_text("a", "deal.type = 'licence'", in_force=spans))
    outcomes, dormant = evaluate(book_of(rule), [viewpoint(deal__type="licence")], day)
    assert bool(outcomes) is listed
    assert bool(dormant) is not listed


def test_a_rule_that_would_not_fire_is_not_called_dormant() -> None:
    (rule,) = rules_from(rule_text("a", "deal.type = 'licence'", in_force="[{from: 2030-01-01}]"))
    assert evaluate(book_of(rule), [viewpoint(deal__type="supply")], AS_OF) == ([], [])


_BOTH = [viewpoint(foreign=0, deal__defence_supplier=True), viewpoint(foreign=1, deal__defence_supplier=False)]


def test_with_two_foreign_parties_an_aggravating_rule_fires_for_either() -> None:
    (rule,) = rules_from(rule_text("a", "deal.defence_supplier"))
    outcomes, _ = evaluate(book_of(rule), _BOTH, AS_OF)
    assert (outcomes[0].status, outcomes[0].viewpoint.foreign) == (Status.FIRED, 0)


def test_with_two_foreign_parties_a_mitigating_rule_must_hold_for_both() -> None:
    (rule,) = rules_from(rule_text("a", "deal.defence_supplier", kind="mitigating", points=-5))
    outcomes, _ = evaluate(book_of(rule), _BOTH, AS_OF)
    assert (outcomes[0].status, outcomes[0].viewpoint.foreign) == (Status.NOT_FIRED, 1)


def test_an_exception_lifts_the_rule_and_an_unknown_exception_leaves_it_open() -> None:
    (rule,) = rules_from(rule_text("a", "deal.type = 'licence'", unless="deal.defence_supplier"))
    statuses = [
        rule.evaluate(viewpoint(deal__type="licence", deal__defence_supplier=value).facts)
        for value in (True, False, None)
    ]
    assert statuses == [Status.NOT_FIRED, Status.FIRED, Status.UNDETERMINED]


def test_an_explanation_names_what_decided_and_what_is_needed() -> None:
    (rule,) = rules_from(rule_text("a", "deal.type = 'licence' and deal.model_year >= 2027 and deal.defence_supplier"))
    seen = viewpoint(deal__type="licence", deal__model_year=2026, deal__defence_supplier=True)
    (outcome,), _ = evaluate(book_of(rule), [seen], AS_OF)
    why = explain(outcome)
    assert [words.text for _, words in why.decided_by] == ["deal.model_year >= 2027"]
    assert [words.text for _, words in why.needed] == ["deal.model_year >= 2027"]
    assert why.open_facts == frozenset()


def test_an_undetermined_rule_names_only_facts_that_could_still_decide_it() -> None:
    (rule,) = rules_from(rule_text("a", "deal.type = 'licence' and deal.defence_supplier"))
    (outcome,), _ = evaluate(book_of(rule), [viewpoint(deal__type="licence")], AS_OF)
    assert explain(outcome).open_facts == frozenset({"deal.defence_supplier"})


def test_remembered_explanations_are_those_of_the_same_facts() -> None:
    (rule,) = rules_from(rule_text("a", "deal.model_year >= 2027"))
    explainer = Explainer()
    for year in (2026, 2028, 2026):
        (outcome,), _ = evaluate(book_of(rule), [viewpoint(deal__model_year=year)], AS_OF)
        remembered = explainer.explain_all([outcome])[rule.id]
        fresh = explain(outcome)
        assert remembered == fresh
        assert [atom.value for atom, _ in remembered.decided_by] == [year >= 2027]


def test_numbers_on_the_same_side_of_every_threshold_share_an_explanation() -> None:
    (rule,) = rules_from(rule_text("a", "deal.model_year >= 2027"))
    explainer = Explainer()
    found = []
    for year in (2025, 2026, 2027):
        (outcome,), _ = evaluate(book_of(rule), [viewpoint(deal__model_year=year)], AS_OF)
        found.append(explainer.explain_all([outcome])[rule.id])
    assert found[0] is found[1]
    assert found[1] != found[2]


def test_a_rule_that_nobody_could_know_yet_is_not_told_as_dormant() -> None:
    text = """
  - id: us.test.later
    title: Later
    citation: 15 CFR 1
    kind: aggravating
    in_force: [{{from: 2025-03-17{published}}}]
    when: deal.critical_technology
    effect: {{pillar: vulnerability, points: 5, why: test}}
    if_unknown: ignore
    because: Test.
"""
    (told,) = rules_from(text.format(published=", published: 2025-01-16"))
    (untold,) = rules_from(text.format(published=""))
    assert [told.is_known_on(date(2025, 1, day)) for day in (15, 16)] == [False, True]
    assert [untold.is_known_on(date(2025, 3, day)) for day in (16, 17)] == [False, True]
