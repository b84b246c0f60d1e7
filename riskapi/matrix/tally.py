"""The score by columns: which rules fire and which are undetermined, pattern by pattern, in; one row of results each out.

The same sums as `scoring.score` makes of one pairing: hit policies of groups, three totals, floors of gates, pillars.
Every distinct pattern of answers is scored once, however many pairings have it. `tests/matrix` holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from riskapi.matrix.patterns import Flags, distinct, packed
from riskapi.matrix.schema import MOST_DRIVERS, PILLARS
from riskapi.matrix.single import DECIMALS
from riskapi.rules import GateKind, Kind, Rule
from riskapi.scoring.score import group_key
from riskapi.scoring.scorecard import HitPolicy, Scorecard, points_of, score_of

Numbers = npt.NDArray[np.float64]

#: A score that every other is over.
NOTHING_LEFT_OUT: Final = -1.0
#: Points that a bound is higher than needed, so that sums in another order stay under it.
SLACK: Final = 1e-6
_MIDDLE, _HIGH = 1, 2
_GATES: Final = {gate: place for place, gate in enumerate(GateKind)}


@dataclass(frozen=True)
class Tally:
    """Scores patterns over these rules; the columns of both flags are the rules, in this order."""

    rules: Sequence[Rule]
    card: Scorecard

    def results(self, fired: Flags, unsure: Flags, above: float = NOTHING_LEFT_OUT) -> pl.DataFrame:
        """The result columns of the matrix, one row for each pattern.

        Of patterns whose score is not over `above` only the score is worked out; their other columns are null.
        """
        # Rules are looked at one after the other, so each should lie in one piece of memory.
        fired, unsure = np.asfortranarray(fired), np.asfortranarray(unsure)
        totals = self._floored(fired, unsure)
        scores = _scores(totals[1])
        worth = np.flatnonzero(scores > above)
        if len(worth) == len(scores):
            return self._columns(fired, unsure, totals)
        found = self._columns(fired[worth], unsure[worth], [total[worth] for total in totals])
        places = np.full(len(scores), len(worth))
        places[worth] = np.arange(len(worth))
        return pl.concat([found, found.clear(1)])[places].with_columns(score=pl.Series(scores))

    def most(self, surely: Flags, maybe: Flags, fires: Flags) -> Numbers:
        """The highest scores of patterns of which it is known only which rules surely count, may count, and may fire.

        That is the high total of patterns in which what surely counts has fired and what may count is undetermined: it
        takes of each group the most that is left open, whatever its policy. A floor takes a gate that fires.
        """
        points = self._total(_HIGH, surely, maybe & ~surely)
        return _scores(np.maximum(points, self._floor(fires)) + SLACK)

    def _columns(self, fired: Flags, unsure: Flags, totals: Sequence[Numbers]) -> pl.DataFrame:
        counted = self._counted(fired, unsure)
        return pl.DataFrame(
            {
                "score": _scores(totals[1]),
                "low": _scores(totals[0]),
                "high": _scores(totals[2]),
                "band": self._bands(totals[1]),
                "gates": self._listed(fired, self._gated),
                "possible_gates": self._listed(unsure, self._gated),
                **self._pillars(counted),
                "drivers": self._drivers(counted),
                "undetermined": unsure.sum(axis=1, dtype=np.int32),
            }
        )

    def _floored(self, fired: Flags, unsure: Flags) -> list[Numbers]:
        """Low, middle and high in points, lifted to the floors of gates."""
        floors = (self._floor(fired), self._floor(fired), self._floor(fired | unsure))
        return [np.maximum(self._total(which, fired, unsure), floor) for which, floor in enumerate(floors)]

    # Points

    @cached_property
    def _groups(self) -> list[tuple[HitPolicy, list[int]]]:
        """Places of the rules of each group, with its policy; a rule without a group is a group of its own."""
        members: dict[str, list[int]] = {}
        for place, rule in enumerate(self.rules):
            members.setdefault(group_key(rule), []).append(place)
        return [(self._policy(places), places) for places in members.values()]

    def _policy(self, places: Sequence[int]) -> HitPolicy:
        group = self.rules[places[0]].group
        return self.card.hit_policy(group) if group and len(places) > 1 else HitPolicy.SUM

    def _points(self, places: Sequence[int]) -> Numbers:
        return np.array([self.rules[place].points for place in places], dtype=np.float64)

    @cached_property
    def _though_open(self) -> tuple[Flags, Flags, Flags]:
        """Which rules count in the low, middle and high total even when they are undetermined."""
        kinds = [rule.kind for rule in self.rules]
        lower = np.array([kind is Kind.MITIGATING for kind in kinds], dtype=bool)
        careful = np.array([rule.caution for rule in self.rules], dtype=bool)
        return lower, careful, np.array([kind is Kind.AGGRAVATING for kind in kinds], dtype=bool)

    def _total(self, which: int, fired: Flags, unsure: Flags) -> Numbers:
        """The low (0), middle (1) or high (2) total before the floor."""
        total = _Sum(len(fired), self.card.base)
        flags = fired | (unsure & self._though_open[which])
        for policy, places in self._groups:
            points = self._points(places)
            if policy is HitPolicy.SUM:
                for place, value in zip(places, points, strict=True):
                    total.add(flags[:, place] * value)
            elif policy is HitPolicy.FIRST:
                total.add(self._first(places, fired, unsure)[which])
            else:
                total.add(_heaviest(flags[:, places], points))
        return total.value

    def _in_file_order(self, places: Sequence[int]) -> list[int]:
        return sorted(places, key=lambda at: (self.rules[at].file, self.rules[at].line, self.rules[at].id))

    def _first(self, places: Sequence[int], fired: Flags, unsure: Flags) -> tuple[Numbers, Numbers, Numbers]:
        """The range of a group in which the first counts: any open rule before one that fired may be the first."""
        size = len(fired)
        low, high = np.full(size, np.inf), np.full(size, -np.inf)
        middle, is_open, untold = np.zeros(size), np.ones(size, dtype=bool), np.ones(size, dtype=bool)
        for place in self._in_file_order(places):
            points = self.rules[place].points
            may = is_open & (fired[:, place] | unsure[:, place])
            low[may], high[may] = np.minimum(low[may], points), np.maximum(high[may], points)
            is_open &= ~fired[:, place]
            first = untold & (fired[:, place] | (unsure[:, place] & self.rules[place].caution))
            middle[first] = points
            untold &= ~first
        low[is_open], high[is_open] = np.minimum(low[is_open], 0.0), np.maximum(high[is_open], 0.0)
        return low, middle, high

    def _counted(self, fired: Flags, unsure: Flags) -> Flags:
        """Which rules count in the score: of those that could, one of each group unless the group adds up."""
        could = fired | (unsure & self._though_open[_MIDDLE])
        counted: Flags = could.copy()
        for policy, places in self._groups:
            if policy is HitPolicy.SUM:
                continue
            claims = [np.where(could[:, place], *self._claim(policy, places, place, fired)) for place in places]
            best = np.maximum.reduce(claims)
            for place, claim in zip(places, claims, strict=True):
                counted[:, place] &= claim == best
        return counted

    def _claim(
        self, policy: HitPolicy, places: Sequence[int], place: int, fired: Flags
    ) -> tuple[npt.NDArray[np.int16], np.int16]:
        """How strongly a rule claims to be the one that counts, pattern by pattern; and that of one that cannot."""
        nothing = np.int16(-1)
        if policy is HitPolicy.FIRST:
            order = self._in_file_order(places)
            return np.full(len(fired), len(order) - order.index(place), dtype=np.int16), nothing
        keys = sorted((abs(self.rules[at].points), is_fired, self.rules[at].id) for at in places for is_fired in (0, 1))
        ranks = {key: rank for rank, key in enumerate(keys)}
        own = (np.int16(ranks[abs(self.rules[place].points), sure, self.rules[place].id]) for sure in (1, 0))
        return np.where(fired[:, place], *own), nothing

    def _floor(self, flags: Flags) -> Numbers:
        """The highest floor of the gates of these rules; minus infinity without one."""
        floor = np.full(len(flags), -np.inf)
        for gate in GateKind:
            points = points_of(self.card.floors.get(gate, 0))
            places = [place for place, rule in enumerate(self.rules) if rule.gate is gate]
            if places and points > -np.inf:
                met = np.logical_or.reduce([flags[:, place] for place in places])
                np.maximum(floor, points, out=floor, where=met)
        return floor

    def _bands(self, points: Numbers) -> pl.Series:
        names = [band.name for band in self.card.bands]
        places = _mapped(points, lambda value: float(names.index(self.card.band(score_of(value)).name)))
        return pl.Series(names).gather(places.astype(np.int64))

    def _pillars(self, counted: Flags) -> dict[str, Numbers]:
        sums = {name: np.zeros(len(counted)) for name in PILLARS}
        # In the order of ids, as one pairing adds them, so that the last digit is the same.
        for place in sorted(range(len(self.rules)), key=lambda at: self.rules[at].id):
            rule = self.rules[place]
            if rule.points:
                sums[f"pillar_{rule.pillar.value}"] += counted[:, place] * rule.points
        return sums

    # Lists of rules

    @cached_property
    def _gated(self) -> list[tuple[int, str]]:
        """Rules with a gate as they are shown, the heaviest first."""
        found = [(rule.gate, rule.id, place) for place, rule in enumerate(self.rules) if rule.gate]
        ordered = sorted(found, key=lambda item: (_GATES[item[0]], item[1]))
        return [(place, f"{gate.value}:{rule_id}") for gate, rule_id, place in ordered]

    def _drivers(self, counted: Flags) -> pl.Series:
        raising = [(-rule.points, rule.id, place) for place, rule in enumerate(self.rules) if rule.points > 0]
        order = [(place, rule_id) for _, rule_id, place in sorted(raising)]
        kept = np.empty((len(counted), len(order)), dtype=bool, order="F")
        before = np.zeros(len(counted), dtype=np.int16)
        for number, (place, _) in enumerate(order):
            kept[:, number] = counted[:, place] & (before < MOST_DRIVERS)
            before += counted[:, place]
        return _lists(kept, [name for _, name in order])

    def _listed(self, flags: Flags, shown: Sequence[tuple[int, str]]) -> pl.Series:
        return _lists(flags[:, [place for place, _ in shown]], [name for _, name in shown])


class _Sum:
    """A sum of columns with what rounding lost carried along (Neumaier), so that the order does not matter."""

    def __init__(self, size: int, start: float) -> None:
        self._sum = np.full(size, start, dtype=np.float64)
        self._lost = np.zeros(size)

    def add(self, values: Numbers) -> None:
        total = self._sum + values
        larger = np.abs(self._sum) >= np.abs(values)
        self._lost += np.where(larger, (self._sum - total) + values, (values - total) + self._sum)
        self._sum = total

    @property
    def value(self) -> Numbers:
        """The sum."""
        return self._sum + self._lost


def _heaviest(flags: Flags, points: Numbers) -> Numbers:
    """The points farthest from 0 of those that are flagged; the rules of one group have one sign."""
    combine = np.minimum if points.min() < 0 else np.maximum
    found = np.zeros(len(flags))
    for place, value in enumerate(points):
        combine(found, flags[:, place] * value, out=found)
    return found


def _scores(points: Numbers) -> Numbers:
    return _mapped(points, lambda value: round(score_of(value), DECIMALS))


def _mapped(values: Numbers, function: Callable[[float], float]) -> Numbers:
    """A function of Python applied to each distinct value, so that it is the very one that a single pairing uses."""
    found, places = np.unique(values, return_inverse=True)
    return np.array([function(float(value)) for value in found], dtype=np.float64)[places]


def _lists(flags: Flags, names: Sequence[str]) -> pl.Series:
    """For each row the names whose flag is set; few combinations recur, so that each is put together once."""
    rows, first = distinct(packed(flags))
    lists = [list(compress(names, row)) for row in flags[first].tolist()]
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(rows)
