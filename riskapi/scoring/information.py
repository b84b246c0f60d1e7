"""What is worth finding out: for each fact that is not known, how far learning it could move the interval.

Enters: a pairing with its outcomes. Leaves: one `Unknown` per fact that could still decide a rule, and one `Assumption` per
closed-world fact that was not told and would move the score if it were otherwise. Values are tried at every threshold and
code that the rules concerned mention (both sides of each), so that no step of any rule is missed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from riskapi.engine.evaluate import Outcome
from riskapi.engine.explain import Explanation
from riskapi.facts.assembly import Assembler, Pairing
from riskapi.facts.vocabulary import DEAL_FACTS, Fact, FactType, Origin, Value, Vocabulary, World
from riskapi.language import nodes as n
from riskapi.language.bounds import MIRRORED
from riskapi.rules import Rule, Status
from riskapi.scoring.scorecard import Scorecard
from riskapi.scoring.trials import Readers, Trial, Trials, matters, readers_of

#: Values tried of one fact at most; enough for both sides of every threshold of the rules that one fact can decide.
MAX_TRIALS = 40
#: Codes of a list fact up to which each is tried alone.
FEW_CODES = 6
#: Sets of values kept, by fact and rules; when there are more, all are forgotten.
REMEMBERED = 20_000
_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A fact that is not known, the rules it could decide, and the trials with the lowest and highest score.

    `moves` is the most by which learning it can shift the two ends of the interval, in points, added up.
    """

    fact: Fact
    side: int | None  # index of the party it is about, for company facts
    rules: tuple[str, ...]
    moves: float
    lowest: Trial
    highest: Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A closed-world fact that was not told, what it is taken as, and the result if it were otherwise."""

    fact: Fact
    assumed: Value
    otherwise: Trial


def critical_values(rule: Rule, vocabulary: Vocabulary) -> dict[str, frozenset[Value]]:
    """For each fact of the rule, the values at which the rule can change its answer."""
    found: dict[str, set[Value]] = {}
    for node in n.walk(rule.condition):
        for name, values in _critical(node, vocabulary):
            found.setdefault(name, set()).update(values)
    for name in rule.facts:
        if vocabulary[name].type is FactType.BOOL:
            found.setdefault(name, set()).update((True, False))
    return {name: frozenset(values) for name, values in found.items()}


def _critical(node: n.Node, vocabulary: Vocabulary) -> Iterable[tuple[str, set[Value]]]:
    match node:
        case n.Compare(op=op, left=n.FactRef(name=name), right=n.Literal(value=value)):
            yield name, _around(vocabulary[name], op, [value])
        case n.Compare(op=op, left=n.Literal(value=value), right=n.FactRef(name=name)):
            yield name, _around(vocabulary[name], MIRRORED[op], [value])
        case n.InValues(item=n.FactRef(name=name), values=values):
            yield name, _around(vocabulary[name], "=", [value.value for value in values])
        case n.Between(item=n.FactRef(name=name), low=n.Literal(value=low), high=n.Literal(value=high)):
            yield name, _around(vocabulary[name], ">=", [low]) | _around(vocabulary[name], "<=", [high])
        case n.Contains(item=n.Literal(value=str() as value), list=n.FactRef(name=name)):
            yield name, {(), (value,)}
        case n.HasAny(left=n.FactRef(name=name), right=n.ListLiteral(values=codes)):
            yield name, {(), *((code,) for code in codes)}
        case n.HasAll(left=n.FactRef(name=name), right=n.ListLiteral(values=codes)):
            yield name, {(), codes}


def _around(fact: Fact, op: str, values: Iterable[n.Scalar]) -> set[Value]:
    """Each value and its neighbour on the other side of the comparison, inside the bounds of the fact."""
    result: set[Value] = set()
    # `>` and `<=` part above the constant, the others below it.
    side = 1 if op in (">", "<=") else -1
    for value in values:
        if isinstance(value, bool):
            result |= {True, False}
        elif isinstance(value, date):
            result |= {value, value + timedelta(days=side)}
        elif isinstance(value, int | float):
            step = 0.001 if fact.unit == "share" else 1
            low = -math.inf if fact.minimum is None else fact.minimum
            high = math.inf if fact.maximum is None else fact.maximum
            result |= {item for item in (value, value + side * step) if low <= item <= high}
        else:
            result.add(value)
    return result


@dataclass(frozen=True)
class Inquiry:
    """Finds out what is worth finding out; built once per rule book."""

    assembler: Assembler
    card: Scorecard
    critical: Mapping[str, Mapping[str, frozenset[Value]]]  # rule id -> fact -> values
    readers: Readers
    _tried: dict[tuple[str, ...], Sequence[Value]] = field(default_factory=dict)

    @classmethod
    def over(cls, rules: Sequence[Rule], assembler: Assembler, card: Scorecard) -> Inquiry:
        """Prepare the critical values of every rule, and who reads which fact."""
        critical = {rule.id: critical_values(rule, assembler.vocabulary) for rule in rules}
        return cls(assembler, card, critical, readers_of(rules))

    def inquire(
        self, pairing: Pairing, outcomes: Sequence[Outcome], explanations: Mapping[str, Explanation]
    ) -> tuple[list[Unknown], list[Assumption]]:
        """What is not known and could move the result, the most first; and what is taken for granted."""
        trials = Trials((self.assembler, self.card, self.readers), pairing, outcomes)
        return self._unknowns(pairing, outcomes, explanations, trials), self._assumptions(pairing, trials)

    def _unknowns(
        self,
        pairing: Pairing,
        outcomes: Sequence[Outcome],
        explanations: Mapping[str, Explanation],
        trials: Trials,
    ) -> list[Unknown]:
        concerned: dict[str, list[Rule]] = {}
        for outcome in outcomes:
            if outcome.status is Status.UNDETERMINED and matters(outcome.rule):
                for name in self._askable(pairing, outcome, explanations[outcome.rule.id].open_facts):
                    concerned.setdefault(name, []).append(outcome.rule)
        found = [self._unknown(name, rules, trials) for name, rules in concerned.items()]
        return sorted(
            (item for item in found if item), key=lambda item: (-item.moves, -len(item.rules), item.fact.name)
        )

    def _assumptions(self, pairing: Pairing, trials: Trials) -> list[Assumption]:
        """Closed-world yes/no facts of the deal that nobody told and that would move the score if they were otherwise."""
        result = []
        for fact in _TAKEN_FOR_GRANTED:
            if pairing.told.get(fact.name) is not None:
                continue
            otherwise = trials.run(fact.name, not fact.default)
            if otherwise is not None and abs(otherwise.score - trials.totals.score) > _NOISE:
                result.append(
                    Assumption(fact=fact, assumed=fact.default, otherwise=trials.shown(not fact.default, otherwise))
                )
        return result

    def _askable(self, pairing: Pairing, outcome: Outcome, open_facts: frozenset[str]) -> set[str]:
        """The open facts as a caller can tell them: named as the lead viewpoint has them, inputs in place of what is computed."""
        as_lead = pairing.lead is None or pairing.lead == outcome.viewpoint.foreign
        asked = set()
        for name in open_facts:
            fact = self.assembler.vocabulary[name]
            base = name if as_lead or not (fact.one_sided or fact.origin is Origin.COMPANY) else fact.mirror
            source = _SOURCES.get(name, base)
            if source and self.assembler.vocabulary[source].told:
                asked.add(source)
        return asked

    def _unknown(self, name: str, rules: list[Rule], trials: Trials) -> Unknown | None:
        values = self._candidates(name, rules)
        results = [(value, result) for value in values if (result := trials.run(name, value)) is not None]
        if not results:
            return None
        before = trials.totals
        moves = max(abs(after.low - before.low) + abs(after.high - before.high) for _, after in results)
        lowest = min(results, key=lambda item: (item[1].score, item[1].high, str(item[0])))
        highest = max(results, key=lambda item: (item[1].score, item[1].low, str(item[0])))
        fact = self.assembler.vocabulary[name]
        return Unknown(
            fact=fact,
            side=trials.party_of(name),
            rules=tuple(sorted(rule.id for rule in rules)),
            moves=moves,
            lowest=trials.shown(*lowest),
            highest=trials.shown(*highest),
        )

    def _candidates(self, name: str, rules: Sequence[Rule]) -> Sequence[Value]:
        """The values of a fact that are tried for these rules."""
        key = (name, *(rule.id for rule in rules))
        found = self._tried.get(key)
        if found is None:
            if len(self._tried) >= REMEMBERED:
                self._tried.clear()
            found = self._tried[key] = self._worth_trying(name, rules)
        return found

    def _worth_trying(self, name: str, rules: Sequence[Rule]) -> Sequence[Value]:
        fact = self.assembler.vocabulary[name]
        values: set[Value] = set()
        for rule in rules:
            for key in (name, fact.mirror):
                values |= self.critical[rule.id].get(key, frozenset()) if key else frozenset()
        fitting = {value for value in values if _fits(fact, value)}
        fitting = self._lists(fact, fitting) if fact.type is FactType.LIST else fitting | self._outsiders(fact, fitting)
        return sorted(fitting, key=str)[:MAX_TRIALS]

    def _outsiders(self, fact: Fact, values: set[Value]) -> set[Value]:
        """A code that no rule mentions."""
        allowed = self.assembler.vocabulary.codes(fact) if fact.type is FactType.STR else None
        outside = next((code for code in allowed if code not in values), None) if allowed else None
        return set() if outside is None else {outside}

    def _lists(self, fact: Fact, values: set[Value]) -> set[Value]:
        """Nothing, everything that rules mention at once, and each alone where these are few: more gives no wider range."""
        codes = sorted({code for value in values if isinstance(value, tuple) for code in value})
        alone: set[Value] = {(code,) for code in codes} if len(codes) <= FEW_CODES else set()
        if fact.domain == "country":
            alone |= {("US",), ("CN",)}
        return {(), tuple(codes), *alone}


_TAKEN_FOR_GRANTED = tuple(
    fact for fact in DEAL_FACTS if fact.world is World.CLOSED and fact.type is FactType.BOOL and fact.told
)

#: Facts that callers tell in place of those computed from them.
_SOURCES = {
    "jurisdiction.activity_here": "deal.activity_country",
    "jurisdiction.market_here": "deal.market_countries",
    "deal.activity_groups": "deal.activity_country",
}


def _fits(fact: Fact, value: Value) -> bool:
    match fact.type:
        case FactType.BOOL:
            return isinstance(value, bool)
        case FactType.LIST:
            return isinstance(value, tuple)
        case FactType.STR:
            return isinstance(value, str)
        case FactType.DATE:
            return isinstance(value, date)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)
