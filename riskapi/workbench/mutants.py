"""Small mistakes that an author could have made, one in each mutant: a rule in, its mutants out.

Kinds are listed in `MutantKind`. Two mutants that would mean the same are made once: for whole numbers and dates `>` is
`>=` with the next value, so the step that equals a flipped comparison is left out. Of a list with more than three members
the first, the middle and the last are dropped, unless every one is asked for: a mistake in copying a list hits any of them,
and a book that had an example for each would mostly repeat its lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.language import Node, text
from riskapi.language import nodes as n
from riskapi.language.bounds import never_true
from riskapi.rules import Rule, Span
from riskapi.workbench.conditions import Field, exception_field, is_atom, own_nodes, written
from riskapi.workbench.values import neighbour, step_of

FLIPPED = {"=": "<>", "<>": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_DAY = timedelta(days=1)
#: Which way a constant moves when `>=` becomes `>` (+1: up), for values that come in whole steps.
_SAME_AS_FLIP = {">=": 1, ">": -1, "<=": -1, "<": 1}
TRUE, FALSE = n.Literal(value=True, type=FactType.BOOL), n.Literal(value=False, type=FactType.BOOL)


class MutantKind(StrEnum):
    """The mistake."""

    COMPARISON = "comparison flipped"
    THRESHOLD = "threshold moved"
    DATE = "date moved"
    DROPPED = "condition dropped"
    SWAPPED = "and/or swapped"
    NEGATED = "negated"
    MEMBER_DROPPED = "list member dropped"
    MEMBER_CHANGED = "list member changed"
    EXCEPTION = "exception dropped"
    IN_FORCE = "in force moved"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A node of the condition and what the mutant has in its place."""

    target: Node
    replacement: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mutant:
    """A rule with one mistake: `change` is in its condition, or `spans` are its moved days in force."""

    kind: MutantKind
    field: Field
    before: str
    after: str
    change: Change | None = None
    spans: tuple[Span, ...] = ()


_Variant: TypeAlias = tuple[MutantKind, Node]
#: Members of one list that are dropped, one at a time.
SAMPLED_MEMBERS = 3


