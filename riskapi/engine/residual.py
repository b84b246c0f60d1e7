"""What is left of a condition when some facts are settled: a tree and values in, a smaller tree out; and its two halves.

`specialise` puts values in and folds what they decide. `halves` takes out of the rest everything that mentions one side
only, so that each side can be evaluated by itself and only what joins them is left for the pairing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, get_args

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n
from riskapi.language.nodes import facts_of
from riskapi.language.python import compile_value

#: How facts begin that nothing knows: each stands for a value of its type that is settled as not known.
_UNKNOWN: Final = "unknown."
_CLASSES: Final = get_args(n.Node)
_TRUE: Final = n.Literal(value=True, type=FactType.BOOL)
_FALSE: Final = n.Literal(value=False, type=FactType.BOOL)

#: One condition is asked again for each template and day.
compiled = lru_cache(maxsize=20_000)(compile_value)


@dataclass(frozen=True, slots=True)
class Halves:
    """A condition over slots: `rest` mentions the names of `slots`, each an expression on the side named first."""

    rest: n.Node
    slots: Mapping[str, tuple[str, n.Node]]


def specialise(node: n.Node, known: Mapping[str, Value], replaced: Mapping[str, n.Node] | None = None) -> n.Node:
    """The condition with the facts of `known` settled (None: not known; numbers are finite) and `replaced` written out."""
    return _Specialiser(known, replaced or {}).of(node)


def halves(node: n.Node, side_of: Callable[[str], str]) -> Halves:
    """The condition with every part that mentions facts of one side only taken out into a slot."""
    splitter = _Splitter(side_of)
    rest = splitter.of(node)
    return Halves(rest, splitter.slots)


def is_settled(node: n.Node) -> bool:
    """Whether nothing is left to know."""
    return all(map(is_unknown, facts_of(node)))


def is_unknown(name: str) -> bool:
    """Whether a fact of this name stands for a value that is settled as not known."""
    return name.startswith(_UNKNOWN)


def value_of(node: n.Node) -> Value:
    """The value of a settled expression."""
    return compiled(node)({})


def _constant(value: Value, kind: FactType) -> n.Node:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return n.FactRef(_UNKNOWN + kind.value, kind)
    if isinstance(value, tuple):
        return n.ListLiteral(value)
    return n.Literal(value, kind)


def _rebuilt(node: n.Node, change: Callable[[n.Node], n.Node]) -> n.Node:
    """The node with each child changed."""

    def changed(value: Any) -> Any:  # noqa: ANN401  # the fields of nodes
        if isinstance(value, tuple):
            return tuple(changed(item) for item in value)
        return change(value) if isinstance(value, _CLASSES) else value

    values = {item.name: changed(getattr(node, item.name)) for item in fields(node) if item.init}
    return type(node)(**values)


@dataclass(frozen=True)
class _Specialiser:
    known: Mapping[str, Value]
    replaced: Mapping[str, n.Node]

    def of(self, node: n.Node) -> n.Node:
        match node:
            case n.FactRef(name=name, type=kind):
                if name in self.replaced:
                    return self.replaced[name]
                return _constant(self.known[name], kind) if name in self.known else node
            case n.Literal() | n.ListLiteral():
                return node
            case n.Part(body=body):
                return self.of(body)
            case n.And(items=items):
                return self._connective(n.And, items, deciding=_FALSE, idle=_TRUE)
            case n.Or(items=items):
                return self._connective(n.Or, items, deciding=_TRUE, idle=_FALSE)
            case _:
                found = _rebuilt(node, self.of)
                return _constant(value_of(found), found.type) if is_settled(found) else found

    def _connective(
        self, kind: type[n.And | n.Or], items: tuple[n.Node, ...], deciding: n.Node, idle: n.Node
    ) -> n.Node:
        kept = []
        for item in items:
            found = self.of(item)
            if found == deciding:
                return deciding
            if found != idle:
                kept.append(found)
        if not kept:
            return idle
        found = kept[0] if len(kept) == 1 else kind(tuple(kept))
        return _constant(value_of(found), FactType.BOOL) if is_settled(found) else found


class _Splitter:
    def __init__(self, side_of: Callable[[str], str]) -> None:
        self._side_of = side_of
        self.slots: dict[str, tuple[str, n.Node]] = {}
        self._names: dict[n.Node, str] = {}

    def of(self, node: n.Node) -> n.Node:
        sides = {self._side_of(name) for name in facts_of(node) if not is_unknown(name)}
        if not sides:
            return node
        if len(sides) == 1:
            return self._slot(sides.pop(), node)
        return _rebuilt(self._gathered(node), self.of)

    def _gathered(self, node: n.Node) -> n.Node:
        """A connective with the members of each side joined, so that each side becomes one slot."""
        if not isinstance(node, n.And | n.Or):
            return node
        groups: dict[tuple[str, ...], list[n.Node]] = {}
        for number, item in enumerate(node.items):
            sides = sorted({self._side_of(name) for name in facts_of(item) if not is_unknown(name)})
            groups.setdefault(tuple(sides) if len(sides) == 1 else ("", str(number)), []).append(item)
        kind = type(node)
        return kind(tuple(items[0] if len(items) == 1 else kind(tuple(items)) for items in groups.values()))

    def _slot(self, side: str, node: n.Node) -> n.Node:
        name = self._names.setdefault(node, f"slot.{len(self._names)}")
        self.slots[name] = (side, node)
        return n.FactRef(name, node.type)
