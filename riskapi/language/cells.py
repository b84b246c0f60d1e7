"""All that a condition can tell of facts: a condition in, a function out that gives equal keys for facts it cannot tell apart.

Of a number or day that the condition only compares with constants, the key holds on which side of each constant it lies;
of every other fact the value. So a comparison has the same value wherever the keys are equal, and its trace as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, cast

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n


def _same(value: Any) -> Any:  # noqa: ANN401  # what it is given
    return value


#: How a constant is read beside a fact of the type.
_READ_AS: Mapping[FactType, Callable[[Any], Any]] = {FactType.INT: int, FactType.FLOAT: float, FactType.DATE: _same}


Facts: TypeAlias = Mapping[str, Value]


def cells_of(condition: n.Node) -> Callable[[Facts], Hashable]:
    """The function from facts to the key."""
    cuts = _cuts(condition)
    whole = values_of(sorted(n.facts_of(condition) - cuts.keys()))
    if not cuts:
        return whole
    return lambda facts: (whole(facts), *[_cell(facts.get(name), cuts[name]) for name in cuts])


def values_of(names: Sequence[str]) -> Callable[[Facts], Hashable]:
    """A function that gives the values of these facts, quickly; a fact that is left out is not known."""
    if not names:
        return lambda _: None
    read = itemgetter(*names)

    def values(facts: Facts) -> Hashable:
        try:
            return cast(Hashable, read(facts))
        except KeyError:
            return cast(Hashable, read(defaultdict(lambda: None, facts)))

    return values


def _cell(value: Value, cuts: Sequence[Any]) -> int | None:
    """Twice the number of constants below the value, and one more where it is one of them; None where not known."""
    if value is None or value != value:  # noqa: PLR0124  # not a number is not known
        return None
    return bisect_left(cuts, value) + bisect_right(cuts, value)


def _cuts(condition: n.Node) -> dict[str, Sequence[Any]]:
    """The constants of each fact that is compared with constants and used for nothing else, in their order."""
    compared: defaultdict[str, set[Any]] = defaultdict(set)  # of one type for each fact
    uses: Counter[str] = Counter()
    for node in n.walk(condition):
        if isinstance(node, n.FactRef):
            uses[node.name] += 1
        for name, constants in _compared(node):
            uses[name] -= 1
            compared[name].update(constants)
    return {name: sorted(constants) for name, constants in compared.items() if uses[name] == 0}


def _compared(node: n.Node) -> Iterator[tuple[str, list[Any]]]:
    found: tuple[n.FactRef, list[n.Scalar]]
    match node:
        case n.Compare(left=n.FactRef() as fact, right=n.Literal(value=value)):
            found = fact, [value]
        case n.Compare(left=n.Literal(value=value), right=n.FactRef() as fact):
            found = fact, [value]
        case n.Between(item=n.FactRef() as fact, low=n.Literal(value=low), high=n.Literal(value=high)):
            found = fact, [low, high]
        case n.InValues(item=n.FactRef() as fact, values=values):
            found = fact, [value.value for value in values]
        case n.IsNull(item=n.FactRef() as fact):
            found = fact, []
        case _:
            return
    read = _READ_AS.get(found[0].type)
    # A whole number that is compared with a double is rounded first: its place among the constants says too little.
    if read is not None and not (read is int and any(isinstance(value, float) for value in found[1])):
        yield found[0].name, [read(value) for value in found[1]]
