"""The determining set forces the value; the nearest flip is the smallest change that makes a condition true."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import (
    Node,
    Part,
    compile_condition,
    determining,
    facts_of,
    nearest_flip,
    parse,
    text,
    trace,
    unknown_facts,
)
from riskapi.language import nodes as n
from tests.language.strategies import conditions, fact_values, facts
from tests.language.words import WORDS, fact, vocabulary

ATOMS = [f"a.b{index}" for index in range(7)]
BOOLS = vocabulary(*(fact(name, FactType.BOOL) for name in ATOMS))
kleene = st.sampled_from([True, False, None])
assignments = st.fixed_dictionaries(dict.fromkeys(ATOMS, kleene))


@st.composite
def skeletons(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Node:
    """A tree of connectives over atoms, each of which stands in it once."""
    left = list(ATOMS)

    def tree(depth: int) -> Node:
        kind = draw(st.sampled_from(["atom", "not", "and", "or", "and", "or", "part"]))
        if depth == 0 or kind == "atom" or len(left) < 3:
            return n.FactRef(left.pop(), FactType.BOOL)
        if kind == "not":
            return n.Not(tree(depth - 1))
        if kind == "part":
            return Part(f"part{len(left)}", tree(depth - 1))
        items = [tree(depth - 1) for _ in range(draw(st.integers(2, 3))) if left]
        return items[0] if len(items) == 1 else (n.And if kind == "and" else n.Or)(tuple(items))

    return tree(4)


def atom_facts(atoms: tuple[Any, ...]) -> set[str]:
    return {name for atom in atoms for name in facts_of(atom.node)}


@given(skeletons(), assignments, assignments)
@settings(deadline=None)
def test_the_determining_atoms_alone_force_true_and_false(
    tree: Node, row: dict[str, Value], others: dict[str, Value]
) -> None:
    seen = trace(tree, row)
    if seen.value is None:
        return
    kept = {name: row[name] for name in atom_facts(determining(seen))}
    assert compile_condition(tree)({**others, **kept}) is seen.value


@given(skeletons(), assignments)
@settings(deadline=None)
def test_the_determining_atoms_of_an_unknown_are_all_that_is_left_to_learn(tree: Node, row: dict[str, Value]) -> None:
    seen = trace(tree, row)
    if seen.value is not None:
        return
    atoms = determining(seen)
    assert atoms
    assert all(atom.value is None for atom in atoms)
    for values in product([True, False], repeat=len(atoms)):
        learnt = {next(iter(atom.facts)): value for atom, value in zip(atoms, values, strict=True)}
        assert compile_condition(tree)({**row, **learnt}) is not None


def can_be_true(tree: Node, row: dict[str, Value], changed: tuple[str, ...]) -> bool:
    test = compile_condition(tree)
    return any(
        test({**row, **dict(zip(changed, values, strict=True))}) is True
        for values in product([True, False], repeat=len(changed))
    )


@given(skeletons(), assignments)
@settings(deadline=None, max_examples=40)
def test_the_nearest_flip_makes_the_condition_true_and_nothing_smaller_does(tree: Node, row: dict[str, Value]) -> None:
    flip = sorted(atom_facts(nearest_flip(trace(tree, row))))
    assert can_be_true(tree, row, tuple(flip))
    names = sorted(facts_of(tree))
    fewer = combinations(names, len(flip) - 1) if flip else ()
    assert not any(can_be_true(tree, row, smaller) for smaller in fewer)


@given(conditions(monotone=True), facts, st.data())
@settings(deadline=None)
def test_learning_a_fact_never_changes_a_known_answer(tree: Node, row: dict[str, Value], data: st.DataObject) -> None:
    before = compile_condition(tree)(row)
    learnt = {
        name: data.draw(fact_values(WORDS[name].type), label=name)
        for name in sorted(facts_of(tree))
        if row[name] is None
    }
    after = compile_condition(tree)({**row, **learnt})
    assert before is None or after is before


def test_the_shortest_reason_is_given() -> None:
    tree = parse("(a.b0 and a.b1) or a.b2", BOOLS)
    atoms = determining(trace(tree, dict.fromkeys(ATOMS, True)))
    assert [text(atom.node) for atom in atoms] == ["a.b2"]


def test_atoms_name_the_outermost_part_that_they_stand_in() -> None:
    inner = Part("core", parse("a.b0", BOOLS))
    outer = Part("shell", parse("core or a.b1", BOOLS, {"core": inner}))
    atoms = determining(trace(parse("shell", BOOLS, {"shell": outer}), {"a.b0": False, "a.b1": False}))
    assert [(text(atom.node), atom.part) for atom in atoms] == [("a.b0", "shell"), ("a.b1", "shell")]


def test_the_atoms_of_a_part_that_is_used_twice_are_given_once() -> None:
    core = Part("core", parse("a.b0", BOOLS))
    tree = parse("core and (core or a.b1)", BOOLS, {"core": core})
    assert len(determining(trace(tree, {"a.b0": True, "a.b1": False}))) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [({"a.b0": True}, {"a.b1"}), ({"a.b0": False}, set()), ({}, {"a.b0", "a.b1"})],
)
def test_unknown_facts_are_those_that_could_still_decide(row: dict[str, Value], expected: set[str]) -> None:
    tree = parse("a.b0 and a.b1", BOOLS)
    assert unknown_facts(trace(tree, row), frozenset(row)) == expected


def test_a_true_condition_needs_no_flip() -> None:
    assert nearest_flip(trace(parse("a.b0 or a.b1", BOOLS), {"a.b0": True})) == ()


@pytest.mark.parametrize("source", ["(a.b0 and a.b1) or a.b2", "a.b2 or (a.b0 and a.b1)"])
def test_the_nearest_flip_is_the_shorter_way(source: str) -> None:
    flip = nearest_flip(trace(parse(source, BOOLS), dict.fromkeys(ATOMS, False)))
    assert [text(atom.node) for atom in flip] == ["a.b2"]


def test_a_flip_names_the_outermost_part_too() -> None:
    core = Part("core", parse("a.b0", BOOLS))
    shell = Part("shell", parse("core and a.b1", BOOLS, {"core": core}))
    flip = nearest_flip(trace(parse("shell", BOOLS, {"shell": shell}), {"a.b0": False, "a.b1": False}))
    assert [atom.part for atom in flip] == ["shell", "shell"]
