"""The score: outcomes of rules and the scorecard in; points per rule, score, low and high out.

The score is additive in points: base, plus what each rule counts after the hit policy of its group, plus the lift to the
floor of the strongest gate that fired. `z = points * ln 2 / 10`, `score = 100 / (1 + e^-z)`, as in credit scorecards.

Three totals are kept: *low* (undetermined aggravating rules do not count, mitigating ones do), *high* (the reverse) and
*score* (undetermined rules count as their `if_unknown` says). Learning a fact can only raise low and lower high.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from riskapi.rules import GateKind, Kind, Rule, Status
from riskapi.scoring.scorecard import HitPolicy, Scorecard, points_of, score_of

#: Asked for the same few floors again and again.
_points_of = lru_cache(maxsize=100)(points_of)


class Range(NamedTuple):
    """Three totals in points."""

    low: float
    score: float
    high: float


#: What adds nothing.
NOTHING = Range(0.0, 0.0, 0.0)


class Judged(NamedTuple):
    """A rule and what it says."""

    rule: Rule
    status: Status


class Contribution(NamedTuple):
    """Points that one rule counts in the score; `covered_by` names the rule of its group that counts in its place."""

    rule: Rule
    status: Status
    points: float
    covered_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The result in points and on the 0-100 scale; `lift` is what the floor added to each total."""

    base: float
    contributions: tuple[Contribution, ...]
    totals: Range  # with the floor
    lift: float
    floor_gate: GateKind | None
    score: float
    low: float
    high: float
    warnings: tuple[str, ...]

    @property
    def points(self) -> float:
        """The whole score in points; `base + contributions + lift`."""
        return self.totals.score


def counts_in_score(rule: Rule, status: Status) -> bool:
    """Whether the rule counts in the middle total."""
    return status is Status.FIRED or (status is Status.UNDETERMINED and rule.caution)


def group_key(rule: Rule) -> str:
    """Rules with the same key share a hit policy; a rule without a group stands alone."""
    return f"{rule.group}/{rule.kind}" if rule.group else rule.id


def score(judged: Iterable[Judged], card: Scorecard) -> Score:
    """The score of the outcomes; their order does not matter."""
    contributions = []
    groups: dict[str, list[Judged]] = {}
    for item in judged:
        if item.status is Status.NOT_FIRED:
            contributions.append(Contribution(item.rule, item.status, 0.0, None))
        else:
            groups.setdefault(group_key(item.rule), []).append(item)
    plain = add(card.base, [group_range(members, card) for members in groups.values()])
    totals, gate = with_floor(plain, (item for members in groups.values() for item in members), card)
    contributions += [item for members in groups.values() for item in _contributions(members, card)]
    return Score(
        base=card.base,
        contributions=tuple(sorted(contributions, key=lambda item: item.rule.id)),
        totals=totals,
        lift=totals.score - plain.score,
        floor_gate=gate,
        score=score_of(totals.score),
        low=score_of(totals.low),
        high=score_of(totals.high),
        warnings=tuple(_warnings(groups, card)),
    )


def add(base: float, ranges: Iterable[Range]) -> Range:
    """Base and groups added up, exactly rounded so that order does not matter."""
    listed = list(ranges)
    return Range(
        math.fsum([base, *(item.low for item in listed)]),
        math.fsum([base, *(item.score for item in listed)]),
        math.fsum([base, *(item.high for item in listed)]),
    )


def with_floor(plain: Range, judged: Iterable[Judged], card: Scorecard) -> tuple[Range, GateKind | None]:
    """Totals lifted to the floor of the strongest gate; low and score by gates that fired, high also by those that may."""
    floors = floors_of(judged, card)
    return floors.under(plain), floors.gate if floors.certain > plain.score else None


class Floors(NamedTuple):
    """How far gates lift the totals, in points; `certain` is the floor of `gate`, the strongest that fired."""

    certain: float
    possible: float
    gate: GateKind | None

    def under(self, plain: Range) -> Range:
        """The totals, lifted."""
        low, score, high = plain
        return Range(max(low, self.certain), max(score, self.certain), max(high, self.possible))


