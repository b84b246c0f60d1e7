from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from riskapi.rules import Rule, Span, Status
from riskapi.workbench.killing import GaveUpError, Ground
from riskapi.workbench.lint_conditions import dead_conditions, subsumed_rules, succession_dates
from riskapi.workbench.lint_finding import Spots
from tests.workbench.tiny_rules import STAKES, VOCABULARY, tiny


def codes(rule: Rule, folder: Path) -> list[tuple[str, str | None]]:
    return [(item.code, item.field) for item in dead_conditions(rule, VOCABULARY, Spots(folder))]


@pytest.mark.parametrize(
    "when",
    [
        "deal.stake >= 0.5 and deal.stake < 0.25",
        "deal.type = 'licence' and deal.type = 'joint_venture'",
        "deal.signed_on > date '2027-01-01' and deal.signed_on < date '2026-01-01'",
        "deal.stake >= 0.25 and not (deal.stake >= 0.25)",
    ],
)
def test_a_rule_that_no_deal_meets_never_fires(tmp_path: Path, when: str) -> None:
    assert codes(tiny(tmp_path, when), tmp_path) == [("never-fires", "when")]


def test_an_exception_that_takes_everything_away_is_seen(tmp_path: Path) -> None:
    rule = tiny(tmp_path, "deal.stake >= 0.5", unless="{large: deal.stake >= 0.25}")
    assert codes(rule, tmp_path) == [("never-fires", "when")]


@pytest.mark.parametrize("when", ["deal.stake >= 0.25 or deal.stake < 0.5", "deal.stake >= 0", "deal.year > 1989"])
def test_a_rule_that_is_never_false_always_fires(tmp_path: Path, when: str) -> None:
    assert codes(tiny(tmp_path, when), tmp_path) == [("always-fires", "when")]


@pytest.mark.parametrize(
    ("when", "where", "unless", "field"),
    [
        ("deal.stake >= 0.25 and deal.stake >= 0.1", "{}", "", "when"),
        ("large and some", "{large: deal.stake >= 0.25, some: deal.stake >= 0.1}", "", "where.some"),
        ("deal.stake >= 0.25 or (deal.stake >= 0.5 and deal.licensed)", "{}", "", "when"),
        ("deal.stake >= 0.25", "{}", "{small: deal.stake < 0.1}", "unless.small"),
    ],
)
def test_what_the_rest_says_already_is_idle_and_told_once(
    tmp_path: Path, when: str, where: str, unless: str, field: str
) -> None:
    assert codes(tiny(tmp_path, when, where=where, unless=unless), tmp_path) == [("idle-condition", field)]


@pytest.mark.parametrize(
    ("when", "code", "words"),
    [
        (
            "deal.licensed or (deal.stake >= 0.5 and deal.stake < 0.25)",
            "contradicted-condition",
            "`(deal.stake >= 0.5) and (deal.stake < 0.25)` is never true",
        ),
        (
            "deal.year > 2027 or (deal.type = 'licence' and deal.type = 'joint_venture')",
            "contradicted-condition",
            "is never true",
        ),
        (
            "deal.year > 2027 and (deal.stake >= 0.25 or deal.stake < 0.5)",
            "implied-condition",
            "`(deal.stake >= 0.25) or (deal.stake < 0.5)` is never false",
        ),
        (
            "deal.stake >= 0.5 and (deal.year > 2027 or deal.stake < 0.25)",
            "contradicted-condition",
            "`deal.stake < 0.25` is never true",
        ),
    ],
)
def test_a_part_that_the_rest_excludes_or_implies_is_told_though_it_matters_while_unknown(
    tmp_path: Path, when: str, code: str, words: str
) -> None:
    rule = tiny(tmp_path, when, [f"- {{name: a, given: {{}}, expect: {item}}}" for item in Status])
    found = list(dead_conditions(rule, VOCABULARY, Spots(tmp_path)))
    assert [item.code for item in found] == [code]
    assert words in found[0].detail


def test_an_idle_part_is_told_with_its_line(tmp_path: Path) -> None:
    rule = tiny(tmp_path, "large and some", where="{large: deal.stake >= 0.25, some: deal.stake >= 0.1}")
    (found,) = dead_conditions(rule, VOCABULARY, Spots(tmp_path))
    lines = (tmp_path / "us.test.law.yaml").read_text(encoding="utf-8").splitlines()
    assert found.line is not None
    assert "where:" in lines[found.line - 1]
    assert "`deal.stake >= 0.1`" in found.detail


@pytest.mark.parametrize(
    ("when", "where"),
    [
        ("deal.licensed and deal.stake >= 0.25 and deal.licensed", "{}"),
        ("deal.stake >= 0.25 or deal.licensed or deal.stake >= 0.25", "{}"),
        ("one and deal.licensed or two", "{one: deal.stake >= 0.25, two: deal.stake >= 0.25}"),
    ],
)
def test_the_same_twice_is_a_duplicate_and_not_idle_too(tmp_path: Path, when: str, where: str) -> None:
    assert [code for code, _ in codes(tiny(tmp_path, when, where=where), tmp_path)] == ["duplicate-condition"]


