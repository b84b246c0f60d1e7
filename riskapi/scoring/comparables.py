"""Past deals most like the one that is asked about, with what became of them.

Enters: rows of `deals.csv` (and, where known, each country's groups and each foreign company's state ownership), the
facts of the deal in question, an as-of date. Leaves: the nearest past deals with their distance, the facts that match,
differ or are not known, the outcome, its source and its confidence.

The distance is Gower's general coefficient (J. C. Gower, A General Coefficient of Similarity and Some of Its
Properties, Biometrics 27, 1971): the weighted mean, over facts, of a difference from 0 (alike) to 1 (unlike).

    fact                    weight  difference
    foreign country            3    0 the same; else 1 - 0.75 * (groups shared / groups of either)
    activity country           2    as above
    deal type                  2    0 the same, 0.5 the same family (DEAL_FAMILIES), 1 otherwise
    sector                     2    0 the same, 0.5 the same family (SECTOR_FAMILIES), 1 otherwise
    state ownership            1    steps apart on none, minority, majority, full, over 3
    foreign stake              1    difference of the shares

Names play no part. A fact not known of the deal in question is left out for all; a fact not known of a past deal
counts 0.5, neither like nor unlike, and is never listed as a match. The code `other` says as little as an empty cell.
Only deals are drawn on that were announced before the as-of date and whose dated outcome was known by then; `pending`
is no outcome. Ties go to the later outcome, then to the deal id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from heapq import nsmallest
from typing import Any

from riskapi.claims.model import ReportedDeal

UNKNOWN_DIFFERENCE = 0.5
NEAR = 0.5
GROUP_WEIGHT = 0.75

DEAL_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"acquisition", "majority_stake", "merger", "asset_purchase"}),
    frozenset({"minority_stake", "joint_venture"}),
    frozenset({"licence", "supply", "contract_manufacturing", "distribution", "research"}),
    frozenset({"greenfield", "real_estate"}),
)
SECTOR_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"automotive", "ev_battery", "autonomous_driving", "connected_vehicle_components", "lidar_sensors"}),
    frozenset({"semiconductors", "consumer_electronics", "telecom_equipment", "robotics_machinery"}),
    frozenset({"software_ai", "cloud_data", "social_media", "telecom_services", "media_entertainment"}),
    frozenset({"fintech_payments", "banking", "insurance"}),
    frozenset({"healthcare_biotech", "pharma", "medical_devices"}),
    frozenset({"aviation_aerospace", "space", "defence", "drones"}),
    frozenset({"oil_gas", "power_grid", "nuclear", "renewables"}),
    frozenset({"critical_minerals_mining", "steel_metals", "chemicals"}),
    frozenset({"ports_shipping", "logistics"}),
    frozenset({"real_estate_hotels", "construction"}),
)
STATE_STEPS = {"none": 0, "minority": 1, "majority": 2, "full": 3}
NOTHING_TOLD = frozenset({None, "other"})
NOT_AN_OUTCOME = frozenset({"pending"})


#: Columns of differences that are kept.
MEASURED = 2_000


class Standing(StrEnum):
    """How one fact of a past deal stands to the same fact of the deal in question."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableFacts:
    """The facts that are compared; None is not known. `foreign_stake` is a share from 0 to 1."""

    foreign_country: str | None = None
    activity_country: str | None = None
    deal_type: str | None = None
    sector: str | None = None
    state_ownership: str | None = None
    foreign_stake: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactComparison:
    """One fact of both deals, with the difference from 0 to 1 that entered the distance."""

    fact: str
    asked: str | float
    past: str | float | None
    difference: float
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """A past deal with what became of it. `distance` runs from 0 (alike in all facts) to 1."""

    deal: ReportedDeal
    distance: float
    facts: tuple[FactComparison, ...]

    def standing(self, standing: Standing) -> tuple[str, ...]:
        """The names of the facts that stand so."""
        return tuple(fact.fact for fact in self.facts if fact.standing is standing)


Value = str | float
#: Difference between two values of one fact, both known.
Measure = Callable[[Any, Any], float]

WEIGHTS: Mapping[str, float] = {
    "foreign_country": 3.0,
    "activity_country": 2.0,
    "deal_type": 2.0,
    "sector": 2.0,
    "state_ownership": 1.0,
    "foreign_stake": 1.0,
}


