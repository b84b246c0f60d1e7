from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

SCENARIOS = """\
title: Deals of two companies
as_of: 2026-11-22
scenarios:
  - name: large-share
    parties: [alpha, beta]
    deal: {activity_country: US, foreign_stake: 0.5}
    expect:
      fired: [us.test.foreign-share]
      gates: [prohibition]
      higher_than:
        small-share: half against a tenth
  - name: small-share
    like: large-share
    deal: {foreign_stake: 0.1}
    expect:
      not_fired: [us.test.foreign-share]
      gates: []
"""


@pytest.fixture
def deals(small: Settings) -> Path:
    """Scenarios where the program looks for them: beside the rules."""
    file = small.rules.parent / "tests/scenarios/deals.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(SCENARIOS, encoding="utf-8")
    return file


def broken(file: Path) -> None:
    """The scenario with the small share expects the rule to fire."""
    text = file.read_text(encoding="utf-8").replace("not_fired:", "fired:")
    file.write_text(text, encoding="utf-8")


def test_without_scenarios_the_examples_are_run(small: Settings) -> None:
    result = run("rules", "test")
    assert (result.exit_code, result.stdout) == (0, "1 rules, 3 examples: all as expected\n")


def test_scenarios_beside_the_rules_are_run_with_the_examples(deals: Path) -> None:
    result = run("rules", "test")
    assert result.stdout == "1 rules, 3 examples, 2 scenarios: all as expected\n"


def test_a_scenario_that_fails_is_told_with_the_values_behind_it(deals: Path) -> None:
    broken(deals)
    result = run("rules", "test")
    assert result.exit_code == 1
    assert "1 rules, 3 examples, 2 scenarios: 1 fail" in result.stderr
    told = flat(result.stderr)
    line = 1 + next(i for i, text in reversed(list(enumerate(SCENARIOS.splitlines()))) if "not_fired:" in text)
    assert f"deals.yaml:{line}: small-share: us.test.foreign-share is not_fired, fired was expected" in told
    assert "deal.foreign_stake >= 0.25: false (deal.foreign_stake: 10 %)" in told
    assert "would be fired with: deal.foreign_stake >= 0.25 true" in told


def test_an_example_that_fails_is_told_with_the_values_behind_it(small: Settings) -> None:
    write_rules(small.rules, RULE.replace(">= 0.25", ">= 0.75"))
    told = flat(run("rules", "test").stderr)
    assert "deal.foreign_stake >= 0.75: false (deal.foreign_stake: 50 %)" in told


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        (("large-share",), "1 scenario: all as expected"),
        (("us.test",), "1 rules, 3 examples, 2 scenarios: all as expected"),
        (("us.test.foreign-share",), "1 rules, 3 examples, 2 scenarios: all as expected"),
        (("{file}",), "2 scenarios: all as expected"),
        (("{file}", "us.test"), "1 rules, 3 examples, 2 scenarios: all as expected"),
    ],
)
def test_what_is_run_can_be_chosen(deals: Path, targets: tuple[str, ...], line: str) -> None:
    result = run("rules", "test", *(item.format(file=deals) for item in targets))
    assert result.stdout == f"{line}\n", result.stderr


def test_a_folder_of_scenarios_can_be_named(deals: Path, tmp_path: Path) -> None:
    elsewhere = deals.parent.rename(tmp_path / "elsewhere")
    assert "scenario" not in run("rules", "test").stdout
    assert "2 scenarios" in run("rules", "test", "--scenarios", str(elsewhere)).stdout
    missing = run("rules", "test", "--scenarios", str(tmp_path / "nowhere"))
    assert (missing.exit_code, "[no-folder]" in missing.stderr) == (2, True)


def test_a_name_that_is_nothing_is_refused_with_near_ones(deals: Path) -> None:
    result = run("rules", "test", "large-shore")
    assert result.exit_code == 2
    assert "did you mean `large-share`" in flat(result.stderr)


def test_json_holds_every_verdict_and_fails_with_them(deals: Path) -> None:
    assert json.loads(run("rules", "test", "--json").stdout)["summary"] == {"examples": 3, "scenarios": 2, "failed": 0}
    broken(deals)
    result = run("rules", "test", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["summary"]["failed"]) == (1, 1)
    (failed,) = [item for item in told["results"] if not item["passed"]]
    assert (failed["kind"], failed["name"]) == ("scenario", "small-share")


def test_junit_is_written_whether_or_not_anything_fails(deals: Path, tmp_path: Path) -> None:
    broken(deals)
    file = tmp_path / "junit.xml"
    assert run("rules", "test", "--junit", str(file)).exit_code == 1
    root = ET.parse(file).getroot()  # noqa: S314  # written by the program
    assert (root.get("tests"), root.get("failures")) == ("5", "1")
