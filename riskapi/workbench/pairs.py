"""Two conditions that differ in one node, evaluated together while only some facts are fixed.

Enters: a condition, a change, the values that each fact may take. Leaves: the set of pairs (value of the condition, value
of the changed one) that are still within reach, as a mask of nine bits. The set may hold pairs that are out of reach,
because one fact may stand in several atoms, but never lacks one; with all facts fixed it holds exactly one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, reduce
from itertools import product
from math import prod

from riskapi.facts.vocabulary import Value
from riskapi.language import Condition, Node, compile_condition, facts_of
from riskapi.language import nodes as n
from riskapi.workbench.mutants import Change

#: Kleene values in order: `and` is the lesser, `or` the greater, `not` turns the order round.
RANK = {False: 0, None: 1, True: 2}
_TOP = 2
#: Combinations of values of one atom's facts up to which each is tried; beyond, everything counts as within reach.
_MOST_COMBINATIONS = 3_000


class Only(Enum):
    """A value that a node must have, as its rank."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


def bit(first: int, second: int) -> int:
    """The mask of one pair."""
    return 1 << (3 * first + second)


SAME = sum(bit(rank, rank) for rank in range(3))
DIFFERENT = 511 & ~SAME
#: One is true and the other false: a difference that leaves nothing undetermined.
OPPOSITE = bit(0, 2) | bit(2, 0)


@cache
def _members(mask: int) -> tuple[tuple[int, int], ...]:
    return tuple((a, b) for a in range(3) for b in range(3) if mask & bit(a, b))


def _union(bits: list[int]) -> int:
    return reduce(lambda one, other: one | other, bits, 0)


class Join(Enum):
    """How a connective joins the two values of a pair: by `and`, which is the lesser, or by `or`, the greater."""

    AND = (min, min)
    OR = (max, max)
    AND_TO_OR = (min, max)
    OR_TO_AND = (max, min)

    @property
    def start(self) -> int:
        """The pair that changes nothing."""
        return bit(*(_TOP if way is min else 0 for way in self.value))


class Turn(Enum):
    """Which sides of a pair `not` turns round."""

    BOTH = (True, True)
    SECOND = (False, True)


@cache
def _joined(left: int, right: int, how: Join) -> int:
    one, two = how.value
    return _union([bit(one(a, c), two(b, d)) for a, b in _members(left) for c, d in _members(right)])


@cache
def _turned(mask: int, how: Turn) -> int:
    first, second = how.value
    return _union([bit(_TOP - a if first else a, _TOP - b if second else b) for a, b in _members(mask)])


@cache
def _replaced(mask: int, rank: int) -> int:
    """The pairs with a constant in place of the second."""
    return _union([bit(a, rank) for a, _ in _members(mask)])


_UNSET: object = object()


@dataclass(slots=True)
class Atom:
    """One atom, and what it becomes: `pair` gives its reachable pairs under the facts that are fixed."""

    facts: tuple[str, ...]
    test: Condition
    other: Condition | None
    domains: Mapping[str, tuple[Value, ...]]
    only: frozenset[int]  # the ranks that it may have
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def mask(self, fixed: Mapping[str, Value]) -> int:
        """Its pairs within reach."""
        key = tuple(fixed.get(name, _UNSET) for name in self.facts)
        if key not in self.seen:
            self.seen[key] = self._compute(key)
        return self.seen[key]

    def _compute(self, key: tuple[object, ...]) -> int:
        pools = [
            self.domains[name] if value is _UNSET else (value,) for name, value in zip(self.facts, key, strict=True)
        ]
        if prod(len(pool) for pool in pools) > _MOST_COMBINATIONS:
            return 511 if self.other else SAME
        mask = 0
        for values in product(*pools):
            facts: dict[str, Value] = dict(zip(self.facts, values, strict=True))  # type: ignore[arg-type]
            first = RANK[self.test(facts)]
            second = first if self.other is None else RANK[self.other(facts)]
            if first in self.only:
                mask |= bit(first, second)
        return mask


