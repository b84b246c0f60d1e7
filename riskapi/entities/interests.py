"""Interests as single laws count them: one government's, those of covered nations, golden shares.

Enters: the ownership graph above one company (`View`). Leaves: ranges in percent with the rows that they rest on. Pure.

- *One government's interest* (31 CFR 800.244): multiplied along every path and added up; a parent (a holder of half of
  the votes or of the capital or more, 31 CFR 800.235) counts as holding the whole of its subsidiary. 75 percent of a
  holder of 51 percent are 75 percent; 75 percent of a holder of 49 percent are 36.75 percent.
- *Covered nations* (10 USC 4872(f); 26 USC 7701(a)(51)): what persons of these nations hold, together and the largest
  of them alone. A company of which they hold more than half, by votes or by value, is one of them and counts in full.
- *Golden shares*: rights of a state that come with no capital worth counting (a special share, 31 CFR 800.208(a)).

A range is as wide as the shares that nobody published make it: an unknown share counts as nothing for `least_pct` and as
all that the known ones leave for `most_pct`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from riskapi.entities.ownership import (
    AGREEMENT,
    EPSILON,
    EQUITY,
    GOLDEN,
    HALF,
    VOTING,
    Edge,
    Stake,
    View,
    is_half,
)

#: The row that tells a government's voting interest; agencies hold by law, which the tables write as an agreement.
VOTING_INTEREST = (VOTING, EQUITY, AGREEMENT)

#: By value and by votes: the law takes the larger.
VALUE_AND_VOTES = ((EQUITY,), (VOTING, EQUITY))

WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Range:
    """A share in percent: at least and at most, with the rows that speak of it."""

    least_pct: float
    most_pct: float
    edges: tuple[Edge, ...] = ()

    @property
    def exact_pct(self) -> float | None:
        """The share where it is settled; None where unknown shares leave it open."""
        return self.least_pct if self.most_pct - self.least_pct <= EPSILON else None


NOTHING = Range(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CoveredShares:
    """What persons of covered nations hold: all together, and the largest single one with what it controls."""

    total: Range
    largest: Range


# --- one government's interest ---------------------------------------------------------------------------------------


def government_interest_in(view: View, state_owners: Mapping[str, str]) -> Range:
    """The largest interest of one state in the company of `view`; `state_owners` maps states and agencies to countries."""
    found = [_interest(view, owners) for _, owners in sorted(_by_country(view, state_owners).items())]
    if not found:
        return NOTHING
    # Of several states with the same interest the rows of the first by country are shown, in every process alike.
    largest = max(found, key=lambda one: (one.least_pct, one.most_pct))
    return Range(largest.least_pct, max(one.most_pct for one in found), largest.edges)


def _by_country(view: View, state_owners: Mapping[str, str]) -> dict[str, set[str]]:
    seeds: dict[str, set[str]] = defaultdict(set)
    for owner in view.owners() & state_owners.keys():
        seeds[state_owners[owner]].add(owner)
    return seeds


def _interest(view: View, seeds: AbstractSet[str]) -> Range:
    least, most = (_reach(view, seeds, fill=fill) for fill in (False, True))
    edges = [
        row
        for held in (view.company, *sorted(view.stakes.keys() - {view.company} - seeds))
        for row in (stake.first_known(VOTING_INTEREST) for stake in view.stakes[held])
        if row is not None and most.get(row.owner_id) and row.share_pct != 0 and most.get(held)
    ]
    return Range(WHOLE * least.get(view.company, 0.0), WHOLE * most.get(view.company, 0.0), tuple(edges))


def _reach(view: View, seeds: AbstractSet[str], *, fill: bool) -> dict[str, float]:
    """The part of everything in `view` that the seeds hold: the least solution, so that circles end.

    The company of `view` never counts as a holder of itself.
    """
    reach = dict.fromkeys(seeds, 1.0)
    weights = {
        held: _weights(stakes, seeds, view.company, fill=fill)
        for held, stakes in view.stakes.items()
        if held not in seeds
    }
    change = 1.0
    while change > EPSILON / 1000:
        change = 0.0
        for held, parts in weights.items():
            now = min(1.0, sum(weight * reach.get(owner, 0.0) for owner, weight in parts.items()))
            change = max(change, now - reach.get(held, 0.0))
            reach[held] = now
    return reach


def _weights(stakes: Sequence[Stake], seeds: AbstractSet[str], company: str, *, fill: bool) -> dict[str, float]:
    """How much of an owner's interest passes to what it holds; all of it from a parent that is not the state itself."""
    shares = _shares(stakes, VOTING_INTEREST, fill=fill)
    capital = _shares(stakes, (EQUITY,), fill=fill)
    parents = {owner for owner in shares if is_half(max(shares[owner], capital.get(owner, 0.0)))} - seeds
    return {owner: 1.0 if owner in parents else share / WHOLE for owner, share in shares.items() if owner != company}


