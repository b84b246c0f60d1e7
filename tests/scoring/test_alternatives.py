"""Which values are tried instead, and what a change takes away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from riskapi.facts.vocabulary import Value
from riskapi.scoring.alternatives import Standing, Variable, applied, is_possible, no_longer_told
from tests.scoring.small_deals import World


def variable(names: list[str], told: Mapping[str, Value], fact: str) -> Variable:
    return next(item for item in World(names, told).variables if item.fact.name == fact)


def test_both_sides_of_every_threshold_of_the_rules_are_tried_and_nothing_else() -> None:
    found = variable(["quarter", "half"], {"deal.foreign_stake": 0.4}, "deal.foreign_stake")
    assert set(found.values) == {0.25, 0.249, 0.5, 0.501}
    assert found.values[0] == 0.5  # the nearest first
    assert variable(["half"], {}, "deal.foreign_stake").values == (0.501, 0.5)


def test_only_facts_that_a_rule_in_play_reads_vary() -> None:
    world = World(["seat", "market"], {})
    assert {item.fact.name for item in world.variables} == {"deal.foreign_board_seat", "deal.market_countries"}


@pytest.mark.parametrize(
    ("names", "told", "fact", "now", "standing"),
    [
        (["quarter"], {"deal.foreign_stake": 0.3}, "deal.foreign_stake", 0.3, Standing.TOLD),
        (["quarter"], {}, "deal.foreign_stake", None, Standing.UNKNOWN),
        (["control"], {"deal.foreign_stake": 0.6}, "deal.foreign_control", True, Standing.DERIVED),
        (["quarter"], {"deal.type": "licence"}, "deal.foreign_stake", 0.0, Standing.DERIVED),
    ],
)
def test_told_derived_and_unknown_are_told_apart(
    names: list[str], told: dict[str, Value], fact: str, now: Value, standing: Standing
) -> None:
    found = variable(names, told, fact)
    assert (found.now, found.standing) == (now, standing)


def test_a_list_is_tried_without_each_of_its_members_and_never_empty_where_it_is_a_place() -> None:
    market = variable(["market"], {"deal.market_countries": ("US", "CA")}, "deal.market_countries").values
    assert {("US",), ("CA",), ("CN",)} <= set(market)
    assert () not in market
    software = variable(["software"], {"deal.covered_software_origins": ("CN", "US")}, "deal.covered_software_origins")
    assert {(), ("US",), ("CN",)} <= set(software.values)


def test_a_rule_reads_also_what_follows() -> None:
    (control,) = World(["control"], {}).search.rules
    found = {item.fact.name: item.rules for item in World(["control", "half"], {}).variables}
    assert control in found["deal.foreign_stake"]


@pytest.mark.parametrize(
    ("told", "changes", "after"),
    [
        ({"deal.type": "joint_venture", "deal.foreign_stake": 0.5, "deal.foreign_control": True},
         {"deal.type": "licence"}, {"deal.type": "licence"}),
        ({"deal.type": "joint_venture", "deal.foreign_control": False},
         {"deal.type": "licence"}, {"deal.type": "licence", "deal.foreign_control": False}),
        ({"deal.type": "joint_venture", "deal.foreign_stake": 0.5, "deal.host_stake": 0.5},
         {"deal.foreign_stake": 0.249}, {"deal.type": "joint_venture", "deal.foreign_stake": 0.249}),
        ({"deal.activity_country": "US", "deal.activity_subdivision": "US-MI"},
         {"deal.activity_country": "MX"}, {"deal.activity_country": "MX"}),
        ({"deal.activity_country": "US", "deal.activity_subdivision": "US-MI"},
         {"deal.type": "supply"},
         {"deal.activity_country": "US", "deal.activity_subdivision": "US-MI", "deal.type": "supply"}),
        ({"deal.type": "joint_venture", "deal.foreign_stake": 0.5},
         {"deal.type": "licence", "deal.foreign_stake": 0.1}, {"deal.type": "licence", "deal.foreign_stake": 0.1}),
    ],
)  # fmt: skip
def test_a_change_takes_away_what_can_no_longer_hold(
    told: dict[str, Value], changes: dict[str, Value], after: dict[str, Value]
) -> None:
    assert applied(told, changes) == after
    assert set(no_longer_told(told, changes)) == set(told) - set(after)


def test_nobody_is_without_control_who_holds_more_than_half() -> None:
    assert not is_possible({"deal.foreign_stake": 0.51, "deal.foreign_control": False})
    assert is_possible({"deal.foreign_stake": 0.5, "deal.foreign_control": False})
    assert is_possible({"deal.foreign_stake": 0.51, "deal.foreign_control": None})
