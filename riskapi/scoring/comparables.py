"""Past deals most like the one that is asked about, with what became of them.

Enters: past deals with their facts as of their announcement, what the rules of that day said of them, the same of the
deal in question, an as-of date. Leaves: the nearest past deals with their distance (`riskapi.scoring.likeness`), what is
alike and what differs, the outcome where it was known by then, its source and its confidence.

Country groups and state ownership of a past deal are those on the day of its announcement, and so are the rules. Only
deals announced before the as-of date are drawn on; an outcome that came after it (or is not dated) is not shown. A deal
between the same two parties is left out as their own. Ties go to the later announcement, then to the deal id.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from riskapi.claims.model import ReportedDeal
from riskapi.entities.names import keys_of
from riskapi.scoring.likeness import (
    RULES_WEIGHT,
    WEIGHTS,
    ComparableFacts,
    FactComparison,
    FactValue,
    Place,
    RuleComparison,
    RuleProfile,
    Standing,
    compare_fact,
    compare_rules,
    mean,
    rule_difference,
    sums,
    told,
    weighed,
)

NOT_AN_OUTCOME = frozenset({None, "pending"})
#: Columns of differences, sums of them, and deals as known on a day that are kept, of each.
MEASURED = 2_000
#: A year in a sentence.
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Under what a party goes: its company id, where it has one, and its name."""

    company_id: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreThen:
    """The score of a past deal by the rules and facts of the day of its announcement."""

    on: date
    low: float
    score: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """A past deal with what became of it. `distance` runs from 0 (alike in everything compared) to 1.

    Where `outcome_known` is false the outcome was not known by the as-of date, and `deal` holds nothing of it. `rules`
    and `scored` are null where the rules were not asked.
    """

    deal: ReportedDeal
    distance: float
    outcome_known: bool
    facts: tuple[FactComparison, ...]
    rules: RuleComparison | None = None
    scored: ScoreThen | None = None

    def standing(self, standing: Standing) -> tuple[str, ...]:
        """The names of the facts that stand so."""
        return tuple(fact.fact for fact in self.facts if fact.standing is standing)


#: The facts of a past deal as of its announcement, and what the rules of that day said.
FactsOf = Callable[[ReportedDeal], ComparableFacts]
RulesOf = Callable[[ReportedDeal], RuleProfile]


def facts_of(deal: ReportedDeal) -> ComparableFacts:
    """What the row alone says; country groups and state ownership are added by those who know them on a day."""
    return ComparableFacts(
        foreign_country=Place(deal.foreign_country) if deal.foreign_country else None,
        activity_country=Place(deal.activity_country) if deal.activity_country else None,
        deal_type=deal.deal_type,
        sector=deal.sector,
        foreign_stake=None if deal.foreign_share is None else deal.foreign_share / 100,
    )


