"""The distance of two deals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.scoring.likeness import (
    DEAL_FAMILIES,
    SECTOR_FAMILIES,
    ComparableFacts,
    Place,
    RuleProfile,
    distance,
    rule_difference,
)
from tests.scoring.past_facts import FACTS, SAID, place, profile


def test_groups_of_the_two_days_are_compared_and_not_those_of_today() -> None:
    before, after = Place("TR", frozenset()), Place("TR", frozenset({"ally"}))
    asked = ComparableFacts(foreign_country=place("GB"))
    assert distance(asked, ComparableFacts(foreign_country=before)) == 1
    assert distance(asked, ComparableFacts(foreign_country=after)) < 1


def test_state_ownership_is_compared_by_steps() -> None:
    one, other = ComparableFacts(state_ownership="none"), ComparableFacts(state_ownership="majority")
    assert distance(one, other) == pytest.approx(2 / 3)


def test_rules_count_by_their_points_whatever_their_sign() -> None:
    one = profile("a", "b", a=30, b=-10)
    assert rule_difference(one, profile("a", a=30)) == pytest.approx(10 / 40)
    assert rule_difference(one, profile("b", b=-10)) == pytest.approx(30 / 40)
    assert rule_difference(one, profile("c", c=40)) == 1
    assert rule_difference(one, one) == 0
    assert rule_difference(profile(), profile()) == 0


def test_a_rule_that_may_fire_for_the_other_counts_half() -> None:
    assert rule_difference(profile("a"), profile(may_fire=("a",))) == 0.5
    assert rule_difference(profile(may_fire=("a",)), profile("a")) == 0.5
    assert rule_difference(profile(may_fire=("a",)), profile(may_fire=("a",))) == 0


def test_families_do_not_overlap() -> None:
    for families in (DEAL_FAMILIES, SECTOR_FAMILIES):
        codes = [code for family in families for code in family]
        assert len(codes) == len(set(codes))


@given(one=FACTS, other=FACTS, rules=st.tuples(SAID, SAID))
def test_the_distance_is_symmetric_between_0_and_1_and_0_to_itself(
    one: ComparableFacts, other: ComparableFacts, rules: tuple[RuleProfile, RuleProfile]
) -> None:
    there, back = distance(one, other, rules), distance(other, one, (rules[1], rules[0]))
    assert there == pytest.approx(back)
    assert 0 <= there <= 1
    assert distance(one, one, (rules[0], rules[0])) == 0
