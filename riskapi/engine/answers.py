"""What a rule says of every pairing of two sides: a rule, a viewpoint and two tables of companies in, coded answers out.

Most rules mention one side only, and are then answered once for each company. Of the others every part that mentions one
side is; what is left is a small table over the combinations that occur.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from riskapi.engine.companies import Coded, Codes, CompanyTable
from riskapi.engine.residual import compiled, halves, is_settled, specialise, value_of
from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n
from riskapi.language.nodes import facts_of
from riskapi.rules import Rule

Statuses = npt.NDArray[np.int8]

#: Codes of what a rule says; `or` over viewpoints is the larger, `and` the smaller.
NOT_FIRED, UNDETERMINED, FIRED = np.int8(0), np.int8(1), np.int8(2)
_CODES: Final[Mapping[Value, np.int8]] = {False: NOT_FIRED, None: UNDETERMINED, True: FIRED}

SAME_COUNTRY: Final = "pair.same_control_country"
_OF_BOTH: Final = {
    SAME_COUNTRY: n.Compare(
        "=",
        n.FactRef("foreign.control_country", FactType.STR),
        n.FactRef("host.control_country", FactType.STR),
    )
}
_SIDES: Final = ("foreign", "host")
#: The side of a fact that takes both companies to know.
_BOTH: Final = "both"


class Seen(Protocol):
    """A viewpoint as far as it is the same for all pairings."""

    @property
    def known(self) -> Mapping[str, Value]:
        """The facts that no company decides."""

    @property
    def follows(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """The facts that follow from one company, each with its side and the leaves that it follows from."""

    @property
    def label(self) -> Hashable:
        """Where `following` looks from: viewpoints with the same label make the same of a company."""

    def following(self, side: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The facts that follow from a company of the side with these values by leaf."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says: by the foreign company alone, by the host alone, or by a table over codes of both."""

    foreign: Statuses | None = None
    host: Statuses | None = None
    table: tuple[Codes, Codes, Statuses] | None = None


@dataclass
class Answers:
    """Answers of rules over two sides, each remembered as long as what it depends on is the same."""

    foreign: CompanyTable
    host: CompanyTable
    _known: dict[tuple[object, ...], Answer] = field(default_factory=dict)

    def of(self, rule: Rule, seen: Seen) -> Answer:
        """What the rule says from the viewpoint, of every foreign company with every host."""
        inner = [name for name in rule.fact_order if name in seen.follows]
        settled = tuple(seen.known.get(name) for name in rule.fact_order)
        key = (id(rule), seen.label if inner else None, settled, tuple(map(type, settled)))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._answer(rule, seen)
        return found

    def _answer(self, rule: Rule, seen: Seen) -> Answer:
        sides = {side_of(name, seen) for name in rule.facts} - {None}
        if len(sides) <= 1 and _BOTH not in sides:
            side = next(iter(sides), _SIDES[0]) or _SIDES[0]
            return self._by_one(side, rule.facts, rule.test, seen)
        rest = rest_of(rule, seen)
        if is_settled(rest):
            value = _CODES[value_of(rest)]
            return Answer(foreign=np.full(len(self.foreign), value, dtype=np.int8))
        sides = {side_of(name, seen) for name in facts_of(rest)} - {None}
        if len(sides) == 1:
            return self._by_one(sides.pop() or "", facts_of(rest), compiled(rest), seen)
        return self._by_table(rest, seen)

    def _by_one(
        self, side: str, names: Iterable[str], test: Callable[[Mapping[str, Value]], Value], seen: Seen
    ) -> Answer:
        coded, facts = self._combinations(side, names, seen)
        statuses = np.array([_CODES[test(row)] for row in facts], dtype=np.int8)[coded.codes]
        return Answer(foreign=statuses) if side == _SIDES[0] else Answer(host=statuses)

    def _combinations(self, side: str, names: Iterable[str], seen: Seen) -> tuple[Coded, list[Mapping[str, Value]]]:
        """The combinations of what the names need of one side, each as facts, with the settled facts among the names."""
        wanted = sorted(names)
        own = [name.partition(".")[2] for name in wanted if name.startswith(f"{side}.") and name not in seen.follows]
        inner = [name for name in wanted if name in seen.follows]
        leaves = tuple(sorted({*own, *(leaf for name in inner for leaf in seen.follows[name][1])}))
        table = self.foreign if side == _SIDES[0] else self.host
        known = {name: seen.known.get(name) for name in wanted if side_of(name, seen) is None}
        coded = table.coded(leaves)
        names_of = tuple(f"{side}.{leaf}" for leaf in leaves)
        facts: list[Mapping[str, Value]] = []
        for values in coded.values:
            row = known | dict(zip(names_of, values, strict=True))
            if inner:
                row.update(seen.following(side, dict(zip(leaves, values, strict=True))))
            facts.append(row)
        return coded, facts

    def _by_table(self, rest: n.Node, seen: Seen) -> Answer:
        split = halves(rest, lambda name: side_of(name, seen) or "")
        codes: list[Codes] = []
        values: list[list[Mapping[str, Value]]] = []
        for side in _SIDES:
            slots = {name: node for name, (of, node) in split.slots.items() if of == side}
            names = {name for node in slots.values() for name in facts_of(node)}
            coded, facts = self._combinations(side, names, seen)
            found = [tuple(compiled(node)(row) for node in slots.values()) for row in facts]
            places: dict[tuple[Value, ...], int] = {}
            by_code = np.array([places.setdefault(item, len(places)) for item in found], dtype=np.int64)
            codes.append(by_code[coded.codes])
            values.append([dict(zip(slots, item, strict=True)) for item in places])
        test = compiled(split.rest)
        table = [[_CODES[test({**one, **other})] for other in values[1]] for one in values[0]]
        return Answer(table=(codes[0], codes[1], np.array(table, dtype=np.int8)))


def rest_of(rule: Rule, seen: Seen, but: Collection[str] = ()) -> n.Node:
    """What is left of the rule's condition when all is put in that no company decides, but for the facts named in `but`."""
    known = {name: seen.known.get(name) for name in rule.facts if side_of(name, seen) is None and name not in but}
    return specialise(rule.condition, known, _OF_BOTH)


def side_of(name: str, seen: Seen) -> str | None:
    """Whose fact it is; None where no company decides it."""
    if name in seen.follows:
        return seen.follows[name][0]
    if name == SAME_COUNTRY:
        return _BOTH
    side = name.partition(".")[0]
    return side if side in _SIDES else None
