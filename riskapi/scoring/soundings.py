"""One pairing scored again and again with other facts of its deal: what-if in its quickest form.

Enters: a pairing, the rules, the scorecard. Leaves: an `ask` function from told deal facts to a `Sounding`: the score,
its range, and which rules fire or may fire. No evidence, no explanations; the numbers are those of the full answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from riskapi.engine.evaluate import status_over
from riskapi.errors import RequestError
from riskapi.facts.assembly import Assembler, Pairing
from riskapi.facts.vocabulary import Value
from riskapi.rules import Rule, RuleBook, Status
from riskapi.rules.book import STATUS_OF
from riskapi.scoring.score import Judged, Range, add, group_key, group_range, with_floor
from riskapi.scoring.scorecard import Scorecard, score_of

Told = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """The result for one set of told facts. `fired` and `may_fire` hold the ids of rules with points or a gate.

    `examined` counts the rules in force in the jurisdictions concerned: few of them mean little was looked at.
    """

    low: float
    score: float
    high: float
    fired: frozenset[str]
    may_fire: frozenset[str]
    examined: int


#: None where the facts contradict the pairing, as when it is open whom a one-sided fact speaks of.
Ask = Callable[[Told], Sounding | None]


@dataclass(frozen=True)
class Sounder:
    """Asks about one pairing; parties, day and the party that is foreign stay as they are."""

    pairing: Pairing
    assembler: Assembler
    book: RuleBook
    card: Scorecard

    @cached_property
    def _in_force(self) -> Mapping[str, tuple[int, tuple[Rule, ...]]]:
        """By jurisdiction: how many rules are in force, and those that can move the score or raise a gate."""
        found = {}
        for code, rules in self.book.by_jurisdiction.items():
            live = [rule for rule in rules if rule.is_in_force(self.pairing.as_of)]
            found[code] = (len(live), tuple(rule for rule in live if rule.points or rule.gate))
        return found

    def rules_in_play(self) -> tuple[Rule, ...]:
        """The rules in force that apply to the pairing as it is and can move its score or raise a gate."""
        codes = sorted({viewpoint.jurisdiction for viewpoint in self.pairing.viewpoints})
        return tuple(rule for code in codes for rule in self._in_force.get(code, (0, ()))[1])

    def ask(self, told: Told) -> Sounding | None:
        """The result if these facts were told of the deal."""
        same = self.pairing
        try:
            pairing = self.assembler.pairing(same.parties, told, same.as_of, same.links, same.lead)
        except RequestError:
            return None
        seen: dict[str, list[Told]] = {}
        for viewpoint in pairing.viewpoints:
            seen.setdefault(viewpoint.jurisdiction, []).append(viewpoint.facts)
        judged, examined = self._judged(seen)
        totals = self._totals(judged)
        return Sounding(
            low=score_of(totals.low),
            score=score_of(totals.score),
            high=score_of(totals.high),
            fired=frozenset(item.rule.id for item in judged if item.status is Status.FIRED),
            may_fire=frozenset(item.rule.id for item in judged if item.status is Status.UNDETERMINED),
            examined=examined,
        )

    def _judged(self, seen: Mapping[str, list[Told]]) -> tuple[list[Judged], int]:
        """The rules that fire or may; the others add nothing to any total."""
        judged: list[Judged] = []
        examined = 0
        for code, views in seen.items():
            count, rules = self._in_force.get(code, (0, ()))
            examined += count
            judged += _seen_by_one(rules, views[0]) if len(views) == 1 else _seen_by_both(rules, views)
        return judged, examined

    def _totals(self, judged: list[Judged]) -> Range:
        groups: dict[str, list[Judged]] = {}
        for item in judged:
            groups.setdefault(group_key(item.rule), []).append(item)
        plain = add(self.card.base, [group_range(members, self.card) for members in groups.values()])
        return with_floor(plain, judged, self.card)[0]


def _seen_by_one(rules: Sequence[Rule], facts: Told) -> list[Judged]:
    found = ((rule, rule.test(facts)) for rule in rules)
    return [Judged(rule, STATUS_OF[value]) for rule, value in found if value is not False]


def _seen_by_both(rules: Sequence[Rule], views: Sequence[Told]) -> list[Judged]:
    found = (Judged(rule, status_over(rule, views)) for rule in rules)
    return [item for item in found if item.status is not Status.NOT_FIRED]
