"""Trees print themselves in the authors' spelling; what they print is read as the same tree again."""

from __future__ import annotations

from hypothesis import given, settings

from riskapi.language import Node, Part, facts_of, is_monotone, parse, text
from riskapi.language import nodes as n
from tests.language.strategies import conditions
from tests.language.words import WORDS


def parts_of(tree: Node) -> dict[str, Part]:
    return {node.name: node for node in n.walk(tree) if isinstance(node, Part)}


@given(conditions(depth=4))
@settings(deadline=None)
def test_a_printed_condition_is_read_as_the_same_tree(tree: Node) -> None:
    assert parse(text(tree), WORDS, parts_of(tree)) == tree


@given(conditions(depth=4))
@settings(deadline=None)
def test_printing_settles(tree: Node) -> None:
    once = text(tree)
    assert text(parse(once, WORDS, parts_of(tree))) == once


@given(conditions(monotone=True))
@settings(deadline=None)
def test_conditions_without_knownness_tests_are_monotone(tree: Node) -> None:
    assert is_monotone(tree)


def test_knownness_inside_a_part_is_seen() -> None:
    part = Part("known", parse("t.b0 is null", WORDS))
    assert not is_monotone(parse("known and t.b1", WORDS, {"known": part}))


def test_facts_inside_parts_are_listed() -> None:
    part = Part("first", parse("t.i0 > 1", WORDS))
    assert facts_of(parse("first and t.s1 = 'a'", WORDS, {"first": part})) == {"t.i0", "t.s1"}


def test_extent_counts_parts_as_often_as_they_are_used() -> None:
    part = Part("first", parse("t.i0 > 1", WORDS))
    assert n.extent(parse("first or first", WORDS, {"first": part})) == (9, 4)
