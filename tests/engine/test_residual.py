"""What is left of a condition says the same as the whole: on generated conditions and all facts, nulls included."""

from __future__ import annotations

import math
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.engine.residual import halves, is_settled, is_unknown, specialise, value_of
from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import Node, compile_condition, facts_of, parse, text
from riskapi.language.python import compile_value
from tests.language.strategies import conditions
from tests.language.strategies import facts as any_facts
from tests.language.words import WORDS

Facts = dict[str, Value]
#: Facts by their last digit: settled, of one side, of the other.
SETTLED, ONE, OTHER = "0", "1", "2"
#: No fact of a company or a deal is infinite.
facts = any_facts.map(
    lambda row: {name: 1e308 if value in (math.inf, -math.inf) else value for name, value in row.items()}
)
FEW: Final = settings(deadline=None, max_examples=100)


def outcome(node: Node, row: Facts) -> Value:
    return compile_value(node)(row)


def settled_of(row: Facts) -> Facts:
    return {fact.name: row.get(fact.name) for fact in WORDS if fact.name.endswith(SETTLED)}


@given(conditions(depth=4), facts)
@FEW
def test_settled_facts_put_in_change_no_answer(tree: Node, row: Facts) -> None:
    rest = specialise(tree, settled_of(row))
    assert not {name for name in facts_of(rest) if name.endswith(SETTLED)}
    assert outcome(rest, row) is compile_condition(tree)(row), text(tree)


@given(conditions(depth=4), facts)
@FEW
def test_what_is_wholly_settled_is_one_value(tree: Node, row: Facts) -> None:
    rest = specialise(tree, {fact.name: row.get(fact.name) for fact in WORDS})
    assert is_settled(rest)
    assert value_of(rest) is compile_condition(tree)(row)


@given(conditions(depth=4), st.lists(facts, min_size=1, max_size=3))
@FEW
def test_the_halves_evaluated_by_themselves_and_joined_say_what_the_whole_says(tree: Node, rows: list[Facts]) -> None:
    rest = specialise(tree, settled_of(rows[0]))
    split = halves(rest, lambda name: name[-1])
    for side, node in split.slots.values():
        assert {name[-1] for name in facts_of(node) if not is_unknown(name)} == {side}
    assert all(name in split.slots or is_unknown(name) for name in facts_of(split.rest))
    for other in rows:
        row = {**other, **settled_of(rows[0])}
        slots = {name: outcome(node, row) for name, (_, node) in split.slots.items()}
        assert outcome(split.rest, slots) is compile_condition(tree)(row), text(tree)


def test_a_member_that_decides_leaves_nothing_of_the_others() -> None:
    tree = parse("t.b0 and t.x1 > 2 and t.s1 = 'a'", WORDS)
    assert specialise(tree, {"t.b0": False}) == specialise(parse("false", WORDS), {})
    assert facts_of(specialise(tree, {"t.b0": True})) == {"t.x1", "t.s1"}


def test_members_of_one_side_are_one_slot_however_they_are_spread() -> None:
    tree = parse("t.b1 and t.b2 and t.x1 > 2 and t.x2 > 3", WORDS)
    assert len(halves(tree, lambda name: name[-1]).slots) == 2


def test_a_fact_may_be_written_out_as_a_comparison_of_both_sides() -> None:
    same = parse("t.s1 = t.s2", WORDS)
    rest = specialise(parse("t.b0 and not t.b1", WORDS), {"t.b0": True}, {"t.b1": same})
    assert outcome(rest, {"t.s1": "a", "t.s2": "a"}) is False
    assert outcome(rest, {"t.s1": "a", "t.s2": "b"}) is True
    assert outcome(rest, {"t.s1": "a"}) is None
    assert rest.type is FactType.BOOL