@dataclass(frozen=True, slots=True)
class Mutation:
    """How mutants are made: with what vocabulary, and whether every member of a list is dropped or a sample."""

    vocabulary: Vocabulary
    every_member: bool = False

    def dropped(self, count: int) -> tuple[int, ...]:
        """Places of the members to drop from a list of so many; none from a list of one, which `negated` stands for."""
        if count == 1:
            return ()
        if self.every_member or count <= SAMPLED_MEMBERS:
            return tuple(range(count))
        return (0, count // 2, count - 1)


def mutants_of(rule: Rule, mutation: Mutation) -> tuple[Mutant, ...]:
    """Every mutant of the rule, in reading order."""
    return (*_of_condition(rule, mutation), *_of_exceptions(rule), *_of_spans(rule))


def _of_condition(rule: Rule, mutation: Mutation) -> Iterator[Mutant]:
    for item in written(rule):
        nodes = tuple(own_nodes(item.node))
        under_not = {id(node.body) for node in nodes if isinstance(node, n.Not)}  # the mutant of the `not` is the same
        for node in nodes:
            for kind, replacement in _variants(node, mutation):
                if kind is not MutantKind.NEGATED or id(node) not in under_not:
                    yield _mutant(kind, item.field, node, replacement)
            if isinstance(node, n.And | n.Or):
                for part in node.items:
                    yield _dropped(item.field, node, part)


def _mutant(kind: MutantKind, field: Field, target: Node, replacement: Node) -> Mutant:
    before, after = text(target), text(replacement)
    if kind is MutantKind.NEGATED and isinstance(target, n.Not):
        after = text(target.body)
    return Mutant(kind=kind, field=field, before=before, after=after, change=Change(target, replacement))


def _dropped(field: Field, node: n.And | n.Or, part: Node) -> Mutant:
    rest = tuple(item for item in node.items if item is not part)
    after = text(type(node)(rest) if len(rest) > 1 else rest[0])
    # The element that changes nothing in its place is as good as none, and keeps the shape of the tree.
    neutral = TRUE if isinstance(node, n.And) else FALSE
    change = Change(part, neutral)
    if isinstance(part, n.Part):  # only this use of the name is dropped
        kept = tuple(neutral if item is part else item for item in node.items)
        change = Change(node, type(node)(kept))
    return Mutant(kind=MutantKind.DROPPED, field=field, before=text(node), after=after, change=change)


def _variants(node: Node, mutation: Mutation) -> Iterator[_Variant]:
    match node:
        case n.And(items=items):
            yield MutantKind.SWAPPED, n.Or(items)
        case n.Or(items=items):
            yield MutantKind.SWAPPED, n.And(items)
        case n.Compare():
            yield from _comparisons(node, mutation.vocabulary)
        case n.Between():
            yield from _between(node, mutation.vocabulary)
        case n.InValues() | n.Contains() | n.HasAny() | n.HasAll():
            yield from _members(node, mutation)
    if _is_negated(node):
        yield MutantKind.NEGATED, n.Not(node)


def _is_negated(node: Node) -> bool:
    """Atoms and `not`; but not `=`, which is flipped to `<>`."""
    if isinstance(node, n.Compare):
        return node.op not in ("=", "<>")
    return isinstance(node, n.Not) or is_atom(node)


def _comparisons(node: n.Compare, vocabulary: Vocabulary) -> Iterator[_Variant]:
    flipped = replace(node, op=FLIPPED[node.op])
    yield MutantKind.COMPARISON, flipped
    for constant, other, field in ((node.right, node.left, "right"), (node.left, node.right, "left")):
        if not isinstance(constant, n.Literal) or node.op in ("=", "<>"):
            continue
        op = node.op if field == "right" else {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[node.op]
        for direction in (-1, 1):
            stepped = other.type in (FactType.INT, FactType.DATE) and constant.type is other.type
            if stepped and direction == _SAME_AS_FLIP[op]:
                continue
            moved = _moved(constant, other, direction, vocabulary)
            changed = replace(node, right=moved) if field == "right" else replace(node, left=moved)
            if _is_possible(changed, vocabulary):
                kind = MutantKind.DATE if constant.type is FactType.DATE else MutantKind.THRESHOLD
                yield kind, changed


def _between(node: n.Between, vocabulary: Vocabulary) -> Iterator[_Variant]:
    for constant in (node.low, node.high):
        if not isinstance(constant, n.Literal):
            continue
        kind = MutantKind.DATE if constant.type is FactType.DATE else MutantKind.THRESHOLD
        for direction in (-1, 1):
            moved = _moved(constant, node.item, direction, vocabulary)
            changed = replace(node, low=moved) if constant is node.low else replace(node, high=moved)
            if _is_possible(changed, vocabulary):
                yield kind, changed


def _is_possible(node: Node, vocabulary: Vocabulary) -> bool:
    """Whether the loader would let the mutant pass; a constant outside the bounds of its fact is no mistake to test for."""
    return never_true(node, vocabulary) is None and never_true(_opposite(node), vocabulary) is None


def _opposite(node: Node) -> Node:
    opposite = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
    return replace(node, op=opposite[node.op]) if isinstance(node, n.Compare) else node


def _moved(constant: n.Literal, other: Node, direction: int, vocabulary: Vocabulary) -> n.Literal:
    value = constant.value
    if isinstance(value, date):
        return replace(constant, value=value + direction * _DAY)
    if isinstance(value, bool | str):
        return constant
    step = step_of(other, value, vocabulary)
    if constant.type is FactType.INT and step == 1:
        return n.Literal(int(value) + direction, FactType.INT)
    return n.Literal(round(value + direction * step, 12), FactType.FLOAT)


def _members(node: n.InValues | n.Contains | n.HasAny | n.HasAll, mutation: Mutation) -> Iterator[_Variant]:
    match node:
        case n.Contains(item=n.Literal(value=str(code)), list=n.FactRef(name=name)):
            other = neighbour(mutation.vocabulary[name], {code}, mutation.vocabulary)
            if other is not None:
                yield MutantKind.MEMBER_CHANGED, replace(node, item=n.Literal(other, FactType.STR))
        case n.InValues(item=item, values=values):
            yield from _values_changed(node, values, item, mutation)
        case n.HasAny(left=left, right=right) | n.HasAll(left=left, right=right):
            for constant, other_side in ((right, left), (left, right)):
                if isinstance(constant, n.ListLiteral):
                    fact = mutation.vocabulary[other_side.name] if isinstance(other_side, n.FactRef) else None
                    for kind, codes in _codes_changed(constant.values, fact, mutation):
                        changed = n.ListLiteral(codes)
                        yield kind, replace(node, right=changed) if constant is right else replace(node, left=changed)


def _values_changed(
    node: n.InValues, values: tuple[n.Literal, ...], item: Node, mutation: Mutation
) -> Iterator[_Variant]:
    texts = tuple(value.value for value in values if isinstance(value.value, str))
    if len(texts) == len(values):
        fact = mutation.vocabulary[item.name] if isinstance(item, n.FactRef) else None
        for kind, codes in _codes_changed(texts, fact, mutation):
            yield kind, replace(node, values=tuple(n.Literal(code, FactType.STR) for code in codes))
        return
    for index in mutation.dropped(len(values)):
        yield MutantKind.MEMBER_DROPPED, replace(node, values=values[:index] + values[index + 1 :])
    yield (
        MutantKind.MEMBER_CHANGED,
        replace(node, values=(*values[:-1], _moved(values[-1], item, 1, mutation.vocabulary))),
    )


def _codes_changed(
    codes: tuple[str, ...], fact: Fact | None, mutation: Mutation
) -> Iterator[tuple[MutantKind, tuple[str, ...]]]:
    for index in mutation.dropped(len(codes)):
        yield MutantKind.MEMBER_DROPPED, codes[:index] + codes[index + 1 :]
    other = neighbour(fact, set(codes), mutation.vocabulary) if fact and codes else None
    if other is not None:
        yield MutantKind.MEMBER_CHANGED, (*codes[:-1], other)


def _of_exceptions(rule: Rule) -> Iterator[Mutant]:
    for part in rule.unless:
        yield Mutant(
            kind=MutantKind.EXCEPTION,
            field=exception_field(part),
            before=text(part.body),
            after="nothing",
            change=Change(part, FALSE),
        )


def _of_spans(rule: Rule) -> Iterator[Mutant]:
    for index, span in enumerate(rule.in_force):
        for word, day in (("from", span.start), ("to", span.to)):
            if day is None:
                continue
            for direction in (-_DAY, _DAY):
                moved = replace(span, start=day + direction) if word == "from" else replace(span, to=day + direction)
                yield Mutant(
                    kind=MutantKind.IN_FORCE,
                    field=("in_force",),
                    before=f"{word} {day}",
                    after=f"{word} {day + direction}",
                    spans=(*rule.in_force[:index], moved, *rule.in_force[index + 1 :]),
                )
