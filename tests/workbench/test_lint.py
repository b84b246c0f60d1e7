from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskapi.language import text
from riskapi.rules import Rule, load_rules
from riskapi.workbench.lint import Checking, lint
from riskapi.workbench.lint_finding import EXPLANATIONS, Severity
from tests.rules.rule_files import load, small_vocabulary, spoiled
from tests.shipped import shipped_workspace
from tests.workbench.tiny_rules import STAKES, tiny


def codes(rules: list[Rule], folder: Path, **more: Any) -> list[str]:
    checking = Checking(vocabulary=small_vocabulary(), folder=folder, **more)
    return [item.code for item in lint(rules, checking)]


def grouped(rule: Rule, *groups: str) -> list[Rule]:
    return [replace(rule, id=f"{rule.id}{index}", group=name) for index, name in enumerate(groups)]


def test_a_rule_without_fault_has_no_findings(tmp_path: Path) -> None:
    assert codes(load(tmp_path), tmp_path) == []


def test_findings_of_every_kind_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    spoilt = spoiled(
        ("citation: 1 CFR 1\n", "citation: 1 C.F.R. 1\n"),
        ("checked: {on: 2026-11-22", "checked: {on: 2026-11-01"),
        ("large: deal.stake >= 0.25", "large: deal.stake >= 0.25 and deal.stake < 0.1"),
    )
    found = lint(load(tmp_path, spoilt), Checking(vocabulary=small_vocabulary(), folder=tmp_path))
    assert [item.code for item in found] == ["citation-form", "source-after-check", "never-fires"]
    assert [item.line for item in found] == sorted(item.line or 0 for item in found)


def test_notes_of_little_weight_are_told_only_when_everything_is_asked_for(tmp_path: Path) -> None:
    rules = [tiny(tmp_path, "deal.stake >= 0.25", STAKES)]
    assert codes(rules, tmp_path) == []
    assert {"one-sided-date", "fact-unused"} <= set(codes(rules, tmp_path, everything=True))


def test_facts_of_conditions_and_sentences_are_used(tmp_path: Path) -> None:
    checking = Checking(vocabulary=small_vocabulary(), folder=tmp_path, everything=True)
    told = {item.detail for item in lint(load(tmp_path), checking) if item.code == "fact-unused"}
    assert "no rule uses `deal.year`" in told
    assert not told & {f"no rule uses `{name}`" for name in ("deal.stake", "deal.licensed", "foreign.name")}


@pytest.mark.parametrize(
    ("groups", "count"),
    [
        (("us.icts.review", "us.icts.review", "us.icts.reviews"), 1),
        (("us.icts.review", "us.icts.review", "us.icts.reveiw"), 1),
        (("us.icts.review", "us.icts.review", "us.icts.review"), 0),
        (("us.icts.review", "us.icts.review", "us.icts.review.pending"), 0),
        (("eu.fdi", "eu.fdi", "eu.fsr"), 0),
        (("us.import-duty", "us.import-duty", "eu.import-duty"), 0),
        (("de.awv", "de.awv", "de.avw"), 1),
    ],
)
def test_a_group_of_one_that_is_nearly_another_is_told(tmp_path: Path, groups: tuple[str, ...], count: int) -> None:
    rules = grouped(tiny(tmp_path, "deal.stake >= 0.25"), *groups)
    assert codes(rules, tmp_path).count("lone-group") == count


def test_part_of_a_book_says_nothing_about_groups_and_unused_facts(tmp_path: Path) -> None:
    rules = grouped(tiny(tmp_path, "deal.stake >= 0.25"), "us.icts.review", "us.icts.review", "us.icts.reviews")
    assert not {"lone-group", "fact-unused"} & set(codes(rules, tmp_path, whole_book=False, everything=True))


def test_a_stale_check_is_told_with_the_day_that_is_given(tmp_path: Path) -> None:
    rules = load(tmp_path)
    assert codes(rules, tmp_path, today=date(2027, 1, 1), stale_days=10) == ["check-stale"]
    assert codes(rules, tmp_path, today=date(2027, 1, 1), stale_days=90) == []


@pytest.mark.slow
def test_the_shipped_book_has_no_errors_and_no_warnings() -> None:
    workspace = shipped_workspace()
    folder = workspace.settings.rules
    book = load_rules(folder, workspace.vocabulary)  # that of the workspace is opened without examples
    found = lint(book.rules, Checking(vocabulary=workspace.vocabulary, folder=folder))
    assert [item for item in found if item.severity is not Severity.NOTE] == []


def test_without_examples_lists_of_a_mentioned_code_and_another_are_tried_too() -> None:
    workspace = shipped_workspace()
    rules = [
        replace(rule, examples=())
        for rule in workspace.book.rules
        if any("len(" in text(part.body) for part in rule.parts)
    ]
    assert rules
    found = lint(rules, Checking(vocabulary=workspace.vocabulary, folder=workspace.settings.rules, whole_book=False))
    assert [item.detail for item in found if item.code == "idle-condition"] == []


def test_every_explanation_has_all_its_parts() -> None:
    assert [
        code for code, told in EXPLANATIONS.items() if not all((told.meaning, told.mend, told.bad, told.good))
    ] == []
    assert [code for code, told in EXPLANATIONS.items() if told.code != code or told.bad == told.good] == []