class PastDeals:
    """The deals with their facts laid out in columns, prepared once and asked often."""

    def __init__(
        self,
        deals: Iterable[ReportedDeal],
        *,
        groups: Mapping[str, Collection[str]] | None = None,
        state_ownership: Mapping[str, str] | None = None,
    ) -> None:
        """`groups`: country -> its country groups; `state_ownership`: foreign company id -> none, minority, ...."""
        ended = (deal for deal in deals if _ended(deal))
        self._deals = sorted(ended, key=lambda deal: (-_ordinal(deal.outcome_by), deal.deal_id))
        self._facts = [_facts_of(deal, state_ownership or {}) for deal in self._deals]
        self._columns = {fact: [getattr(facts, fact) for facts in self._facts] for fact in WEIGHTS}
        self._distinct = {fact: frozenset(column) for fact, column in self._columns.items()}
        self._spans = [(_ordinal(deal.announced_by), _ordinal(deal.outcome_by)) for deal in self._deals]
        self._called = [_names_of(deal) for deal in self._deals]
        self._deals_of: dict[str, set[int]] = {}
        for index, (foreign, host) in enumerate(self._called):
            for name in foreign | host:
                self._deals_of.setdefault(name, set()).add(index)
        self._measured: dict[tuple[str, Value], list[float]] = {}
        self._measures = _measures({country: frozenset(codes) for country, codes in (groups or {}).items()})

    def __len__(self) -> int:
        return len(self._deals)

    def nearest(
        self,
        asked: ComparableFacts,
        as_of: date,
        *,
        parties: Collection[str] = (),
        limit: int = 5,
    ) -> tuple[Comparable, ...]:
        """The `limit` past deals nearest to `asked`, the nearest first.

        `parties` are the two parties' company ids or names: a deal between the same two is their own and left out.
        Nothing comes back where no fact of the deal in question is known.
        """
        known = [fact for fact in WEIGHTS if getattr(asked, fact) not in NOTHING_TOLD]
        if not known:
            return ()
        distances = self._distances(asked, known)
        drawn = nsmallest(limit, ((distances[index], index) for index in self._eligible(as_of, parties)))
        return tuple(self._comparable(asked, known, distance, index, as_of) for distance, index in drawn)

    def _distances(self, asked: ComparableFacts, known: Sequence[str]) -> list[float]:
        total = sum(WEIGHTS[fact] for fact in known)
        columns = [self._column(fact, getattr(asked, fact)) for fact in known]
        return [round(sum(parts) / total, 9) for parts in zip(*columns, strict=True)]

    def _column(self, fact: str, asked: Value) -> list[float]:
        """The weighted difference of each deal in one fact; measured once for each value that is ever asked about."""
        if (fact, asked) not in self._measured:
            if len(self._measured) > MEASURED:
                self._measured.clear()
            table = {past: WEIGHTS[fact] * self._difference(fact, asked, past) for past in self._distinct[fact]}
            self._measured[fact, asked] = [table[past] for past in self._columns[fact]]
        return self._measured[fact, asked]

    def _difference(self, fact: str, asked: Value, past: Value | None) -> float:
        return UNKNOWN_DIFFERENCE if past is None else self._measures[fact](asked, past)

    def _eligible(self, as_of: date, parties: Collection[str]) -> list[int]:
        today = as_of.toordinal()
        own = self._between(frozenset(party.casefold() for party in parties))
        return [
            index
            for index, (announced, ended) in enumerate(self._spans)
            if announced < today and ended <= today and index not in own
        ]

    def _between(self, parties: frozenset[str]) -> set[int]:
        return {
            index
            for index in set().union(*(self._deals_of.get(party, ()) for party in parties))
            if not parties.isdisjoint(self._called[index][0]) and not parties.isdisjoint(self._called[index][1])
        }

    def _comparable(
        self, asked: ComparableFacts, known: Sequence[str], distance: float, index: int, as_of: date
    ) -> Comparable:
        past = self._facts[index]
        compared = tuple(self._compare(fact, getattr(asked, fact), getattr(past, fact)) for fact in known)
        deal = self._deals[index].known_on(as_of) or self._deals[index]
        return Comparable(deal=deal, distance=distance, facts=compared)

    def _compare(self, fact: str, asked: Value, past: Value | None) -> FactComparison:
        difference = self._difference(fact, asked, past)
        standing = Standing.NOT_KNOWN if past is None else _standing(difference)
        return FactComparison(fact=fact, asked=asked, past=past, difference=difference, standing=standing)


def _standing(difference: float) -> Standing:
    if difference == 0:
        return Standing.SAME
    return Standing.NEAR if difference <= NEAR else Standing.DIFFERENT


def _ended(deal: ReportedDeal) -> bool:
    dated = deal.announced_on is not None and deal.outcome_on is not None
    return dated and deal.outcome is not None and deal.outcome not in NOT_AN_OUTCOME


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _facts_of(deal: ReportedDeal, state_ownership: Mapping[str, str]) -> ComparableFacts:
    return ComparableFacts(
        foreign_country=deal.foreign_country,
        activity_country=deal.activity_country,
        deal_type=None if deal.deal_type in NOTHING_TOLD else deal.deal_type,
        sector=None if deal.sector in NOTHING_TOLD else deal.sector,
        state_ownership=state_ownership.get(deal.foreign_company_id or ""),
        foreign_stake=None if deal.foreign_share is None else deal.foreign_share / 100,
    )


def _names_of(deal: ReportedDeal) -> tuple[set[str], set[str]]:
    sides = ((deal.foreign_company_id, deal.foreign_name), (deal.host_company_id, deal.host_name))
    foreign, host = ({name.casefold() for name in side if name} for side in sides)
    return foreign, host


def _measures(groups: Mapping[str, frozenset[str]]) -> Mapping[str, Measure]:
    def by_country(asked: str, past: str) -> float:
        return _country_difference(asked, past, groups)

    return {
        "foreign_country": by_country,
        "activity_country": by_country,
        "deal_type": lambda asked, past: _family_difference(asked, past, DEAL_FAMILIES),
        "sector": lambda asked, past: _family_difference(asked, past, SECTOR_FAMILIES),
        "state_ownership": _state_difference,
        "foreign_stake": lambda asked, past: min(1.0, abs(asked - past)),
    }


def _country_difference(asked: str, past: str, groups: Mapping[str, frozenset[str]]) -> float:
    if asked == past:
        return 0.0
    ours, theirs = groups.get(asked, frozenset()), groups.get(past, frozenset())
    either = ours | theirs
    return 1.0 - GROUP_WEIGHT * len(ours & theirs) / len(either) if either else 1.0


def _family_difference(asked: str, past: str, families: Iterable[frozenset[str]]) -> float:
    if asked == past:
        return 0.0
    return NEAR if any(asked in family and past in family for family in families) else 1.0


def _state_difference(asked: str, past: str) -> float:
    return abs(STATE_STEPS[asked] - STATE_STEPS[past]) / 3
