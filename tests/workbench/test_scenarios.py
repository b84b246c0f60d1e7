"""The runner says what went against a scenario, asked of the shipped rules and datasets."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from riskapi.errors import Problem
from riskapi.rules import Status
from riskapi.workbench.scenario_file import Scenario, read_scenarios
from riskapi.workbench.scenarios import concerning, run_scenarios
from tests.docs.pages import ROOT
from tests.shipped import shipped_workspace

FOLDER: Path = ROOT / "tests/scenarios"
SALE = "us.icts.connected-vehicles.manufacturer-sale"


@cache
def known() -> dict[str, Scenario]:
    return {item.name: item for item in read_scenarios(FOLDER)}


def plain(name: str = "xiaomi-joint-venture") -> Scenario:
    """A scenario of the project that expects nothing."""
    return replace(
        known()[name], rules={}, gates=None, gates_with=frozenset(), gates_without=frozenset(), bands=(),
        score_between=None, higher_than={},
    )  # fmt: skip


def problems(scenario: Scenario) -> tuple[Problem, ...]:
    (verdict,) = run_scenarios([scenario], shipped_workspace(), known())
    assert verdict.passed == (not verdict.problems)
    return verdict.problems


def test_nothing_expected_is_nothing_wrong() -> None:
    assert problems(plain()) == ()


def test_a_rule_with_another_status_is_told_with_its_line_and_its_sub_expressions() -> None:
    (problem,) = problems(replace(plain(), rules={SALE: Status.NOT_FIRED}, lines={SALE: 99}))
    assert (problem.code, problem.file, problem.line) == ("scenario-failed", "demonstration.yaml", 99)
    assert problem.detail == f"xiaomi-joint-venture: {SALE} is fired, not_fired was expected"
    hint = problem.hint or ""
    assert hint.startswith("as US sees it, foreign: Xiaomi\ndecided by: ")
    assert "deal.model_year >= 2027: true   (deal.model_year: 2028)" in hint
    assert "would be not_fired with" in hint


def test_a_rule_of_a_country_that_the_pairing_does_not_concern_is_told_so() -> None:
    (problem,) = problems(replace(plain(), rules={"gb.nsia.call-in": Status.FIRED}))
    assert "is not_fired, fired was expected" in problem.detail
    assert "does not concern GB" in (problem.hint or "")


def test_a_rule_that_is_not_in_force_is_told_so() -> None:
    (problem,) = problems(replace(plain("xiaomi-early-2023"), rules={SALE: Status.FIRED}))
    assert "the rule is not in force on 2023-01-01" in (problem.hint or "")


def test_a_rule_that_does_not_exist_is_told_with_a_near_one() -> None:
    (problem,) = problems(replace(plain(), rules={SALE[:-1]: Status.FIRED}))
    assert (problem.code, SALE in (problem.hint or "")) == ("rule-unknown", True)


def test_gates_are_all_some_or_none_of_the_named() -> None:
    fired = {"prohibition", "licence_required", "mandatory_filing", "disclosure"}
    assert problems(replace(plain(), gates=frozenset(fired), gates_with=frozenset({"prohibition"}))) == ()
    (all_of,) = problems(replace(plain(), gates=frozenset(fired - {"prohibition"})))
    assert f"prohibition: {SALE}" in (all_of.hint or "")
    (lacking,) = problems(replace(plain(), gates_with=frozenset({"tariff"})))
    assert "no rule opens tariff" in lacking.detail
    (extra,) = problems(replace(plain(), gates_without=frozenset({"prohibition"})))
    assert ("must not: prohibition" in extra.detail, SALE in (extra.hint or "")) == (True, True)


def test_a_score_outside_its_bounds_names_the_reason_and_the_heaviest_rules() -> None:
    (problem,) = problems(replace(plain(), score_between=(0, 1), score_why="nothing stands against it"))
    assert "0 to 1 was expected; nothing stands against it" in problem.detail
    assert "weighs most:\n+" in (problem.hint or "")


def test_another_band_is_told_and_one_that_does_not_exist() -> None:
    (problem,) = problems(replace(plain(), bands=("low", "moderate")))
    assert "low or moderate was expected" in problem.detail
    (unknown,) = problems(replace(plain(), bands=("huge",)))
    assert "there is no band `huge`" in (unknown.hint or "")


def test_an_order_that_does_not_hold_names_the_rules_that_make_the_difference() -> None:
    (problem,) = problems(replace(plain("toyota-joint-venture"), higher_than={"xiaomi-joint-venture": "for a test"}))
    assert "is not above" in problem.detail
    assert "for a test" in problem.detail
    assert "us.icts.foreign-adversaries.control" in (problem.hint or "")


def test_equal_scores_are_no_order() -> None:
    (problem,) = problems(replace(plain(), higher_than={"xiaomi-joint-venture": "itself"}))
    assert "is not above" in problem.detail


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parties": ["Xiaomi", "No such company at all"]}, "name-unknown"),
        ({"deal": {"stake": "1"}}, "unknown-fact"),
        ({"deal": {"type": "jv"}}, "unknown-code"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_problem_of_the_scenario(change: dict[str, object], code: str) -> None:
    (problem, *_) = problems(replace(plain(), question={**plain().question, **change}))
    assert (problem.code, problem.file, problem.line) == (code, "demonstration.yaml", plain().line)


def test_scenarios_that_name_a_rule_are_found() -> None:
    names = {item.name for item in concerning(known().values(), ["gb.nsia.call-in"])}
    assert "nexperia-buys-newport-2021" in names
    assert "xiaomi-joint-venture" not in names
