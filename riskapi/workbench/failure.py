"""Why a rule says something else than a test expects: a rule and facts in; lines of text for its author out.

The lines give what decided, every sub-expression with its value and the facts behind it, and the smallest change of the
comparisons after which the rule would say what was expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice, product

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Trace, determining, facts_of, text
from riskapi.language import nodes as n
from riskapi.rules import Rule, Status
from riskapi.rules.template import in_words

_MOST_WAYS = 6
_MOST_JOINED = 50
WORDS = {True: "true", False: "false", None: "not known"}


def why_not(
    rule: Rule, facts: Mapping[str, Value], as_of: date, wanted: Status, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """What decided, the tree of sub-expressions, and what would make the rule say what was `wanted`."""
    if not rule.is_in_force(as_of):
        spans = ", ".join(f"from {span.start}" + (f" to {span.to}" if span.to else "") for span in rule.in_force)
        return (f"the rule is not in force on {as_of}", f"it is in force {spans}")
    tree = rule.trace(facts)
    decided = "; ".join(f"{text(atom.node)} is {WORDS[atom.value]}" for atom in determining(tree))
    return (f"decided by: {decided}", *_lines(tree, facts, vocabulary, 0), *_flips(tree, wanted))


def _lines(tree: Trace, facts: Mapping[str, Value], vocabulary: Vocabulary, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{_label(tree)}: {WORDS[tree.value]}{_values(tree, facts, vocabulary)}"
    for child in tree.children:
        yield from _lines(child, facts, vocabulary, depth + 1)


def _label(tree: Trace) -> str:
    match tree.node:
        case n.Part(name=name):
            return name
        case n.And():
            return "all of"
        case n.Or():
            return "any of"
        case n.Not():
            return "not"
        case _:
            return text(tree.node)


def _values(tree: Trace, facts: Mapping[str, Value], vocabulary: Vocabulary) -> str:
    """The facts of a comparison with their values, as a reader wants them."""
    if tree.children:
        return ""
    names = sorted(facts_of(tree.node))
    told = "; ".join(f"{name}: {in_words(vocabulary[name], facts.get(name), vocabulary)}" for name in names)
    return f"   ({told})" if told else ""


def _flips(tree: Trace, wanted: Status) -> Iterator[str]:
    if wanted is Status.UNDETERMINED:
        names = dict.fromkeys(name for atom in determining(tree) for name in sorted(atom.facts))
        yield f"would be undetermined if these were not known: {', '.join(names)}"
        return
    ways = [_asked(way) for way in _least(_ways(tree, wanted=wanted is Status.FIRED))]
    if len(ways) == 1:
        yield f"would be {wanted} with: {ways[0]}"
        return
    yield f"would be {wanted} with one of:"
    yield from (f"  {way}" for way in ways[:_MOST_WAYS])
    if len(ways) > _MOST_WAYS:
        yield f"  or one of {len(ways) - _MOST_WAYS} further changes"


def _ways(tree: Trace, *, wanted: bool) -> list[tuple[Trace, ...]]:
    """The smallest sets of comparisons that would have to change for the tree to have the wanted value."""
    if tree.value is wanted:
        return [()]
    match tree.node:
        case n.Part():
            return _ways(tree.children[0], wanted=wanted)
        case n.Not():
            return _ways(tree.children[0], wanted=not wanted)
        case n.And() | n.Or():
            below = [_least(_ways(child, wanted=wanted)) for child in tree.children]
            if isinstance(tree.node, n.And) is wanted:
                joined = islice(product(*below), _MOST_JOINED)
                return [tuple(item for way in ways for item in way) for ways in joined]
            return [way for ways in below for way in ways]
        case _:
            return [(tree,)]


def _least(ways: list[tuple[Trace, ...]]) -> list[tuple[Trace, ...]]:
    fewest = min(len(way) for way in ways)
    return [way for way in ways if len(way) == fewest]


def _asked(way: Iterable[Trace]) -> str:
    return " and ".join(
        f"{text(item.node)} {'known, which may settle it' if item.value is None else WORDS[not item.value]}"
        for item in way
    )
