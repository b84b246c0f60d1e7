"""Values worth trying for each fact of a rule: those at which the rule, or a mutant of it, can change its answer.

Enters: conditions, and facts of examples. Leaves: a finite list of values for each fact, the not-known value last. Both
sides of every threshold, every code that is mentioned, one that is not, and for lists each code alone, pairs, all, and
all but one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import combinations

from riskapi.facts.vocabulary import Fact, FactType, Value, Vocabulary, World
from riskapi.language import Node, facts_of
from riskapi.language import nodes as n

#: Lists are tried in pairs up to so many codes.
PAIRED_CODES = 8
_SHARE_STEP = 0.001
#: From here on, 1 is too small a step for double precision and for any reader.
_HUGE = 1e15


def step_of(compared: Node, value: float, vocabulary: Vocabulary) -> float:
    """The smallest difference that matters of what is compared with the constant: 0.1 % of a share, else 1."""
    if any(vocabulary[name].unit == "share" for name in facts_of(compared)):
        return _SHARE_STEP
    return abs(value) / 10 if abs(value) >= _HUGE else 1


def neighbour(fact: Fact | None, taken: set[str], vocabulary: Vocabulary) -> str | None:
    """A code of the fact's list that is not taken: the one after the last that is; None without a list or a free code."""
    codes = None if fact is None else vocabulary.codes(fact)
    if not codes:
        return None
    ordered = list(codes)
    last = max((ordered.index(code) for code in taken if code in codes), default=-1)
    turned = ordered[last + 1 :] + ordered[: last + 1]
    return next((code for code in turned if code not in taken), None)


def trial_values(
    conditions: Iterable[Node], examples: Iterable[Mapping[str, Value]], vocabulary: Vocabulary
) -> dict[str, tuple[Value, ...]]:
    """For each fact of the conditions the values to try; closed-world facts are always known."""
    trees = list(conditions)
    names = frozenset(name for tree in trees for name in facts_of(tree))
    found: dict[str, dict[Value, None]] = {name: {} for name in sorted(names)}
    for facts in examples:
        for name, values in found.items():
            if facts.get(name) is not None:
                values[facts[name]] = None
    constants: dict[str, dict[n.Scalar, None]] = {name: {} for name in found}
    for node in {id(node): node for tree in trees for node in n.walk(tree)}.values():
        _gather(node, constants, vocabulary)
    return {name: _complete(vocabulary[name], found[name], constants[name], vocabulary) for name in found}


def _gather(node: Node, constants: dict[str, dict[n.Scalar, None]], vocabulary: Vocabulary) -> None:
    """Put the constants of one comparison to each fact that it compares; facts compared with one another share theirs."""
    if node.type is not FactType.BOOL or isinstance(node, n.And | n.Or | n.Not | n.Part | n.FactRef):
        return
    values: list[n.Scalar] = []
    for item in n.walk(node):
        if isinstance(item, n.Literal):
            values += _around(item, node, vocabulary)
        elif isinstance(item, n.ListLiteral):
            values += item.values
    for name in facts_of(node):
        constants[name].update(dict.fromkeys(values))


def _around(constant: n.Literal, node: Node, vocabulary: Vocabulary) -> list[n.Scalar]:
    value = constant.value
    if isinstance(value, bool | str):
        return [value]
    if isinstance(value, date):
        return [value, value - timedelta(days=1), value + timedelta(days=1)]
    step = step_of(node, value, vocabulary)
    return [value, round(value - step, 12), round(value + step, 12)]


def _complete(
    fact: Fact, seen: Mapping[Value, None], constants: Mapping[n.Scalar, None], vocabulary: Vocabulary
) -> tuple[Value, ...]:
    values: dict[Value, None] = dict(seen)
    match fact.type:
        case FactType.BOOL:
            values.update(dict.fromkeys((True, False)))
        case FactType.STR:
            texts = {item for item in constants if isinstance(item, str)}
            outside = neighbour(fact, texts | {item for item in seen if isinstance(item, str)}, vocabulary)
            values.update(dict.fromkeys((*sorted(texts), *([outside] if outside else []))))
        case FactType.LIST:
            values.update(dict.fromkeys(_lists(fact, seen, constants, vocabulary)))
        case FactType.DATE:
            values.update(dict.fromkeys(item for item in constants if isinstance(item, date)))
            values.update(_years(constants))
        case _:
            values.update(dict.fromkeys(_numbers(fact, constants)))
    known = tuple(values)
    return known if fact.world is World.CLOSED else (*known, None)


def _numbers(fact: Fact, constants: Mapping[n.Scalar, None]) -> list[float]:
    low = -math.inf if fact.minimum is None else fact.minimum
    high = math.inf if fact.maximum is None else fact.maximum
    numbers = [item for item in constants if isinstance(item, int | float) and not isinstance(item, bool)]
    inside = [item for item in (*numbers, *((low,) if math.isfinite(low) else ())) if low <= item <= high]
    if fact.type is FactType.INT:
        return list(dict.fromkeys(int(item) for item in inside))
    return inside


def _years(constants: Mapping[n.Scalar, None]) -> dict[Value, None]:
    """Days for `year(fact)`."""
    numbers = [item for item in constants if isinstance(item, int) and not isinstance(item, bool)]
    return {date(item, 1, 1): None for item in numbers if date.min.year <= item <= date.max.year}


def _lists(
    fact: Fact, seen: Mapping[Value, None], constants: Mapping[n.Scalar, None], vocabulary: Vocabulary
) -> list[tuple[str, ...]]:
    codes = sorted(item for item in constants if isinstance(item, str))
    sizes = [item for item in constants if isinstance(item, int) and not isinstance(item, bool)]
    outside = neighbour(fact, set(codes), vocabulary)
    known = [item for item in seen if isinstance(item, tuple)]
    lists: list[tuple[str, ...]] = [()]
    for base in known:
        lists += [(*base, code) for code in codes if code not in base]
        lists += [tuple(other for other in base if other != code) for code in base if code in codes]
    lists += [(code,) for code in codes]
    lists += [(outside,)] if outside else []
    lists += combinations(codes, 2) if len(codes) <= PAIRED_CODES else []
    lists += [tuple(other for other in codes if other != code) for code in codes] + [tuple(codes)]
    # For `len(fact)`: lists of the sizes that are mentioned.
    every = tuple(dict.fromkeys((*codes, *(vocabulary.codes(fact) or ()))))
    lists += [every[:size] for size in sizes if 0 <= size <= len(every)]
    return list(dict.fromkeys(lists))
