"""`riskapi rules coverage` and `riskapi rules mutate` over one rule."""

from __future__ import annotations

import json

import pytest

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

#: What RULE lacks: both sides of its threshold, and its first day.
MISSING = """\
      - {name: a quarter, given: {deal.foreign_stake: 0.25}, expect: fired}
      - {name: less, given: {deal.foreign_stake: 0.249}, expect: not_fired}
      - {name: first day, as_of: 2020-01-01, given: {deal.foreign_stake: 0.5}, expect: fired}
      - {name: day before, as_of: 2019-12-31, given: {deal.foreign_stake: 0.5}, expect: not_fired}
"""


def test_mutants_that_no_example_notices_are_listed_with_their_place_and_an_example(small: Settings) -> None:
    result = run("rules", "mutate")
    assert result.exit_code == 1
    text = flat(result.stdout)
    assert "us/us.test.yaml:17: us.test.foreign-share: comparison flipped" in text
    assert "`deal.foreign_stake >= 0.25` as `deal.foreign_stake > 0.25` goes unnoticed" in text
    assert '- {name: "half, but foreign stake 25 %", given: {deal.foreign_stake: 0.25}, expect: fired}' in text
    assert "1 rules, 6 mutants: 1 killed (16.7 %), 5 survive" in text
    assert "too many mutants survive" in result.stderr


def test_mutate_is_content_once_all_are_noticed(small: Settings) -> None:
    write_rules(small.rules, RULE + MISSING)
    result = run("rules", "mutate", "--min-killed", "100")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "6 killed (100.0 %)" in result.stdout


@pytest.mark.parametrize(("least", "code"), [("16", 0), ("17", 1)])
def test_the_threshold_of_mutate_sets_the_exit_code(small: Settings, least: str, code: int) -> None:
    assert run("rules", "mutate", "us.test.foreign-share", "--min-killed", least).exit_code == code


def test_mutate_tells_the_same_as_json(small: Settings) -> None:
    data = json.loads(run("rules", "mutate", "--json", "--min-killed", "0").stdout)
    assert data["summary"] == {"killed": 1, "survived": 5, "equivalent": 0, "percent": 16.67}
    (rule,) = data["rules"]
    first = rule["survivors"][0]
    assert (first["kind"], first["field"], first["line"]) == ("comparison flipped", "where.large_share", 17)
    assert "deal.foreign_stake: 0.25" in first["example"]


def test_a_covered_rule_passes_and_is_counted(small: Settings) -> None:
    result = run("rules", "coverage", "us.test")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "seen true and false 100.0 % (2 of 2)" in flat(result.stdout)
    assert "shown to decide 100.0 % (1 of 1)" in flat(result.stdout)


def half_seen(settings: Settings) -> None:
    text = RULE.replace(
        "given: {deal.foreign_stake: 0.5}, expect: fired",
        "as_of: 2019-12-31, given: {deal.foreign_stake: 0.5}, expect: fired",
    )
    assert text != RULE
    write_rules(settings.rules, text)


def test_what_no_example_shows_is_listed_with_its_place_and_an_example(small: Settings) -> None:
    half_seen(small)
    result = run("rules", "coverage")
    assert result.exit_code == 1
    text = flat(result.stdout)
    assert "us/us.test.yaml:17: us.test.foreign-share: no example: `deal.foreign_stake >= 0.25` is true" in text
    assert "given: {deal.foreign_stake: 0.25}, expect: fired}" in text
    assert "coverage is too low: values: 66.7 % is less than 100 %; deciding: 0.0 % is less than 95 %" in flat(
        result.stderr
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--min-atoms", "66", "--min-mcdc", "0"), 0),
        (("--min-atoms", "67", "--min-mcdc", "0"), 1),
        (("--min-atoms", "66", "--min-mcdc", "1"), 1),
    ],
)
def test_the_thresholds_of_coverage_set_the_exit_code(small: Settings, options: tuple[str, ...], code: int) -> None:
    half_seen(small)
    assert run("rules", "coverage", *options).exit_code == code


def test_coverage_tells_the_same_as_json(small: Settings) -> None:
    half_seen(small)
    data = json.loads(run("rules", "coverage", "--json").stdout)
    assert data["summary"]["both_ways"] == {"shown": 1, "of": 2, "percent": 50.0}
    (atom,) = data["rules"][0]["atoms"]
    assert (atom["text"], atom["line"]) == ("deal.foreign_stake >= 0.25", 17)
    assert {item["aim"] for item in atom["missing"]} == {"true", "decides while true"}
    assert "false" in atom["shown"]
