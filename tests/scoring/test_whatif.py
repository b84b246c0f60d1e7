"""Laws of the tornado and of the smallest changes, on small rule sets; the search is held against trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import Value
from riskapi.scoring.alternatives import applied, is_possible
from riskapi.scoring.levers import LEVERS
from riskapi.scoring.soundings import Sounding
from riskapi.scoring.whatif import CODES, WAYS, Target, Way
from tests.scoring.small_deals import World, bands, pool

YES_NO = st.sampled_from([None, True, False])
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "deal.type": st.sampled_from(["joint_venture", "acquisition", "licence", "supply"]),
        "deal.foreign_stake": st.sampled_from([None, 0.0, 0.05, 0.2, 0.4, 0.6]),
        "deal.foreign_board_seat": YES_NO,
        "deal.foreign_veto_rights": YES_NO,
        "deal.foreign_technical_access": YES_NO,
        "deal.foreign_control": YES_NO,
        "deal.market_countries": st.sampled_from([None, ("US",), ("CA", "US"), ("CA",)]),
        "deal.covered_software_origins": st.sampled_from([None, ("CN",), ("CN", "US"), ("US",)]),
    },
).filter(is_possible)
NAMES = st.sets(st.sampled_from(sorted(pool())), min_size=1).map(sorted)
WORLDS = st.builds(World, NAMES, TOLD)


def result(world: World, changes: Mapping[str, Value]) -> Sounding | None:
    after = applied(world.pairing.told, changes)
    return world.sounder.ask(after) if is_possible(after) else None


def reaches(world: World, target: Target, found: Sounding | None) -> bool:
    if found is None:
        return False
    if target.gate is not None:
        return target.gate not in found.fired | found.may_fire
    names = [band.name for band in world.card.bands]
    return names.index(world.card.band(found.score).name) <= names.index(str(target.band))


def changes_of(way: Way) -> dict[str, Value]:
    return {change.lever.fact: change.value for change in way.changes}


def concessions(world: World, keep: frozenset[str] = frozenset()) -> Iterator[tuple[str, Value, float]]:
    """Every concession that there is: fact, value, effort."""
    for item in world.variables:
        lever = LEVERS.get(item.fact.name)
        if lever is not None and lever.fact not in keep:
            for value in item.values:
                if lever.allows(item.now, value):
                    yield lever.fact, value, lever.cost(is_open=item.now is None)


def cheapest(world: World, target: Target) -> tuple[int, float] | None:
    """Number of changes and effort of the cheapest way, by trying all single changes and then all pairs."""
    every = list(concessions(world))
    single = [cost for fact, value, cost in every if reaches(world, target, result(world, {fact: value}))]
    if single:
        return 1, min(single)
    pairs = [
        one[2] + other[2]
        for one, other in combinations(every, 2)
        if one[0] != other[0] and reaches(world, target, result(world, {one[0]: one[1], other[0]: other[1]}))
    ]
    return (2, min(pairs)) if pairs else None


# Tornado


@given(WORLDS)
def test_every_bar_holds_its_alternatives_and_the_result_as_it_is(world: World) -> None:
    bars = world.search.sensitivity(world.base)
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
    for bar in bars:
        scores = [item.result.score for item in bar.alternatives]
        assert scores == sorted(scores)
        assert (bar.lowest, bar.highest) == (min(*scores, world.base.score), max(*scores, world.base.score))
        assert bar.swing == bar.highest - bar.lowest
        for item in bar.alternatives:
            assert item.result == result(world, {bar.variable.fact.name: item.value})
            assert item.value != bar.variable.now


@given(WORLDS)
def test_the_rules_that_switch_are_those_that_differ(world: World) -> None:
    for bar in world.search.sensitivity(world.base):
        for item in bar.alternatives:
            moved = item.switched
            after = (world.base.fired | set(moved.applies)) - set(moved.no_longer)
            assert after == item.result.fired
            if item.result.score != world.base.score:
                assert any((moved.applies, moved.no_longer, moved.opened, moved.settled))
            assert {*moved.applies, *moved.no_longer} <= bar.variable.rules


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=5).map(sorted),
    st.sets(st.sampled_from(["quarter", "half", "influence"]), min_size=1),
)
def test_a_larger_stake_never_lowers_the_score_where_rules_only_speak_against_it(
    stakes: list[float], names: set[str]
) -> None:
    world = World(sorted(names), {})
    found = [result(world, {"deal.foreign_stake": stake}) for stake in stakes]
    scores = [one.score for one in found if one is not None]
    assert scores == sorted(scores)
    assert len(scores) == len(stakes)


# Smallest changes


@given(WORLDS)
def test_every_way_can_be_asked_again_and_reaches_its_target(world: World) -> None:
    targets, _ = world.search.ways(world.base)
    for target in targets:
        assert not reaches(world, target, world.base)
        assert len(target.ways) <= WAYS
        assert [len(way.changes) for way in target.ways] == sorted(len(way.changes) for way in target.ways)
        for way in target.ways:
            again = result(world, changes_of(way))
            assert again == way.result
            assert reaches(world, target, again)
            assert way.cost == sum(change.cost for change in way.changes)
            for change in way.changes:
                assert change.lever.allows(change.before, change.value)
                for other in change.also:
                    if len(way.changes) == 1:
                        assert result(world, {change.lever.fact: other}) == way.result


@settings(deadline=None)
@given(WORLDS)
def test_no_cheaper_way_is_missed_and_none_is_claimed_where_there_is_none(world: World) -> None:
    targets, effort = world.search.ways(world.base)
    assert effort.complete
    for target in targets:
        best = min(((len(way.changes), way.cost) for way in target.ways), default=None)
        assert best == cheapest(world, target)


@given(WORLDS)
def test_every_gate_of_a_way_is_listed_with_it(world: World) -> None:
    gated = {rule.id for rule in pool().values() if rule.gate}
    for target in world.search.ways(world.base)[0]:
        for way in target.ways:
            assert set(way.gates) == way.result.fired & gated
            assert set(way.may_apply) == way.result.may_fire & gated
            assert set(way.new_gates) == set(way.gates) - world.base.fired


@given(WORLDS, st.data())
def test_what_is_to_be_kept_is_not_touched_and_keeping_more_never_makes_it_cheaper(
    world: World, data: st.DataObject
) -> None:
    facts = [item.fact.name for item in world.variables]
    keep = frozenset(data.draw(st.lists(st.sampled_from(facts), max_size=3)))
    free, bound = world.search.ways(world.base)[0], world.search.ways(world.base, keep)[0]
    for before, after in zip(free, bound, strict=True):
        assert all(keep.isdisjoint(changes_of(way)) for way in after.ways)
        if after.ways:
            cheapest_now = (len(after.ways[0].changes), after.ways[0].cost)
            assert cheapest_now >= (len(before.ways[0].changes), before.ways[0].cost)


@given(WORLDS)
def test_targets_are_the_lower_bands_and_the_gates_that_apply(world: World) -> None:
    targets, _ = world.search.ways(world.base)
    names = [band.name for band in bands().bands]
    below = names[: names.index(bands().band(world.base.score).name)]
    assert [target.band for target in targets if target.band] == below[::-1]
    gated = {rule.id for rule in pool().values() if rule.gate}
    assert {target.gate for target in targets if target.gate} == world.base.fired & gated


def ways_to(names: list[str], told: dict[str, Any], gate: str) -> list[dict[str, Value]]:
    world = World(names, told)
    targets, _ = world.search.ways(world.base)
    return next([changes_of(way) for way in item.ways] for item in targets if item.gate == f"us.test.{gate}")


def test_a_stake_goes_below_the_threshold_that_the_rule_names() -> None:
    assert ways_to(["quarter", "half"], {"deal.foreign_stake": 0.6}, "quarter")[0] == {"deal.foreign_stake": 0.249}


def test_two_changes_are_found_where_neither_does_anything_alone() -> None:
    told = {"deal.foreign_stake": 0.3, "deal.foreign_board_seat": True}
    assert ways_to(["influence"], told, "influence") == [
        {"deal.foreign_stake": 0.099, "deal.foreign_board_seat": False}
    ]


def test_the_market_is_changed_and_not_emptied() -> None:
    found = ways_to(["market"], {"deal.market_countries": ("US",)}, "market")
    assert found == [{"deal.market_countries": ("CN",)}]
    assert ways_to(["market"], {"deal.market_countries": ("CA", "US")}, "market")[0] == {
        "deal.market_countries": ("CA",)
    }


def test_several_forms_are_shown_but_not_all() -> None:
    world = World(["form"], {"deal.type": "joint_venture"})
    targets, _ = world.search.ways(world.base)
    for target in targets:
        forms = [way.changes[0].value for way in target.ways if way.changes[0].lever.fact == "deal.type"]
        assert len(forms) == len(set(forms)) <= CODES


@pytest.mark.parametrize(
    "told", [{"deal.foreign_stake": 0.6}, {"deal.foreign_stake": 0.6, "deal.foreign_control": True}]
)
def test_control_is_not_signed_away_while_more_than_half_is_held(told: dict[str, Value]) -> None:
    found = ways_to(["control", "half"], told, "control")
    assert {"deal.foreign_control": False} not in found
    assert {"deal.foreign_stake": 0.5, "deal.foreign_control": False} in found
