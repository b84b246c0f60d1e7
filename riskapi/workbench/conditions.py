"""The condition of a rule as its author wrote it: atoms with the field they stand in, and trees with one node exchanged.

Enters: a compiled rule. Leaves: its atoms, its written fields, and changed conditions. A named part is one piece of text,
so a change inside it shows wherever the part is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from riskapi.language import Node
from riskapi.language import nodes as n
from riskapi.rules import Rule

Field = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A node of a condition and the field that holds it: `("when",)`, `("where", "large")`, `("unless", "lifted")`."""

    field: Field
    node: Node


def written(rule: Rule) -> tuple[Placed, ...]:
    """The expressions of the rule in reading order, exceptions last."""
    parts = [Placed(("where", part.name), part.body) for part in rule.parts]
    exceptions = [Placed(exception_field(part), part.body) for part in rule.unless]
    return (*parts, Placed(("when",), rule.when), *exceptions)


def exception_field(part: n.Part) -> Field:
    """Where an exception is written; one without a name was given the name `exception`."""
    return ("unless",) if part.name == "exception" else ("unless", part.name)


def own_nodes(node: Node) -> Iterator[Node]:
    """The boolean nodes written in one expression, parents first; what stands behind a named part is not among them."""
    yield node
    if isinstance(node, n.Not):
        yield from own_nodes(node.body)
    elif isinstance(node, n.And | n.Or):
        for item in node.items:
            yield from own_nodes(item)


def is_atom(node: Node) -> bool:
    """Whether the node is a comparison (or a true/false fact), not made of others by `and`, `or`, `not` or a name."""
    return not isinstance(node, n.And | n.Or | n.Not | n.Part | n.Literal)


def atoms(rule: Rule) -> tuple[Placed, ...]:
    """The atoms of the rule, each place once, in reading order."""
    return tuple(Placed(item.field, node) for item in written(rule) for node in own_nodes(item.node) if is_atom(node))


def exchanged(node: Node, changes: Mapping[int, Node]) -> Node:
    """The boolean tree with the nodes whose `id()` is in `changes` exchanged, wherever they stand."""
    if id(node) in changes:
        return changes[id(node)]
    match node:
        case n.Part(name=name, body=body):
            return n.Part(name, exchanged(body, changes))
        case n.Not(body=body):
            return n.Not(exchanged(body, changes))
        case n.And(items=items):
            return n.And(tuple(exchanged(item, changes) for item in items))
        case n.Or(items=items):
            return n.Or(tuple(exchanged(item, changes) for item in items))
        case _:
            return node
