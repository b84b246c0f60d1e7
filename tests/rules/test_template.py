"""Sentences are filled with words that a reader understands; what is not known reads so."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.facts.vocabulary import Value
from riskapi.rules.template import parse_template
from tests.rules.rule_files import small_vocabulary

WORDS = small_vocabulary()


@pytest.mark.parametrize(
    ("slot", "value", "expected"),
    [
        ("foreign.name", "Xiaomi", "Xiaomi"),
        ("deal.stake", 0.25, "25 %"),
        ("deal.stake", 1 / 3, "33.33 %"),
        ("deal.licensed", True, "yes"),
        ("deal.licensed", False, "no"),
        ("deal.type", "licence", "Licence"),
        ("deal.countries", ("US", "NO"), "United States, Norway"),
        ("deal.countries", (), "none"),
        ("deal.signed_on", date(2026, 1, 31), "2026-01-31"),
        ("deal.year", 2027, "2027"),
        ("deal.value", 1_500_000.0, "1,500,000"),
        ("deal.type", None, "[not known]"),
    ],
)
def test_values_are_put_into_words(slot: str, value: Value, expected: str) -> None:
    assert parse_template(f"<{{{slot}}}>", WORDS).fill({slot: value}, WORDS) == f"<{expected}>"


def test_a_missing_fact_reads_as_not_known() -> None:
    assert parse_template("{deal.type}", WORDS).fill({}, WORDS) == "[not known]"


def test_doubled_braces_are_text() -> None:
    assert parse_template("{{x}} {deal.year}", WORDS).fill({"deal.year": 2027}, WORDS) == "{x} 2027"


def test_a_template_knows_its_facts() -> None:
    assert parse_template("{deal.type} of {foreign.name}", WORDS).facts() == {"deal.type", "foreign.name"}


def test_a_value_is_never_read_as_a_template() -> None:
    filled = parse_template("{foreign.name}", WORDS).fill({"foreign.name": "{deal.type}"}, WORDS)
    assert filled == "{deal.type}"