def floor_of(rule: Rule, card: Scorecard) -> float:
    """The floor that the rule's gate sets, in points; minus infinity where it sets none."""
    return _points_of(card.floors.get(rule.gate, 0)) if rule.gate else -math.inf


def floors_of(judged: Iterable[Judged], card: Scorecard) -> Floors:
    """The floors of the gates that fired, and of those that may."""
    certain, possible, strongest = -math.inf, -math.inf, None
    for rule, status in judged:
        if rule.gate is None or status is Status.NOT_FIRED:
            continue
        floor = floor_of(rule, card)
        possible = max(possible, floor)
        if status is Status.FIRED and floor > certain:
            certain, strongest = floor, rule.gate
    return Floors(certain, possible, strongest)


def group_range(members: Sequence[Judged], card: Scorecard) -> Range:
    """What one group adds to the three totals. All members have one sign, so that `max` means the heaviest."""
    live = [item for item in members if item.status is not Status.NOT_FIRED]
    if not live:
        return NOTHING
    if len(live) == 1:
        return _alone(*live[0])
    group = live[0].rule.group
    policy = card.hit_policy(group) if group else HitPolicy.SUM
    if policy is HitPolicy.FIRST:
        return _first_range(live)
    low, middle, high = [], [], []
    for rule, status in live:
        points, fired = rule.points, status is Status.FIRED
        if fired or rule.kind is Kind.MITIGATING:
            low.append(points)
        if fired or rule.caution:
            middle.append(points)
        if fired or rule.kind is Kind.AGGRAVATING:
            high.append(points)
    combine = math.fsum if policy is HitPolicy.SUM else _heaviest
    return Range(combine(low), combine(middle), combine(high))


def _alone(rule: Rule, status: Status) -> Range:
    """What a rule that fired or may fire adds where no other one of its group does."""
    points = rule.points
    if status is Status.FIRED:
        return Range(points, points, points)
    return Range(
        points if rule.kind is Kind.MITIGATING else 0.0,
        points if rule.caution else 0.0,
        points if rule.kind is Kind.AGGRAVATING else 0.0,
    )


def _heaviest(points: list[float]) -> float:
    return max(points, key=abs, default=0.0)


def _in_file_order(members: Sequence[Judged]) -> list[Judged]:
    return sorted(members, key=lambda item: (item.rule.file, item.rule.line, item.rule.id))


def _first_range(live: Sequence[Judged]) -> Range:
    """Any undetermined rule before the first that fired may turn out to be the first."""
    ordered = _in_file_order(live)
    possible: list[float] = []
    for rule, status in ordered:
        possible.append(rule.points)
        if status is Status.FIRED:
            break
    else:
        possible.append(0.0)
    middle = next((rule.points for rule, status in ordered if counts_in_score(rule, status)), 0.0)
    return Range(min(possible), middle, max(possible))


def _contributions(members: Sequence[Judged], card: Scorecard) -> list[Contribution]:
    counting = [item for item in members if counts_in_score(item.rule, item.status)]
    winner = _winner(counting, card)
    result = []
    for rule, status in members:
        could = counts_in_score(rule, status)
        counts = could and (winner is None or rule is winner)
        covered = winner.id if winner is not None and could and not counts else None
        result.append(Contribution(rule, status, rule.points if counts else 0.0, covered))
    return result


def _winner(counting: Sequence[Judged], card: Scorecard) -> Rule | None:
    """The one rule that counts for its group, or None where all count."""
    if not counting or counting[0].rule.group is None:
        return None
    policy = card.hit_policy(counting[0].rule.group)
    if policy is HitPolicy.SUM:
        return None
    if policy is HitPolicy.FIRST:
        return _in_file_order(counting)[0].rule
    return max(counting, key=lambda item: (abs(item.rule.points), item.status is Status.FIRED, item.rule.id)).rule


def _warnings(groups: Mapping[str, Sequence[Judged]], card: Scorecard) -> list[str]:
    warnings = []
    for members in groups.values():
        group = members[0].rule.group
        fired = [rule.id for rule, status in members if status is Status.FIRED]
        if group and card.hit_policy(group) is HitPolicy.UNIQUE and len(fired) > 1:
            warnings.append(f"group {group} is unique, but {' and '.join(fired)} fired together; the heaviest counts")
    return warnings