_Evaluator = Callable[[Mapping[str, Value]], int]
_ALL = frozenset((0, 1, 2))


class PairSets:
    """The two conditions, ready to be evaluated; `only` limits the value that the changed node itself may have."""

    def __init__(
        self,
        condition: Node,
        change: Change,
        domains: Mapping[str, tuple[Value, ...]],
        tests: Callable[[Node], Condition],
        only: Only | None = None,
    ) -> None:
        self.change, self.domains, self.tests = change, domains, tests
        self.only = _ALL if only is None else frozenset((only.value,))
        self.parts: dict[int, _Evaluator] = {}
        self.mask = self._built(condition)

    def _built(self, node: Node) -> _Evaluator:
        if id(node) not in self.parts:
            self.parts[id(node)] = self._changed(node) if node is self.change.target else self._plain(node)
        return self.parts[id(node)]

    def _plain(self, node: Node) -> _Evaluator:
        match node:
            case n.Part(body=body):
                return self._built(body)
            case n.Not(body=body):
                inner = self._built(body)
                return lambda fixed: _turned(inner(fixed), Turn.BOTH)
            case n.And(items=items) | n.Or(items=items):
                return self._connective(items, Join.AND if isinstance(node, n.And) else Join.OR)
            case _:
                return self._atom(node, None)

    def _connective(self, items: tuple[Node, ...], how: Join) -> _Evaluator:
        inner = tuple(self._built(item) for item in items)

        def mask(fixed: Mapping[str, Value]) -> int:
            found = how.start
            for item in inner:
                found = _joined(found, item(fixed), how)
            return found

        return mask

    def _atom(self, node: Node, other: Node | None) -> _Evaluator:
        facts = facts_of(node) if other is None else facts_of(node) | facts_of(other)
        atom = Atom(
            tuple(sorted(facts)), self.tests(node), None if other is None else self.tests(other), self.domains,
            self.only if node is self.change.target else _ALL,
        )  # fmt: skip
        return atom.mask

    def _changed(self, node: Node) -> _Evaluator:
        replacement = self.change.replacement
        match node, replacement:
            case _, n.Literal(value=bool() as constant):
                inner, only = self._plain(node), self.only
                allowed = _union([bit(rank, rank) for rank in only])
                return lambda fixed: _replaced(inner(fixed) & allowed, RANK[constant])
            case _, n.Not(body=body) if body is node:
                inner = self._plain(node)
                return lambda fixed: _turned(inner(fixed), Turn.SECOND)
            case (n.And(items=before), n.Or(items=after)) | (n.Or(items=before), n.And(items=after)) if before == after:
                return self._connective(before, Join.AND_TO_OR if isinstance(node, n.And) else Join.OR_TO_AND)
            case (n.And(items=before), n.And(items=after)) | (n.Or(items=before), n.Or(items=after)):
                return self._exchanged(before, after, Join.AND if isinstance(node, n.And) else Join.OR)
            case _:
                return self._atom(node, replacement)

    def _exchanged(self, before: tuple[Node, ...], after: tuple[Node, ...], how: Join) -> _Evaluator:
        """A connective of which some items became constants."""
        plain = [self._built(item) for item in before]
        constants = [RANK[bool(new.value)] if isinstance(new, n.Literal) and new is not old else None
                     for old, new in zip(before, after, strict=True)]  # fmt: skip

        def mask(fixed: Mapping[str, Value]) -> int:
            found = how.start
            for item, constant in zip(plain, constants, strict=True):
                pairs = item(fixed) if constant is None else _replaced(item(fixed), constant)
                found = _joined(found, pairs, how)
            return found

        return mask


def compiled() -> Callable[[Node], Condition]:
    """`compile_condition` that keeps what it compiled, by the identity of the node; for one rule at a time."""
    kept: dict[int, tuple[Node, Condition]] = {}

    def compile_once(node: Node) -> Condition:
        if id(node) not in kept:
            kept[id(node)] = (node, compile_condition(node))  # with the node, so that its identity is not given again
        return kept[id(node)][1]

    return compile_once