@pytest.mark.parametrize(
    "when",
    [
        "deal.stake >= 0.25",
        "deal.stake >= 0.25 and deal.stake < 0.5",
        "deal.stake >= 0.5 or deal.licensed and deal.stake >= 0.25",
        "deal.stake >= 0.25 and 'US' in deal.countries and 'NO' in deal.countries",
        "deal.stake is null and deal.year > 2027",
    ],
)
def test_conditions_that_all_matter_are_left_alone(tmp_path: Path, when: str) -> None:
    assert codes(tiny(tmp_path, when), tmp_path) == []


def test_nothing_is_said_where_the_search_gave_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(*_: object) -> None:
        raise GaveUpError

    rule = tiny(tmp_path, "deal.stake >= 0.5 and deal.stake < 0.25")
    assert codes(rule, tmp_path)
    monkeypatch.setattr(Ground, "search", gives_up)
    assert codes(rule, tmp_path) == []


def pair(folder: Path, one: str, other: str) -> tuple[Rule, Rule]:
    """Two rules of one instrument, without group."""
    first, second = tiny(folder, one), tiny(folder, other)
    return replace(first, id="us.test.law.one"), replace(second, id="us.test.law.other", instrument=first.instrument)


def subsumed(folder: Path, *rules: Rule) -> list[tuple[str | None, str]]:
    return [(item.rule, item.detail) for item in subsumed_rules(rules, VOCABULARY, Spots(folder))]


def test_a_narrower_rule_with_the_same_consequence_is_told(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "deal.stake >= 0.5", "deal.stake >= 0.25")
    assert subsumed(tmp_path, one, other) == [("us.test.law.one", "fires only when `us.test.law.other` fires too")]
    assert subsumed(tmp_path, other, one) == [("us.test.law.one", "fires only when `us.test.law.other` fires too")]


def test_two_rules_that_mean_the_same_are_told_once(tmp_path: Path) -> None:
    rules = pair(tmp_path, "deal.stake >= 0.25", "not (deal.stake < 0.25)")
    assert subsumed(tmp_path, *rules) == [("us.test.law.one", "means the same as `us.test.law.other`")]


def test_a_counterexample_is_enough_to_say_nothing(tmp_path: Path) -> None:
    assert subsumed(tmp_path, *pair(tmp_path, "deal.stake <= 0.25", "deal.stake >= 0.25")) == []


def test_other_facts_gates_pillars_and_days_are_not_compared(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "deal.stake >= 0.5", "deal.stake >= 0.25")
    later = replace(other, in_force=(Span(date(2031, 1, 1), None, None, None),))
    ended = replace(one, in_force=(Span(date(2020, 1, 1), date(2030, 12, 31), None, None),))
    assert subsumed(tmp_path, ended, replace(later, in_force=one.in_force))
    assert subsumed(tmp_path, ended, later) == []
    further = tiny(tmp_path, "deal.stake >= 0.5 and deal.licensed")
    assert subsumed(tmp_path, further, other) == []


def test_in_one_group_only_a_rule_that_never_counts_is_told(tmp_path: Path) -> None:
    one, other = (
        replace(rule, group="us.test", points=5.0) for rule in pair(tmp_path, "deal.stake >= 0.5", "deal.stake >= 0.25")
    )
    assert subsumed(tmp_path, one, other)
    assert subsumed(tmp_path, replace(one, points=6.0), other) == []
    shorter = replace(other, in_force=(Span(date(2026, 1, 1), None, None, None),))
    assert subsumed(tmp_path, one, shorter) == []


OLD = (Span(date(2020, 1, 1), date(2026, 12, 31), None, None),)


@pytest.mark.parametrize(
    ("first_day", "last_day", "words"),
    [
        (date(2026, 12, 31), None, "ends only on 2026-12-31"),
        (date(2026, 6, 1), None, "ends only on 2026-12-31"),
        (date(2027, 1, 2), None, "ends already on 2026-12-31"),
        (date(2027, 1, 1), None, None),
        (date(2027, 2, 1), None, None),
        (date(2026, 6, 1), date(2026, 7, 1), None),
    ],
)
def test_a_rule_that_takes_the_place_of_another_begins_when_that_has_ended(
    tmp_path: Path, first_day: date, last_day: date | None, words: str | None
) -> None:
    one, other = pair(tmp_path, "deal.stake >= 0.25", "deal.stake >= 0.2")
    rules = (replace(one, in_force=OLD), replace(other, in_force=(Span(first_day, last_day, None, None),)))
    found = list(succession_dates(rules, VOCABULARY, Spots(tmp_path)))
    assert [item.rule for item in found] == ([other.id] if words else [])
    assert all(words and words in item.detail for item in found)


def test_rules_about_other_things_do_not_take_each_others_place(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "deal.stake < 0.25", "deal.stake >= 0.25")
    later = replace(other, in_force=(Span(date(2026, 6, 1), None, None, None),))
    assert list(succession_dates((replace(one, in_force=OLD), later), VOCABULARY, Spots(tmp_path))) == []


def test_an_example_that_decides_spares_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = tiny(tmp_path, "deal.stake >= 0.25", STAKES)

    def never(*_: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(Ground, "search", never)
    assert codes(rule, tmp_path) == []
