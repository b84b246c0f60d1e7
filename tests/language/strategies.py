"""Hypothesis strategies: typed conditions over `words.WORDS`, and facts to evaluate them on.

Only trees that the parser can give are made, so that `parse(text(tree)) == tree`: no negated constants, no comparison
that can never be true, code lists respected.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any
from zlib import crc32

from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n
from riskapi.language.bounds import never_true
from tests.language.words import COLOURS, WORDS, names

Draw = Callable[[st.SearchStrategy[Any]], Any]

DATES = (date(1, 1, 1), date(1999, 12, 31), date(2000, 2, 29), date(2024, 2, 29), date(2027, 1, 1), date(9999, 12, 31))
INTS = (0, 1, 2, 3, 7, 100, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1)
FLOATS = (0.0, 0.1, 0.25, 0.3, 0.5, 1.0, 2.0, 3.0, 1e-7, 5e-324, 2.0**53, 2.0**63, 1e22, 1e200, 1.7976931348623157e308)
TEXTS = (
    "red", "green", "a", "A", "", " ", "it's", "back\\slash", "élan", "e\u0301lan", "小米", "a,b", '"q"', "%",
    "line\nend", "-- x", "😀",
)  # fmt: skip
ORDERED = ("=", "<>", "<", "<=", ">", ">=")
LEAVES = 2

ints = st.sampled_from([*INTS, *(-value for value in INTS)])
floats = st.sampled_from([*FLOATS, *(-value for value in FLOATS)])
dates = st.one_of(st.sampled_from(DATES), st.dates())
texts = st.sampled_from(TEXTS)
colours = st.sampled_from(sorted(COLOURS))

_VALUES: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.BOOL: st.booleans(),
    FactType.INT: st.one_of(ints, st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3)),
    FactType.FLOAT: st.one_of(floats, st.sampled_from([math.nan, math.inf, -math.inf]), st.floats()),
    FactType.STR: st.one_of(texts, colours),
    FactType.DATE: dates,
    FactType.LIST: st.lists(st.one_of(texts, colours, st.none()), max_size=4).map(tuple),
}
_LITERALS: dict[FactType, st.SearchStrategy[n.Literal]] = {
    kind: values.map(lambda value, kind=kind: n.Literal(value, kind))  # type: ignore[misc]
    for kind, values in (
        (FactType.BOOL, st.booleans()),
        (FactType.INT, ints),
        (FactType.FLOAT, floats),
        (FactType.STR, texts),
        (FactType.DATE, dates),
    )
}


def fact_values(kind: FactType) -> st.SearchStrategy[Value]:
    """Values of one type, the awkward ones often, not known among them."""
    return st.one_of(_VALUES[kind], st.none(), _VALUES[kind])


#: All facts of the vocabulary; a fact may also be missing.
facts: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {item.name: fact_values(item.type) for item in WORDS}
)


@st.composite
def conditions(draw: Draw, depth: int = 3, *, monotone: bool = False) -> n.Node:
    """Boolean trees with every kind of node; `monotone` leaves out `is null`, `coalesce` and `case`."""
    tree: n.Node = _Trees(draw, monotone=monotone).boolean(depth)
    return tree


class _Trees:
    """Draws trees of a wanted type; `depth` is how many levels may still follow."""

    def __init__(self, draw: Draw, *, monotone: bool) -> None:
        self.draw = draw
        self.monotone = monotone

    def one_of(self, *options: Callable[[], n.Node]) -> n.Node:
        chosen: Callable[[], n.Node] = self.draw(st.sampled_from(options))
        return chosen()

    def boolean(self, depth: int) -> n.Node:
        if depth <= 0:
            return self.leaf(FactType.BOOL)
        choices = [lambda: self.choice(FactType.BOOL, depth), lambda: n.IsNull(self.any(depth - 1))]
        return self.one_of(
            lambda: self.connective(n.And, depth),
            lambda: self.connective(n.Or, depth),
            lambda: n.Not(self.boolean(depth - 1)),
            lambda: self.part(depth),
            lambda: self.compare(depth),
            lambda: self.compare(depth),
            lambda: self.in_values(depth),
            lambda: self.between(depth),
            lambda: self.contains(depth),
            lambda: n.HasAny(self.list(depth - 1), self.list(depth - 1)),
            lambda: n.HasAll(self.list(depth - 1), self.list(depth - 1)),
            *([] if self.monotone else choices),
        )

    def leaf(self, kind: FactType) -> n.Node:
        if kind is not FactType.LIST and self.draw(st.integers(0, LEAVES)) == 0:
            return self.draw(_LITERALS[kind])  # type: ignore[no-any-return]
        return n.FactRef(self.draw(st.sampled_from(names(kind))), kind)

    def of(self, kind: FactType, depth: int) -> n.Node:
        match kind:
            case FactType.BOOL:
                return self.boolean(depth)
            case FactType.INT | FactType.FLOAT:
                return self.number(depth)
            case FactType.LIST:
                return self.list(depth)
            case _:
                return self.leaf(kind) if depth <= 0 or self.monotone else self.leaf_or_choice(kind, depth)

    def any(self, depth: int) -> n.Node:
        return self.of(self.draw(st.sampled_from(list(FactType))), depth)

    def leaf_or_choice(self, kind: FactType, depth: int) -> n.Node:
        return self.one_of(lambda: self.leaf(kind), lambda: self.leaf(kind), lambda: self.choice(kind, depth))

    def connective(self, kind: type[n.And | n.Or], depth: int) -> n.Node:
        count = self.draw(st.integers(2, 4))
        return kind(tuple(self.boolean(depth - 1) for _ in range(count)))

    def part(self, depth: int) -> n.Node:
        body = self.boolean(depth - 1)
        return n.Part(f"part_{crc32(repr(body).encode())}", body)

    def possible(self, node: n.Node) -> n.Node:
        """The node, or a plain fact where the parser would call the node never true."""
        return n.FactRef("t.b0", FactType.BOOL) if never_true(node, WORDS) else node

    def compare(self, depth: int) -> n.Node:
        kind = self.draw(st.sampled_from([item for item in FactType if item is not FactType.LIST]))
        ops = ("=", "<>") if kind in (FactType.BOOL, FactType.STR) else ORDERED
        left, right = self.of(kind, depth - 1), self.of(kind, depth - 1)
        if _colour(left) or _colour(right):
            left, right = (self.to_colour(side) for side in (left, right))
        return self.possible(n.Compare(self.draw(st.sampled_from(ops)), left, right))

    def to_colour(self, node: n.Node) -> n.Node:
        return n.Literal(self.draw(colours), FactType.STR) if isinstance(node, n.Literal) else node

    def in_values(self, depth: int) -> n.Node:
        kind = self.draw(st.sampled_from([item for item in FactType if item is not FactType.LIST]))
        item = self.of(kind, depth - 1)
        either = st.one_of(_LITERALS[FactType.INT], _LITERALS[FactType.FLOAT])
        literals = either if kind in (FactType.INT, FactType.FLOAT) else _LITERALS[kind]
        values = self.draw(st.lists(literals, min_size=1, max_size=7))
        if _colour(item):
            values = [n.Literal(self.draw(colours), FactType.STR) for _ in values]
        return self.possible(n.InValues(item, tuple(values)))

    def between(self, depth: int) -> n.Node:
        kind = self.draw(st.sampled_from((FactType.INT, FactType.FLOAT, FactType.DATE)))
        item, low, high = (self.of(kind, depth - 1) for _ in range(3))
        return self.possible(n.Between(item, low, high))

    def contains(self, depth: int) -> n.Node:
        item, items_of = self.of(FactType.STR, depth - 1), self.list(depth - 1)
        if isinstance(items_of, n.ListLiteral):  # the parser reads `x in ['a']` as `x in ('a')`
            items_of = n.FactRef("t.l1", FactType.LIST)
        if _colour(items_of):
            item = self.to_colour(item)
        return n.Contains(item, items_of)

    def list(self, depth: int) -> n.Node:
        literal = st.lists(colours, max_size=3).map(lambda values: n.ListLiteral(tuple(values)))
        options: list[Callable[[], n.Node]] = [lambda: self.leaf(FactType.LIST), lambda: self.draw(literal)]
        if depth > 0 and not self.monotone:
            options.append(lambda: self.choice(FactType.LIST, depth))
        return self.one_of(*options)

    def number(self, depth: int) -> n.Node:
        kind = self.draw(st.sampled_from((FactType.INT, FactType.FLOAT)))
        if depth <= 0:
            return self.leaf(kind)
        below = depth - 1
        options: list[Callable[[], n.Node]] = [
            lambda: self.leaf(kind),
            lambda: self.leaf(kind),
            lambda: n.Arith(self.draw(st.sampled_from("+-*/")), self.number(below), self.number(below)),
            lambda: self.negate(below),
            lambda: n.Days(self.of(FactType.DATE, below), self.of(FactType.DATE, below)),
            lambda: n.Call("abs", self.number(below), FactType.FLOAT),
            lambda: n.Call("len", self.list(below), FactType.INT),
            lambda: n.Call("year", self.of(FactType.DATE, below), FactType.INT),
        ]
        return self.one_of(*options, *([] if self.monotone else [lambda: self.choice(kind, depth)]))

    def negate(self, depth: int) -> n.Node:
        item = self.number(depth)
        return item if isinstance(item, n.Literal) else n.Negate(item)

    def choice(self, kind: FactType, depth: int) -> n.Node:
        """`case` or `coalesce` with branches of one type, or of both number types."""
        values = tuple(self.of(kind, depth - 1) for _ in range(self.draw(st.integers(1, 3))))
        types = {value.type for value in values}
        common = types.pop() if len(types) == 1 else FactType.FLOAT
        if self.draw(st.booleans()):
            return n.Coalesce(values, common)
        default = values[-1] if len(values) > 1 and self.draw(st.booleans()) else None
        branches = values if default is None else values[:-1]
        return n.Case(tuple((self.boolean(depth - 1), value) for value in branches), default, common)


def _colour(node: n.Node) -> bool:
    return isinstance(node, n.FactRef) and WORDS[node.name].domain is not None
