"""Why a condition is true, false or not known: a trace in, the few atoms that decide it out.

The *determining set* is the false child that made an `and` false, the true child that made an `or` true, and otherwise
every child that shares in the answer; for an unknown condition it is the unknown atoms that could still decide it. The
*nearest flip* is the smallest set of atoms that would have to change for the condition to become true.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskapi.language import nodes as n
from riskapi.language.trace import Trace


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison with its value, the name of the `where` part that it stands in, and the facts it mentions."""

    node: n.Node
    value: bool | None
    part: str | None

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts that it mentions."""
        return n.facts_of(self.node)


def determining(tree: Trace, part: str | None = None) -> tuple[Atom, ...]:
    """The atoms that decide the value of the tree, in reading order, each once."""
    return _unique(_determining(tree, part))


def _determining(tree: Trace, part: str | None) -> list[Atom]:
    match tree.node:
        case n.Part(name=name):
            return _determining(tree.children[0], part or name)
        case n.Not():
            return _determining(tree.children[0], part)
        case n.And() | n.Or():
            decides = isinstance(tree.node, n.Or)
            if tree.value is decides:
                options = [_determining(child, part) for child in tree.children if child.value is decides]
                return min(options, key=len)
            return [atom for child in tree.children if child.value is tree.value for atom in _determining(child, part)]
        case _:
            return [Atom(tree.node, tree.value, part)]


def nearest_flip(tree: Trace) -> tuple[Atom, ...]:
    """The fewest atoms that would have to take another value for the condition to be true."""
    return _unique(_flip(tree, wanted=True, part=None))


def _flip(tree: Trace, *, wanted: bool, part: str | None) -> list[Atom]:
    if tree.value is wanted:
        return []
    match tree.node:
        case n.Part(name=name):
            return _flip(tree.children[0], wanted=wanted, part=part or name)
        case n.Not():
            return _flip(tree.children[0], wanted=not wanted, part=part)
        case n.And() | n.Or():
            needs_all = isinstance(tree.node, n.And) is wanted
            flips = [_flip(child, wanted=wanted, part=part) for child in tree.children]
            return [atom for flip in flips for atom in flip] if needs_all else min(flips, key=len)
        case _:
            return [Atom(tree.node, tree.value, part)]


def unknown_facts(tree: Trace, known: frozenset[str]) -> frozenset[str]:
    """Facts not in `known` that could still decide an undetermined condition."""
    if tree.value is not None:
        return frozenset()
    return frozenset(fact for atom in determining(tree) for fact in atom.facts) - known


def _unique(atoms: list[Atom]) -> tuple[Atom, ...]:
    # By identity: a node stands at one place of one tree, and hashing whole trees would cost more than the rest.
    return tuple({id(atom.node): atom for atom in atoms}.values())
