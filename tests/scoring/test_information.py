"""What is worth finding out: trials agree with scoring again from scratch, and are ranked by what they move."""

from __future__ import annotations

from typing import Any

import pytest

from riskapi.facts.vocabulary import Value
from riskapi.scoring.information import critical_values
from tests.rulebook import rule_text, rules_from
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace


def critical(when: str) -> dict[str, set[Value]]:
    (rule,) = rules_from(rule_text("a", when))
    return {name: set(values) for name, values in critical_values(rule, shipped_vocabulary()).items()}


@pytest.mark.parametrize(
    ("when", "fact", "values"),
    [
        ("deal.foreign_stake >= 0.25", "deal.foreign_stake", {0.249, 0.25}),
        ("deal.foreign_stake > 0.25", "deal.foreign_stake", {0.25, 0.251}),
        ("0.25 <= deal.foreign_stake", "deal.foreign_stake", {0.249, 0.25}),
        ("deal.foreign_stake > 0", "deal.foreign_stake", {0, 0.001}),
        ("deal.model_year between 2027 and 2029", "deal.model_year", {2026, 2027, 2029, 2030}),
        ("deal.type in ('licence', 'supply')", "deal.type", {"licence", "supply"}),
        ("'lidar' in deal.technologies", "deal.technologies", {(), ("lidar",)}),
        ("not deal.defence_supplier", "deal.defence_supplier", {True, False}),
    ],
)
def test_both_sides_of_every_threshold_are_tried(when: str, fact: str, values: set[Value]) -> None:
    assert critical(when)[fact] == values


DEAL: dict[str, Any] = {
    "type": "joint_venture",
    "sector": "automotive",
    "activity_country": "US",
    "market_countries": ("US",),
    "model_year": 2028,
}


@pytest.mark.slow
def test_each_trial_is_what_scoring_with_that_fact_gives() -> None:
    workspace = shipped_workspace()
    answer = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **DEAL)
    assert len(answer.unknowns) > 5
    for unknown in answer.unknowns:
        for trial in (unknown.lowest, unknown.highest):
            leaf = unknown.fact.removeprefix("deal.")
            again = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **{**DEAL, leaf: trial.value})
            assert (again.low, again.score, again.high) == pytest.approx(
                (trial.low, trial.score, trial.high), abs=2e-4
            ), unknown.fact


def test_each_assumption_is_what_scoring_with_the_opposite_gives() -> None:
    workspace = shipped_workspace()
    answer = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **DEAL)
    assert {item.fact for item in answer.assumptions} >= {
        "deal.has_specific_authorization",
        "deal.foreign_control_excluded",
    }
    for item in answer.assumptions:
        leaf = item.fact.removeprefix("deal.")
        again = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **{**DEAL, leaf: item.otherwise.value})
        assert again.score == pytest.approx(item.otherwise.score, abs=2e-4), item.fact


def test_unknowns_come_in_the_order_of_what_they_move() -> None:
    answer = shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, **DEAL)
    moves = [item.moves for item in answer.unknowns]
    assert moves == sorted(moves, reverse=True)
    assert all(item.moves >= 0 for item in answer.unknowns)


def test_a_fact_that_was_told_is_not_asked_for() -> None:
    answer = shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, **{**DEAL, "foreign_stake": 0.3})
    assert "deal.foreign_stake" not in {item.fact for item in answer.unknowns}
