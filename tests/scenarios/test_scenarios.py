"""Whole questions through the shipped rules and datasets: what fires, which gates open, which deal weighs more.

The scenarios are data (the files of this folder): deals that analysts know, with the law they meet. `riskapi rules test` runs
them with the same runner. A failure here means that a rule, a fact or the scorecard changed an answer checked by hand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from riskapi.assessment.answer import Answer
from riskapi.workbench.scenario_file import Scenario, read_scenarios
from riskapi.workbench.scenarios import run_scenarios
from tests.shipped import shipped_workspace


@cache
def scenarios() -> dict[str, Scenario]:
    return {item.name: item for item in read_scenarios(Path(__file__).parent)}


@cache
def answered(name: str) -> Answer:
    scenario = scenarios()[name]
    return shipped_workspace().ask(dict(scenario.question), today=scenario.as_of)


@pytest.mark.slow
def test_every_scenario_holds() -> None:
    verdicts = run_scenarios(tuple(scenarios().values()), shipped_workspace())

    assert "\n".join(str(problem) for verdict in verdicts for problem in verdict.problems) == ""


def test_there_are_scenarios_of_many_years_and_jurisdictions() -> None:
    asked = scenarios().values()

    assert len({item.file for item in asked}) > 8
    assert {item.as_of.year for item in asked} >= {2005, 2012, 2016, 2018, 2020, 2022, 2024, 2026}
    assert {str(item.question["deal"]["activity_country"]) for item in asked} >= {"US", "GB", "DE", "CA"}


def test_answer_does_not_depend_on_the_order_of_the_names() -> None:
    scenario = scenarios()["xiaomi-joint-venture"]
    question = {**scenario.question, "parties": scenario.question["parties"][::-1]}
    turned = shipped_workspace().ask(question, today=scenario.as_of)

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
