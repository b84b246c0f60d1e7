"""Whole questions through the shipped rules and datasets: what fires, which gates open, where the score lies.

The scenarios are data (`demonstration.yaml`): deals that analysts know, with the law they meet. A failure here means that a
rule, a fact or the scorecard changed an answer that someone checked by hand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskapi.assessment.answer import Answer
from tests.shipped import AS_OF, shipped_workspace

DATA: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("demonstration.yaml").read_text("utf-8")
)
SCENARIOS = {item["name"]: item for item in DATA["scenarios"]}
STATUSES = ("fired", "not_fired", "undetermined")


@cache
def answered(name: str) -> Answer:
    scenario = SCENARIOS[name]
    first, second = scenario["parties"]
    return shipped_workspace().score(first, second, as_of=scenario.get("as_of", AS_OF), **scenario["deal"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_rules_say_what_the_scenario_expects(name: str) -> None:
    expected = {rule: status for status in STATUSES for rule in SCENARIOS[name]["expect"].get(status, [])}
    found = {rule.id: rule.status for rule in answered(name).rules}

    # A rule that is not in force, or whose country has no part in the deal, is not evaluated: it did not fire.
    assert {rule: found.get(rule, "not_fired") for rule in expected} == expected


@pytest.mark.parametrize("name", [name for name, item in SCENARIOS.items() if "gates" in item["expect"]])
def test_gates_that_fire_are_those_expected(name: str) -> None:
    found = {gate.gate for gate in answered(name).gates if gate.status == "fired"}

    assert found == set(SCENARIOS[name]["expect"]["gates"])


@pytest.mark.parametrize("name", [name for name, item in SCENARIOS.items() if "score_between" in item["expect"]])
def test_score_lies_where_it_was_calibrated(name: str) -> None:
    lowest, highest = SCENARIOS[name]["expect"]["score_between"]

    assert lowest <= answered(name).score <= highest


@pytest.mark.parametrize("ordering", DATA["orderings"], ids=lambda ordering: str(ordering["name"]))
def test_riskier_deal_scores_higher(ordering: dict[str, str]) -> None:
    assert answered(ordering["less"]).score < answered(ordering["than"]).score


def test_every_rule_named_in_a_scenario_exists() -> None:
    known = shipped_workspace().book.by_id
    named = {rule for item in SCENARIOS.values() for status in STATUSES for rule in item["expect"].get(status, [])}

    assert named <= set(known)


def test_answer_does_not_depend_on_the_order_of_the_names() -> None:
    scenario = SCENARIOS["xiaomi-joint-venture"]
    first, second = scenario["parties"]
    turned = shipped_workspace().score(second, first, as_of=AS_OF, **scenario["deal"])

    assert turned.score == answered("xiaomi-joint-venture").score


def test_telling_the_stake_narrows_the_interval() -> None:
    open_stake, told = answered("xiaomi-joint-venture"), answered("xiaomi-joint-venture-51")

    assert told.high - told.low < open_stake.high - open_stake.low


def test_stake_control_and_technology_are_most_worth_asking() -> None:
    asked = [unknown.fact for unknown in answered("xiaomi-joint-venture").unknowns[:8]]

    assert {"deal.foreign_stake", "deal.foreign_control", "deal.technologies"} <= set(asked)


def test_few_rules_of_the_demonstration_stay_open() -> None:
    still_open = [rule.id for rule in answered("xiaomi-joint-venture").rules if rule.status == "undetermined"]

    assert len(still_open) <= 45
