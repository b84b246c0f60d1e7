"""What would change the result: one fact at a time, and the smallest changes that reach a lower band or lift a gate.

Enters: what is told of a deal, its variables, an `ask` function. Leaves: a `Bar` for each deal fact (its alternatives, the
score of each, the rules that switch) and a `Target` for each lower band and each gate that applies, with the cheapest
ways to it. Pure: everything is found by asking, so that every number can be asked for again.

The search is over concessions: changes of facts that the parties choose (`riskapi.scoring.levers`), in the direction of
the lever, to the values at which some rule changes its answer. All single changes are asked; then pairs of two facts,
the cheapest first, and only such as may do more together than apart: each relieves something alone, or some rule reads
both that applies or may apply, or that speaks for the deal. No other pair can reach what one of its two does not. Of
codes and lists that have the same result alone, the first stands for all (`also`), and of those the eight with the lowest
scores alone enter pairs: with some thirty countries there would be too many. A pair is no way to a target that one of
its two changes reaches alone. Ways are ordered by number of changes, then by effort, then by how far the values move,
then by score.

A gate is lifted where its rule no longer applies and its unknowns leave no doubt of that. Nothing is said about
lawfulness: the gates that remain, and those that may apply, are part of every way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import inf
from typing import NamedTuple

from riskapi.facts.vocabulary import Value
from riskapi.rules import GateKind, Kind, Rule
from riskapi.scoring.alternatives import Variable, applied, is_possible
from riskapi.scoring.levers import LEVERS, Control, Lever, control_of
from riskapi.scoring.scorecard import Scorecard
from riskapi.scoring.soundings import Ask, Sounding, Told

#: Pairs that are asked at most, the cheapest first.
MAX_PAIRS = 1_500
#: Codes or lists of one fact that enter pairs.
IN_PAIRS = 8
_HEAVIEST_FIRST = tuple(GateKind)
#: Ways that are shown of each target.
WAYS = 5
#: Ways of one target that change nothing but one code, such as the form of the deal.
CODES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """The ids of rules that a change moves, sorted; `opened` may apply now and did or did not before."""

    applies: tuple[str, ...]
    no_longer: tuple[str, ...]
    opened: tuple[str, ...]
    settled: tuple[str, ...]  # might have applied, and now does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One other value of one fact, with the result and the rules that switch."""

    value: Value
    result: Sounding
    switched: Switched


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the tornado: a fact and its alternatives, lowest score first. `swing` is highest less lowest score.

    Both ends count the result as it is now.
    """

    variable: Variable
    control: Control
    lowest: float
    highest: float
    swing: float
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One concession. `also` are other values of the same fact with exactly the same result."""

    lever: Lever
    before: Value
    is_open: bool
    value: Value
    also: tuple[Value, ...] = ()

    @property
    def cost(self) -> float:
        """The effort of the lever, half of it where the term is open."""
        return self.lever.cost(is_open=self.is_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Changes with their result; `gates` apply then and `may_apply` may (rule ids), `new_gates` did not before."""

    changes: tuple[Change, ...]
    cost: float
    result: Sounding
    switched: Switched
    gates: tuple[str, ...]
    may_apply: tuple[str, ...]
    new_gates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A lower band (its name) or a gate that applies now (the id of its rule), and the cheapest ways to it."""

    band: str | None
    gate: str | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much was asked. `complete` is false where cheaper pairs were asked and dearer ones left."""

    singles: int
    pairs: int
    pairs_possible: int
    complete: bool


class _Tried(NamedTuple):
    """Changes that were asked, None where they contradict what is told; the order is that of the ways."""

    rank: tuple[int, float, int, float]
    changes: tuple[Change, ...]
    result: Sounding | None

    @property
    def fact(self) -> str:
        """The fact of the first change."""
        return self.changes[0].lever.fact


@dataclass(frozen=True)
class Search:
    """One deal, asked about; `rules` by id are all those that may come into play."""

    told: Told
    ask: Ask
    variables: Sequence[Variable]
    rules: Mapping[str, Rule]
    card: Scorecard

    def sensitivity(self, base: Sounding) -> tuple[Bar, ...]:
        """Each fact by itself, the widest swing first."""
        bars = [self._bar(variable, base) for variable in self.variables]
        return tuple(sorted((bar for bar in bars if bar), key=lambda bar: (-bar.swing, bar.variable.fact.name)))

    def _bar(self, variable: Variable, base: Sounding) -> Bar | None:
        asked = ((value, self._asked({variable.fact.name: value})) for value in variable.values)
        found = [
            Alternative(value=value, result=result, switched=switched(base, result))
            for value, result in asked
            if result is not None
        ]
        if not found:
            return None
        scores = [base.score, *(item.result.score for item in found)]
        return Bar(
            variable=variable,
            control=control_of(variable.fact.name),
            lowest=min(scores),
            highest=max(scores),
            swing=max(scores) - min(scores),
            alternatives=tuple(sorted(found, key=lambda item: (item.result.score, item.result.high))),
        )

    def ways(self, base: Sounding, keep: frozenset[str] = frozenset()) -> tuple[tuple[Target, ...], Effort]:
        """The cheapest ways to every target; facts in `keep` are not touched."""
        free = [variable for variable in self.variables if variable.fact.name not in keep]
        singles = [item for variable in free for item in self._singles(variable)]
        possible = self._pairs([item for variable in free for item in _for_pairs(variable, singles)], base)
        pairs = [self._both(*pair) for pair in possible[:MAX_PAIRS]]
        effort = Effort(
            singles=len(singles),
            pairs=len(pairs),
            pairs_possible=len(possible),
            complete=len(possible) <= MAX_PAIRS,
        )
        return tuple(self._target(target, singles, pairs, base) for target in self._targets(base)), effort

    def _asked(self, changes: Mapping[str, Value]) -> Sounding | None:
        after = applied(self.told, changes)
        return self.ask(after) if is_possible(after) else None

    # Single changes

    def _singles(self, variable: Variable) -> Iterator[_Tried]:
        """The concessions in one fact, the nearest first; of codes and lists with the same result one stands for all."""
        lever = LEVERS.get(variable.fact.name)
        if lever is None:
            return
        values = [value for value in variable.values if lever.allows(variable.now, value)]
        tried = [(value, self._asked({lever.fact: value})) for value in values]
        for place, (value, result, also) in enumerate(_merged(tried)):
            change = Change(lever=lever, before=variable.now, is_open=variable.now is None, value=value, also=also)
            near = 0 if isinstance(value, str) else place  # no code is nearer than another
            yield _Tried((1, change.cost, near, _score(result)), (change,), result)

    # Pairs

    def _pairs(self, singles: Sequence[_Tried], base: Sounding) -> list[tuple[_Tried, _Tried]]:
        """Pairs of two facts that may do more together than apart, the cheapest first."""
        does = {id(item): item.result is None or self._relieves(base, item.result) for item in singles}
        found = [
            (one, other)
            for one, other in combinations(singles, 2)
            if one.fact != other.fact and ((does[id(one)] and does[id(other)]) or self._meet(one, other, base))
        ]
        return sorted(found, key=lambda pair: _pair_rank(*pair))

    def _meet(self, one: _Tried, other: _Tried, base: Sounding) -> bool:
        """Whether both facts are read by a rule that applies or may, or by one that speaks for the deal."""
        mine, theirs = self._by_name[one.fact], self._by_name[other.fact]
        if mine.mitigating & theirs.mitigating:
            return True
        shared = mine.rules & theirs.rules
        results = (result for result in (base, one.result, other.result) if result is not None)
        return any(shared & result.fired or shared & result.may_fire for result in results)

    @cached_property
    def _by_name(self) -> Mapping[str, Variable]:
        return {variable.fact.name: variable for variable in self.variables}

    def _relieves(self, base: Sounding, result: Sounding) -> bool:
        """Whether some rule against the deal stops applying or being open, or some rule for it starts."""
        gone = (base.fired - result.fired) | (base.may_fire - result.may_fire - result.fired)
        come = (result.fired - base.fired) | (result.may_fire - base.may_fire)
        return any(self.rules[one].kind is not Kind.MITIGATING for one in gone) or any(
            self.rules[one].kind is Kind.MITIGATING for one in come
        )

    def _both(self, one: _Tried, other: _Tried) -> _Tried:
        changes = (*one.changes, *other.changes)
        result = self._asked({change.lever.fact: change.value for change in changes})
        return _Tried((2, *_pair_rank(one, other), _score(result)), changes, result)

    # Targets

    def _targets(self, base: Sounding) -> list[Target]:
        """The lower bands, nearest first, and the gates that apply, the heaviest first."""
        bands = [band.name for band in self.card.bands if self._below(band.name, base.score)]
        return [
            *(Target(band=name, gate=None, ways=()) for name in reversed(bands)),
            *(Target(band=None, gate=one, ways=()) for one in self.gates(base.fired)),
        ]

    def _below(self, band: str, score: float) -> bool:
        names = [item.name for item in self.card.bands]
        return names.index(band) < names.index(self.card.band(score).name)

    def _reaches(self, target: Target, result: Sounding | None) -> bool:
        if result is None:
            return False
        if target.gate is not None:
            return target.gate not in result.fired | result.may_fire
        names = [item.name for item in self.card.bands]
        return names.index(self.card.band(result.score).name) <= names.index(target.band or "")

    def _target(self, target: Target, singles: Sequence[_Tried], pairs: Sequence[_Tried], base: Sounding) -> Target:
        """The cheapest ways; of one choice of facts the nearest values, of a code several."""
        fitting = [item for item in singles if self._reaches(target, item.result)]
        enough = {(item.fact, item.changes[0].value) for item in fitting}
        fitting += [
            item
            for item in pairs
            if enough.isdisjoint((change.lever.fact, change.value) for change in item.changes)
            and self._reaches(target, item.result)
        ]
        ways: list[Way] = []
        seen: Counter[tuple[str, ...]] = Counter()
        for item in sorted(fitting, key=lambda item: item.rank):
            facts = tuple(change.lever.fact for change in item.changes)
            codes = len(facts) == 1 and isinstance(item.changes[0].value, str)
            if item.result is not None and len(ways) < WAYS and seen[facts] < (CODES if codes else 1):
                seen[facts] += 1
                ways.append(self._way(item, item.result, base))
        return Target(band=target.band, gate=target.gate, ways=tuple(ways))

    def _way(self, item: _Tried, result: Sounding, base: Sounding) -> Way:
        return Way(
            changes=item.changes,
            cost=item.rank[1],
            result=result,
            switched=switched(base, result),
            gates=self.gates(result.fired),
            may_apply=self.gates(result.may_fire),
            new_gates=self.gates(result.fired - base.fired),
        )

    def gates(self, rules: Iterable[str]) -> tuple[str, ...]:
        """Those of the rules that raise a gate, the heaviest kind first."""
        kinds = ((one, self.rules[one].gate) for one in rules)
        found = [(_HEAVIEST_FIRST.index(kind), one) for one, kind in kinds if kind is not None]
        return tuple(one for _, one in sorted(found))


def _for_pairs(variable: Variable, singles: Iterable[_Tried]) -> list[_Tried]:
    """The single changes of one fact that enter pairs: all numbers, and the codes or lists with the lowest scores alone."""
    own = [item for item in singles if item.fact == variable.fact.name]
    if all(isinstance(item.changes[0].value, str | tuple) for item in own):
        own.sort(key=lambda item: (item.result is not None, _score(item.result), _high(item.result)))
        return own[:IN_PAIRS]
    return own


def _merged(
    tried: Iterable[tuple[Value, Sounding | None]],
) -> list[tuple[Value, Sounding | None, tuple[Value, ...]]]:
    """Value, result, and the other codes or lists with that result; a number stays alone: a pair may part it from the next."""
    groups: dict[tuple[Sounding | None, Value], list[Value]] = {}
    for value, result in tried:
        own = None if isinstance(value, str | tuple) else value
        groups.setdefault((result, own), []).append(value)
    return [(values[0], result, tuple(values[1:]) if result else ()) for (result, _), values in groups.items()]


def _score(result: Sounding | None) -> float:
    return inf if result is None else result.score


def _high(result: Sounding | None) -> float:
    return inf if result is None else result.high


def _pair_rank(one: _Tried, other: _Tried) -> tuple[float, int]:
    return one.rank[1] + other.rank[1], one.rank[2] + other.rank[2]


def switched(before: Sounding, after: Sounding) -> Switched:
    """Which rules differ between two results."""
    return Switched(
        applies=tuple(sorted(after.fired - before.fired)),
        no_longer=tuple(sorted(before.fired - after.fired)),
        opened=tuple(sorted(after.may_fire - before.may_fire)),
        settled=tuple(sorted(before.may_fire - after.may_fire - after.fired)),
    )
