"""How alike two deals are: in their facts, and in the rules that fire for them.

Enters: facts and rules of two deals, each as of its day. Leaves: the distance, and fact by fact and rule by rule what is
alike and what differs.

The distance is Gower's general coefficient (J. C. Gower, A General Coefficient of Similarity and Some of Its
Properties, Biometrics 27, 1971): the weighted mean of differences from 0 (alike) to 1 (unlike).

    compared                weight  difference
    foreign country            3    0 the same; else 1 - 0.75 * (groups shared / groups of either)
    activity country           2    as above
    deal type                  2    0 the same, 0.5 the same family (DEAL_FAMILIES), 1 otherwise
    sector                     2    0 the same, 0.5 the same family (SECTOR_FAMILIES), 1 otherwise
    state ownership            1    steps apart on none, minority, majority, full, over 3
    foreign stake              1    difference of the shares
    rules that fire            4    1 - (points of rules that fire for both / points of rules that fire for either)

The weights are priors, not fitted. Names play no part. A fact that only one of the two deals has counts 0.5, neither
like nor unlike, and is never listed as a match; one that neither has is left out. A rule that fires for one and may
fire for the other counts half as shared. Points are taken without their sign, and rules without points do not count.
So a deal has distance 0 to itself, and two deals the same distance in either direction. The code `other` says as little
as an empty cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple

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


class Standing(StrEnum):
    """How one fact of a past deal stands to the same fact of the deal in question."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    NOT_KNOWN = "not_known"


class Place(NamedTuple):
    """A country and the country groups it was in on the day."""

    country: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableFacts:
    """The facts that are compared, as of the day of the deal; None is not known. `foreign_stake` runs from 0 to 1."""

    foreign_country: Place | None = None
    activity_country: Place | None = None
    deal_type: str | None = None
    sector: str | None = None
    state_ownership: str | None = None
    foreign_stake: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredRule:
    """A rule that fires, and the points it weighs."""

    id: str
    title: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProfile:
    """What the rules of the day said of a deal: those that fire by id, those that may, and the score."""

    fired: Mapping[str, FiredRule]
    may_fire: frozenset[str]
    low: float
    score: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FactComparison:
    """One fact of both deals, with the difference from 0 to 1 that entered the distance."""

    fact: str
    asked: str | float | None
    past: str | float | None
    difference: float
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleComparison:
    """Rules that fire for both deals or for one of them, the heaviest first, and the difference from 0 to 1.

    `only_asked` and `only_past` may fire for the other deal too, where facts of it are not known.
    """

    difference: float
    both: tuple[FiredRule, ...]
    only_asked: tuple[FiredRule, ...]
    only_past: tuple[FiredRule, ...]


FactValue = str | float | Place
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
RULES_WEIGHT = 4.0


def distance(
    one: ComparableFacts, other: ComparableFacts, rules: tuple[RuleProfile, RuleProfile] | None = None
) -> float:
    """The distance of two deals, from 0 to 1; with `rules` also by what the rules say of the one and of the other."""
    one, other = told(one), told(other)
    unlike, weight = sums(weighed(fact, getattr(one, fact), getattr(other, fact)) for fact in WEIGHTS)
    if rules is None:
        return mean(unlike, weight)
    return mean(unlike + RULES_WEIGHT * rule_difference(*rules), weight + RULES_WEIGHT)


# Rules


def rule_difference(one: RuleProfile, other: RuleProfile) -> float:
    """0 where the same rules fire, 1 where none fires for both; a rule that may fire for the other counts half."""
    shared = either = 0.0
    for rule_id, rule in one.fired.items():
        weight = abs(rule.points)
        either += weight
        if rule_id in other.fired:
            shared += weight
        elif rule_id in other.may_fire:
            shared += weight / 2
    for rule_id, rule in other.fired.items():
        if rule_id not in one.fired:
            weight = abs(rule.points)
            either += weight
            if rule_id in one.may_fire:
                shared += weight / 2
    return 0.0 if either == 0 else 1.0 - shared / either


def compare_rules(asked: RuleProfile, past: RuleProfile) -> RuleComparison:
    """Which rules fire for both deals and which for one of them."""
    return RuleComparison(
        difference=round(rule_difference(asked, past), 9),
        both=_ranked(asked.fired[key] for key in asked.fired.keys() & past.fired.keys()),
        only_asked=_ranked(asked.fired[key] for key in asked.fired.keys() - past.fired.keys()),
        only_past=_ranked(past.fired[key] for key in past.fired.keys() - asked.fired.keys()),
    )


def _ranked(rules: Iterable[FiredRule]) -> tuple[FiredRule, ...]:
    return tuple(sorted((rule for rule in rules if rule.points), key=lambda rule: (-abs(rule.points), rule.id)))


# Facts


def told(facts: ComparableFacts) -> ComparableFacts:
    """The facts with empty codes as not known."""
    silent = {item.name: None for item in fields(facts) if getattr(facts, item.name) in NOTHING_TOLD}
    return replace(facts, **silent) if silent else facts


def weighed(fact: str, one: FactValue | None, other: FactValue | None) -> tuple[float, float]:
    """Weighted difference and weight; both 0 where neither is known."""
    if one is None and other is None:
        return 0.0, 0.0
    weight = WEIGHTS[fact]
    return weight * _difference(fact, one, other), weight


def _difference(fact: str, one: FactValue | None, other: FactValue | None) -> float:
    return UNKNOWN_DIFFERENCE if one is None or other is None else _MEASURES[fact](one, other)


def sums(parts: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Weighted differences and weights, each added up."""
    unlike = weight = 0.0
    for part in parts:
        unlike += part[0]
        weight += part[1]
    return unlike, weight


def mean(unlike: float, weight: float) -> float:
    """The weighted mean of differences; 0 where nothing was compared."""
    return round(unlike / weight, 9) if weight else 0.0


def compare_fact(fact: str, asked: FactValue | None, past: FactValue | None) -> FactComparison | None:
    """The comparison as it is shown; None where neither deal has the fact."""
    if asked is None and past is None:
        return None
    difference = _difference(fact, asked, past)
    standing = Standing.NOT_KNOWN if asked is None or past is None else _standing(difference)
    return FactComparison(
        fact=fact, asked=_shown(asked), past=_shown(past), difference=round(difference, 9), standing=standing
    )


def _shown(value: FactValue | None) -> str | float | None:
    return value.country if isinstance(value, Place) else value


def _standing(difference: float) -> Standing:
    if difference == 0:
        return Standing.SAME
    return Standing.NEAR if difference <= NEAR else Standing.DIFFERENT


def _country_difference(one: Place, other: Place) -> float:
    if one.country == other.country:
        return 0.0
    either = one.groups | other.groups
    return 1.0 - GROUP_WEIGHT * len(one.groups & other.groups) / len(either) if either else 1.0


def _family_difference(one: str, other: str, families: Iterable[frozenset[str]]) -> float:
    if one == other:
        return 0.0
    return NEAR if any(one in family and other in family for family in families) else 1.0


_MEASURES: Mapping[str, Measure] = {
    "foreign_country": _country_difference,
    "activity_country": _country_difference,
    "deal_type": lambda one, other: _family_difference(one, other, DEAL_FAMILIES),
    "sector": lambda one, other: _family_difference(one, other, SECTOR_FAMILIES),
    "state_ownership": lambda one, other: abs(STATE_STEPS[one] - STATE_STEPS[other]) / 3,
    "foreign_stake": lambda one, other: min(1.0, abs(one - other)),
}
