from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from riskapi.errors import Problem
from riskapi.rules import SemanticVersion, Step
from riskapi.rules.version import UNVERSIONED
from riskapi.workbench.diff import Aspect, Edit
from riskapi.workbench.diff_step import Needed, needed_step, needed_version
from tests.cli.world import RULE
from tests.workbench.rule_states import SECOND, diff, sides

GATE = ", gate: prohibition"


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("us.test.foreign-share", "us.test.other-share", Step.MAJOR),
        ("gate: prohibition", "gate: licence_required", Step.MAJOR),
        (GATE, "", Step.MAJOR),
        (GATE, f"{GATE}, clock: [{{step: review, days: 30}}]", Step.MINOR),
        ("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.2", Step.MINOR),
        ("when: large_share", "when: large_share\n    unless: deal.heavy_vehicles", Step.MINOR),
        ("{from: 2020-01-01}", "{from: 2020-01-01, to: 2026-12-31}", Step.MINOR),
        ("points: 10", "points: 11", Step.MINOR),
        ("pillar: threat", "pillar: trade", Step.MINOR),
        ("if_unknown: ignore", "if_unknown: caution", Step.MINOR),
        ("title: A quarter", "title: One quarter", Step.PATCH),
        ("citation: Act of Tests, section 7.1", "citation: Act of Tests, section 7.2", Step.PATCH),
        ("{deal.foreign_stake: 0.1}", "{deal.foreign_stake: 0.15}", Step.PATCH),
        ("retrieved: 2026-11-22", "retrieved: 2026-11-23", Step.PATCH),
        ("rules:\n", "# a remark\nrules:\n", Step.NONE),
    ],
)
def test_the_step_says_what_the_change_means(tmp_path: Path, old: str, new: str, step: Step) -> None:
    assert needed_step(diff(tmp_path, (old, new))).step is step


def test_an_added_rule_is_minor_also_with_a_gate_and_a_removed_one_is_major(tmp_path: Path) -> None:
    assert needed_step(sides(tmp_path / "one", (RULE,), (RULE, SECOND)).diff).step is Step.MINOR
    assert needed_step(sides(tmp_path / "two", (RULE, SECOND), (RULE,)).diff).step is Step.MAJOR


def test_the_largest_step_counts_and_all_reasons_are_told(tmp_path: Path) -> None:
    needed = needed_step(diff(tmp_path, ("gate: prohibition", "gate: tariff"), ("authority: Test", "authority: Best")))
    assert needed.step is Step.MAJOR
    assert needed.because == "1 rule with another gate"
    assert [words for _, words in needed.reasons] == [
        "1 rule with another gate",
        "1 instrument with changed particulars",
    ]


@pytest.mark.parametrize(
    ("edit", "step"),
    [
        (Edit(Aspect.POINTS, "base", "-35", "-30"), Step.MINOR),
        (Edit(Aspect.POINTS, "band of severe", "from 85", "from 80"), Step.MINOR),
        (Edit(Aspect.POINTS, "band of severe", "from 85", None), Step.MAJOR),
    ],
)
def test_a_change_of_the_scorecard_is_minor_unless_a_band_is_gone(tmp_path: Path, edit: Edit, step: Step) -> None:
    assert needed_step(replace(diff(tmp_path), scorecard=(edit,))).step is step


def test_a_base_that_cannot_be_read_asks_for_a_minor_step_at_least(tmp_path: Path) -> None:
    found = replace(diff(tmp_path), not_compared=(Problem(code="unknown-fact", detail="gone", file="us/a.yaml"),))
    assert needed_step(found).step is Step.MINOR


@pytest.mark.parametrize(
    ("before", "stated", "step", "wanted"),
    [
        ("1.4.2", "1.4.2", Step.MINOR, "1.5.0"),
        ("1.4.2", "9.0.0", Step.PATCH, "1.4.3"),
        ("1.4.2", "1.4.2", Step.NONE, "1.4.2"),
        ("0.0.0", "0.0.0", Step.PATCH, "1.0.0"),
        ("0.0.0", "0.1.0", Step.MAJOR, "0.1.0"),
    ],
)
def test_the_version_that_fits_follows_from_the_base_and_a_first_one_may_be_any(
    tmp_path: Path, before: str, stated: str, step: Step, wanted: str
) -> None:
    numbers = tuple(SemanticVersion.parse(text) or UNVERSIONED for text in (before, stated))
    found = replace(diff(tmp_path), numbers=(numbers[0], numbers[1]))
    assert str(needed_version(found, Needed(step, ()))) == wanted