# --- covered nations -------------------------------------------------------------------------------------------------


def covered_shares_in(
    view: View, covered: Collection[str], groups: Iterable[Collection[str]] = (), crowds: AbstractSet[str] = frozenset()
) -> CoveredShares:
    """What the parties of `covered` hold of the company of `view`.

    `groups` are parties that count as one (a state with its agencies); `crowds` are many small holders in one row, who
    count in the total only.
    """
    parties = view.owners().intersection(covered)
    if not parties:
        return CoveredShares(NOTHING, NOTHING)
    together = [group for some in groups if (group := parties.intersection(some))]
    grouped = {party for group in together for party in group}
    alone = [{party} for party in sorted(parties - grouped - crowds)]
    singles = [_held_by(view, group) for group in (*together, *alone)] or [NOTHING]
    largest = max(singles, key=lambda one: one.least_pct)
    most = max(one.most_pct for one in singles)
    return CoveredShares(_held_by(view, parties), Range(largest.least_pct, most, largest.edges))


def _held_by(view: View, parties: AbstractSet[str]) -> Range:
    least, most = (_with_companies(view, parties, fill=fill) for fill in (False, True))
    stakes = view.stakes[view.company]
    edges = dict.fromkeys(_rows_of(stakes, most))
    for held in sorted(most - parties):
        edges.update(dict.fromkeys(_rows_of(view.stakes[held], most)))
    return Range(_held(stakes, least, fill=False), _held(stakes, most, fill=True), tuple(edges))


def _with_companies(view: View, parties: AbstractSet[str], *, fill: bool) -> set[str]:
    """The parties and every company of which they hold more than half; never the company of `view`."""
    counted = set(parties) - {view.company}
    added = True
    while added:
        added = False
        for held, stakes in view.stakes.items():
            if held not in counted and held != view.company and _held(stakes, counted, fill=fill) > HALF + EPSILON:
                counted.add(held)
                added = True
    return counted


def _held(stakes: Sequence[Stake], owners: AbstractSet[str], *, fill: bool) -> float:
    """The larger of what `owners` hold by value and by votes."""
    sums = (
        sum(share for owner, share in _shares(stakes, kinds, fill=fill).items() if owner in owners)
        for kinds in VALUE_AND_VOTES
    )
    return min(WHOLE, max(sums))


def _shares(stakes: Sequence[Stake], kinds: Sequence[str], *, fill: bool) -> dict[str, float]:
    """Each owner's share by the first of `kinds` that is known; with `fill`, an unknown one is all that is left."""
    rows = [row for stake in stakes if (row := stake.first_known(kinds))]
    left = max(0.0, WHOLE - sum(row.share_pct or 0.0 for row in rows))
    return {row.owner_id: (left if fill else 0.0) if row.share_pct is None else row.share_pct for row in rows}


def _rows_of(stakes: Sequence[Stake], owners: AbstractSet[str]) -> list[Edge]:
    rows = [
        row
        for stake in stakes
        if stake.owner_id in owners
        for row in (stake.by_kind.get(EQUITY), stake.by_kind.get(VOTING))
    ]
    return [row for row in rows if row is not None and row.share_pct != 0]


# --- golden shares ---------------------------------------------------------------------------------------------------


def golden_shares_in(view: View, state_owners: Mapping[str, str], above: Collection[str] = ()) -> tuple[Edge, ...]:
    """Golden shares of states in the company of `view` or in one of those in `above`, which control it."""
    return tuple(
        stake.by_kind[GOLDEN]
        for held in dict.fromkeys((view.company, *above))
        for stake in view.stakes.get(held, ())
        if GOLDEN in stake.by_kind and stake.owner_id in state_owners
    )