class PastDeals:
    """The deals with their facts laid out in columns, prepared once and asked often."""

    def __init__(
        self, deals: Iterable[ReportedDeal], *, facts: FactsOf = facts_of, rules: RulesOf | None = None
    ) -> None:
        """`rules` is asked once for each deal that comes near, when it first does."""
        dated = (deal for deal in deals if deal.announced_on is not None)
        self._deals = sorted(dated, key=lambda deal: (-_ordinal(deal.announced_by), deal.deal_id))
        self._facts = [told(facts(deal)) for deal in self._deals]
        self._columns = {fact: [getattr(known, fact) for known in self._facts] for fact in WEIGHTS}
        self._days_back = [-_ordinal(deal.announced_by) for deal in self._deals]
        self._sides = [_sides_of(deal) for deal in self._deals]
        self._measured: dict[tuple[str, FactValue | None], list[tuple[float, float]]] = {}
        self._summed: dict[tuple[FactValue | None, ...], list[tuple[float, float]]] = {}
        self._known: dict[tuple[int, date], ReportedDeal] = {}
        self._rules_of = rules
        self._rules: dict[int, RuleProfile] = {}

    def __len__(self) -> int:
        return len(self._deals)

    def nearest(
        self,
        asked: ComparableFacts,
        as_of: date,
        *,
        rules: RuleProfile | None = None,
        parties: tuple[Called, Called] | None = None,
        limit: int = 5,
    ) -> tuple[Comparable, ...]:
        """The `limit` past deals nearest to `asked`, the nearest first.

        A deal between the same two `parties`, in either role, is their own and left out. `rules` is what the rules say
        of the deal in question; without it the facts alone are compared. Nothing comes back where no fact is known.
        """
        asked = told(asked)
        if all(getattr(asked, fact) is None for fact in WEIGHTS):
            return ()
        with_rules = rules if self._rules_of is not None else None
        own = None if parties is None else _ids_and_words(parties)
        sums = self._sums(asked)
        found: list[tuple[float, int]] = []
        for least, index in self._in_reach(sums, as_of, 0.0 if with_rules is None else RULES_WEIGHT):
            if len(found) == limit and least > found[-1][0]:
                break
            near = (least if with_rules is None else self._with_rules(sums[index], with_rules, index), index)
            if len(found) == limit and near > found[-1]:
                continue
            if own is None or not _is_between(self._sides[index], own):
                insort(found, near)
                del found[limit:]
        return tuple(self._comparable(asked, with_rules, distance, index, as_of) for distance, index in found)

    def read_all(self) -> None:
        """Ask the rules about every deal now, so that no question has to wait for it."""
        for index in range(len(self._deals)):
            self._profile(index)

    def _in_reach(
        self, sums: Sequence[tuple[float, float]], as_of: date, rules_weight: float
    ) -> list[tuple[float, int]]:
        """The deals announced before the day, by the least distance that their facts allow."""
        first = bisect_right(self._days_back, -as_of.toordinal())
        return sorted(
            [(mean(unlike, weight + rules_weight), index) for index, (unlike, weight) in enumerate(sums[first:], first)]
        )

    def _with_rules(self, of_facts: tuple[float, float], rules: RuleProfile, index: int) -> float:
        unlike, weight = of_facts
        return mean(unlike + RULES_WEIGHT * rule_difference(rules, self._profile(index)), weight + RULES_WEIGHT)

    def _sums(self, asked: ComparableFacts) -> list[tuple[float, float]]:
        """Weighted differences and weights of the facts for each deal.

        The stake is added last: it takes any value, while questions that are alike in the rest come again.
        """
        *codes, stake = WEIGHTS
        key = tuple(getattr(asked, fact) for fact in codes)
        of_codes = self._summed.get(key)
        if of_codes is None:
            if len(self._summed) > MEASURED:
                self._summed.clear()
            columns = [self._column(fact, value) for fact, value in zip(codes, key, strict=True)]
            of_codes = self._summed[key] = [sums(parts) for parts in zip(*columns, strict=True)]
        last = self._column(stake, getattr(asked, stake))
        return [
            (unlike + more, weight + of_stake)
            for (unlike, weight), (more, of_stake) in zip(of_codes, last, strict=True)
        ]

    def _profile(self, index: int) -> RuleProfile:
        if index not in self._rules and self._rules_of is not None:
            self._rules[index] = self._rules_of(self._deals[index])  # caches only gain entries: safe for threads
        return self._rules[index]

    def _column(self, fact: str, asked: FactValue | None) -> list[tuple[float, float]]:
        """Weighted difference and weight of one fact for each deal; measured once for each value ever asked about."""
        found = self._measured.get((fact, asked))
        if found is None:
            if len(self._measured) > MEASURED:
                self._measured.clear()
            table = {past: weighed(fact, asked, past) for past in set(self._columns[fact])}
            found = self._measured[fact, asked] = [table[past] for past in self._columns[fact]]
        return found

    def _comparable(
        self, asked: ComparableFacts, rules: RuleProfile | None, distance: float, index: int, as_of: date
    ) -> Comparable:
        past, deal = self._facts[index], self._deals[index]
        compared = (compare_fact(fact, getattr(asked, fact), getattr(past, fact)) for fact in WEIGHTS)
        profile = None if rules is None else self._profile(index)
        return Comparable(
            deal=self._as_known(index, as_of),
            distance=distance,
            outcome_known=_outcome_known(deal, as_of),
            facts=tuple(item for item in compared if item is not None),
            rules=None if rules is None or profile is None else compare_rules(rules, profile),
            scored=None if profile is None or deal.announced_on is None else _then(deal.announced_on, profile),
        )

    def _as_known(self, index: int, as_of: date) -> ReportedDeal:
        found = self._known.get((index, as_of))
        if found is None:
            if len(self._known) > MEASURED:
                self._known.clear()
            found = self._known[index, as_of] = _as_known(self._deals[index], as_of)
        return found


def _then(on: date, profile: RuleProfile) -> ScoreThen:
    return ScoreThen(on=on, low=profile.low, score=profile.score, high=profile.high)


# What was known on a day


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _outcome_known(deal: ReportedDeal, as_of: date) -> bool:
    return deal.outcome not in NOT_AN_OUTCOME and deal.outcome_by is not None and deal.outcome_by <= as_of


def _as_known(deal: ReportedDeal, as_of: date) -> ReportedDeal:
    """The deal as it was known; a summary that speaks of a later year is left out."""
    known = deal.known_on(as_of) or deal
    if not _outcome_known(deal, as_of):
        known = replace(known, outcome=None, outcome_on=None)
    late = any(int(year) > as_of.year for year in _YEAR.findall(known.summary or ""))
    return replace(known, summary=None) if late else known


# Whose deal it is

#: One party: its id, folded, and the words of its name without legal forms.
_Name = tuple[str | None, tuple[str, ...]]


def _ids_and_words(parties: Sequence[Called]) -> tuple[_Name, _Name]:
    one, other = (_name_of(party.company_id, party.name) for party in parties)
    return one, other


def _name_of(company_id: str | None, name: str | None) -> _Name:
    return (company_id.casefold() if company_id else None, tuple(keys_of(name).words) if name else ())


def _sides_of(deal: ReportedDeal) -> tuple[_Name, _Name]:
    return _name_of(deal.foreign_company_id, deal.foreign_name), _name_of(deal.host_company_id, deal.host_name)


def _is_between(sides: tuple[_Name, _Name], parties: tuple[_Name, _Name]) -> bool:
    (one, other), (foreign, host) = parties, sides
    return (_alike(one, foreign) and _alike(other, host)) or (_alike(one, host) and _alike(other, foreign))


def _alike(one: _Name, other: _Name) -> bool:
    """The same id, or a name that begins with the whole of the other: "Magna" and "Magna Steyr Graz"."""
    if one[0] is not None and one[0] == other[0]:
        return True
    shorter = min(len(one[1]), len(other[1]))
    return shorter > 0 and one[1][:shorter] == other[1][:shorter]
