"""The shipped rule book: every example holds, and all engines agree on every rule."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import compile_condition, parse, text, trace
from riskapi.rules import Status, load_file
from riskapi.rules.examples import outcome, run_examples
from riskapi.warehouse.countries import EVERYWHERE
from tests.conformance import polars_evaluator
from tests.conformance.sql_evaluator import SqlEvaluator
from tests.rules.shipped import RULE_FILES, RULES_FOLDER, facts_near, shipped_book, shipped_vocabulary

ROWS_A_RULE = 25


@pytest.mark.parametrize("file", RULE_FILES)
def test_every_example_of_a_file_has_its_expected_outcome(file: str) -> None:
    rules = load_file(RULES_FOLDER / file, shipped_vocabulary(), file)
    assert rules
    assert [str(problem) for problem in run_examples(rules)] == []


@pytest.mark.parametrize("jurisdiction", sorted({file.split("/")[0] for file in RULE_FILES}))
def test_all_engines_agree_on_every_rule_near_its_constants(jurisdiction: str) -> None:
    vocabulary = shipped_vocabulary()
    sql = SqlEvaluator(vocabulary)
    for rule in shipped_book().by_jurisdiction[jurisdiction.upper()]:
        rows = facts_near(rule, ROWS_A_RULE)
        compiled = compile_condition(rule.condition)
        expected = [compiled(row) for row in rows]
        assert [trace(rule.condition, row).value for row in rows] == expected, rule.id
        assert sql.outcomes([rule.condition], rows) == [expected], rule.id
        used = Vocabulary({name: vocabulary[name] for name in rule.facts}, vocabulary.domains)
        frame = polars_evaluator.frame_of(rows, used)
        assert polars_evaluator.outcomes(rule.condition, frame) == expected, rule.id


def test_every_rule_prints_to_what_is_read_as_the_same_condition() -> None:
    for rule in shipped_book().rules:
        parts = {part.name: part for part in rule.parts}
        assert parse(text(rule.when), shipped_vocabulary(), parts) == rule.when, rule.id
        for exception in rule.unless:
            assert parse(text(exception.body), shipped_vocabulary(), parts) == exception.body, rule.id


def test_every_rule_has_an_example_that_fires_on_its_date() -> None:
    silent = [
        rule.id
        for rule in shipped_book().rules
        if not any(outcome(rule, example) is Status.FIRED for example in rule.examples)
    ]
    assert silent == []


def test_every_sentence_can_be_filled_with_nothing_known() -> None:
    for rule in shipped_book().rules:
        assert rule.because.fill({}, shipped_vocabulary())


def test_no_rule_was_checked_in_the_future_of_its_sources() -> None:
    for instrument in shipped_book().instruments.values():
        assert all(source.retrieved <= date(2100, 1, 1) for source in instrument.sources)
        assert instrument.checked_on >= min(source.retrieved for source in instrument.sources), instrument.id


def test_rules_of_one_group_have_one_jurisdiction_unless_the_ground_is_one_of_every_country() -> None:
    jurisdictions: dict[str, set[str]] = {}
    for rule in shipped_book().rules:
        if rule.group:
            jurisdictions.setdefault(rule.group, set()).add(rule.jurisdiction)
    several = {group: seen for group, seen in jurisdictions.items() if len(seen) > 1}
    assert {group: seen for group, seen in several.items() if EVERYWHERE not in seen} == {}
    assert all(group.startswith("any.") for group in several)
    assert "any.review" in several
