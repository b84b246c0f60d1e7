"""Keys of facts: equal keys mean the same trace, and facts between the same constants have equal keys."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import Value
from riskapi.language import Node, trace
from riskapi.language.cells import cells_of, values_of
from tests.language.strategies import conditions, facts
from tests.rulebook import rule_text, rules_from


def keys(when: str, *facts: dict[str, Any]) -> list[object]:
    (rule,) = rules_from(rule_text("a", when))
    cells = cells_of(rule.condition)
    return [cells(one) for one in facts]


@pytest.mark.parametrize(
    ("when", "fact", "values"),
    [
        ("deal.foreign_stake >= 0.25", "deal.foreign_stake", [0.1, 0.25, 0.3, None]),
        ("0.25 < deal.foreign_stake and deal.foreign_stake <= 0.5", "deal.foreign_stake", [0.25, 0.4, 0.5, 0.6]),
        ("deal.model_year between 2027 and 2029", "deal.model_year", [2026, 2027, 2028, 2029, 2030]),
        ("deal.model_year in (2027, 2029)", "deal.model_year", [2026, 2027, 2028, 2029, 2030]),
        (
            "deal.signed_on > date '2026-01-01'",
            "deal.signed_on",
            [date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 2)],
        ),
        ("deal.type = 'licence'", "deal.type", ["licence", "supply", None]),
    ],
)
def test_both_sides_of_each_constant_the_constant_and_not_known_have_different_keys(
    when: str, fact: str, values: list[Any]
) -> None:
    found = keys(when, *({fact: value} for value in values))
    assert len(set(found)) == len(values)


def test_numbers_on_the_same_side_of_every_constant_have_equal_keys() -> None:
    one, other = keys("deal.foreign_stake >= 0.25", {"deal.foreign_stake": 0.31}, {"deal.foreign_stake": 0.87})
    assert one == other


def test_a_number_that_is_reckoned_with_counts_as_it_is() -> None:
    when = "deal.foreign_stake >= 0.25 and deal.foreign_stake + deal.host_stake < 0.9"
    facts = [{"deal.foreign_stake": stake, "deal.host_stake": 0.1} for stake in (0.31, 0.87)]
    one, other = keys(when, *facts)
    assert one != other


def test_not_a_number_is_not_known() -> None:
    one, other = keys("deal.foreign_stake >= 0.25", {"deal.foreign_stake": float("nan")}, {})
    assert one == other


def test_values_of_facts_that_are_left_out_are_not_known() -> None:
    assert values_of(["a", "b"])({"a": 1}) == (1, None)
    assert values_of([])({"a": 1}) is None


@given(conditions(), facts, facts, st.data())
@settings(deadline=None)
def test_facts_with_equal_keys_have_the_same_trace(
    tree: Node, row: dict[str, Value], other: dict[str, Value], data: st.DataObject
) -> None:
    changed = data.draw(st.sampled_from(sorted(row.keys() | other.keys()))) if row or other else None
    near = {**row, changed: other.get(changed)} if changed else row
    cells = cells_of(tree)
    if cells(row) == cells(near):
        assert trace(tree, row) == trace(tree, near)
