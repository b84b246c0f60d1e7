"""Laws of the score, on random rules, outcomes, groups, gates and hit policies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.rules import GateKind, Status
from riskapi.scoring.score import Judged, Score, score
from riskapi.scoring.scorecard import POINT, Scorecard, points_of, score_of
from tests.scoring.rule_objects import FLOORS, judged, rule, scorecard

#: Quarter points add up exactly in any order.
quarter_points = st.integers(-400, 400).map(lambda quarters: quarters / 4)
positive_points = st.integers(1, 400).map(lambda quarters: quarters / 4)
groups = st.sampled_from([None, None, "g1", "g2", "g3"])
gates = st.sampled_from([None, None, None, *GateKind])
statuses = st.sampled_from(list(Status))


def cards(*policies: str) -> st.SearchStrategy[Scorecard]:
    hit = st.sampled_from(policies)
    return st.builds(scorecard, base=quarter_points.filter(lambda base: abs(base) <= 100), g1=hit, g2=hit, g3=hit)


all_cards = cards("max", "sum", "first", "unique")


@st.composite
def outcomes(draw: Any, largest: int = 8) -> list[Judged]:
    count = draw(st.integers(0, largest))
    lines = draw(st.permutations(range(count)))
    return [
        judged(
            f"r{index}", draw(quarter_points), draw(statuses), group=draw(groups), gate=draw(gates),
            caution=draw(st.booleans()), line=lines[index],
        )
        for index in range(count)
    ]  # fmt: skip


def completions(items: list[Judged]) -> Iterator[list[Judged]]:
    """Every way in which the undetermined rules may turn out."""
    open_at = [index for index, item in enumerate(items) if item.status is Status.UNDETERMINED]
    for settled in product((Status.FIRED, Status.NOT_FIRED), repeat=len(open_at)):
        result = list(items)
        for index, status in zip(open_at, settled, strict=True):
            result[index] = Judged(items[index].rule, status)
        yield result


def within(inner: Score, outer: Score) -> bool:
    return outer.totals.low <= inner.totals.low and inner.totals.high <= outer.totals.high


@given(outcomes(), all_cards)
def test_contributions_base_and_lift_add_up_to_the_score(items: list[Judged], card: Scorecard) -> None:
    result = score(items, card)
    assert result.base + sum(item.points for item in result.contributions) + result.lift == pytest.approx(result.points)
    assert result.points * POINT == pytest.approx(
        (result.base + sum(item.points for item in result.contributions) + result.lift) * POINT
    )
    assert result.score == score_of(result.points)
    assert len(result.contributions) == len(items)


@given(outcomes(), all_cards)
def test_the_score_lies_in_its_interval_and_on_the_scale(items: list[Judged], card: Scorecard) -> None:
    result = score(items, card)
    assert 0 <= result.low <= result.score <= result.high <= 100


@given(outcomes(largest=6), all_cards)
@settings(deadline=None)
def test_no_way_things_turn_out_leaves_the_interval(items: list[Judged], card: Scorecard) -> None:
    before = score(items, card)
    for settled in completions(items):
        after = score(settled, card)
        assert after.totals.low == after.totals.score == after.totals.high
        assert within(after, before)


@given(outcomes(largest=6), all_cards)
@settings(deadline=None)
def test_the_interval_is_no_wider_than_needed(items: list[Judged], card: Scorecard) -> None:
    ungated = [Judged(rule_only(item), item.status) for item in items]
    before = score(ungated, card)
    totals = [score(settled, card).totals.score for settled in completions(ungated)]
    assert (min(totals), max(totals)) == (before.totals.low, before.totals.high)


def rule_only(item: Judged) -> Any:
    found = item.rule
    return rule(
        found.id.rsplit(".", 1)[1], found.points, group=found.group, caution=found.caution, line=found.line,
    )  # fmt: skip


@given(outcomes(), all_cards, st.data())
def test_learning_one_thing_never_widens_the_interval(
    items: list[Judged], card: Scorecard, data: st.DataObject
) -> None:
    open_at = [index for index, item in enumerate(items) if item.status is Status.UNDETERMINED]
    if not open_at:
        return
    index = data.draw(st.sampled_from(open_at))
    status = data.draw(st.sampled_from([Status.FIRED, Status.NOT_FIRED]))
    learnt = [*items[:index], Judged(items[index].rule, status), *items[index + 1 :]]
    assert within(score(learnt, card), score(items, card))


@given(outcomes(), cards("max", "sum"), positive_points, groups, gates)
def test_one_more_fired_burden_never_lowers_anything(
    items: list[Judged], card: Scorecard, points: float, group: str | None, gate: GateKind | None
) -> None:
    before = score(items, card)
    after = score([*items, judged("more", points, Status.FIRED, group=group, gate=gate)], card)
    assert all(new >= old for new, old in zip(after.totals, before.totals, strict=True))


@given(outcomes(), cards("max", "sum"), positive_points, groups)
def test_one_more_fired_relief_never_raises_anything(
    items: list[Judged], card: Scorecard, points: float, group: str | None
) -> None:
    before = score(items, card)
    after = score([*items, judged("more", -points, Status.FIRED, group=group)], card)
    assert all(new <= old for new, old in zip(after.totals, before.totals, strict=True))


@given(outcomes(), all_cards, st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(items: list[Judged], card: Scorecard, shuffle: Any) -> None:
    mixed = list(items)
    shuffle.shuffle(mixed)
    one, other = score(items, card), score(mixed, card)
    assert one.totals == other.totals
    assert one.lift == other.lift
    assert one.contributions == other.contributions
    assert one.floor_gate == other.floor_gate


@given(outcomes(), all_cards)
def test_the_score_never_lies_below_the_floor_of_a_gate_that_fired(items: list[Judged], card: Scorecard) -> None:
    result = score(items, card)
    fired = [FLOORS.get(item.rule.gate, 0) for item in items if item.rule.gate and item.status is Status.FIRED]
    possible = [
        FLOORS.get(item.rule.gate, 0) for item in items if item.rule.gate and item.status is not Status.NOT_FIRED
    ]
    assert min(result.low, result.score) >= max(fired, default=0) - 1e-9
    assert result.high >= max(possible, default=0) - 1e-9
    assert (result.lift > 0) == (result.floor_gate is not None)


@given(outcomes(), all_cards)
def test_rules_that_did_not_fire_might_as_well_not_be_there(items: list[Judged], card: Scorecard) -> None:
    rest = [item for item in items if item.status is not Status.NOT_FIRED]
    assert score(items, card).totals == score(rest, card).totals


@given(outcomes(), cards("max", "first", "unique"))
def test_of_a_group_at_most_one_rule_of_a_kind_counts(items: list[Judged], card: Scorecard) -> None:
    counted = [
        (item.rule.group, item.rule.kind)
        for item in score(items, card).contributions
        if item.rule.group and item.points
    ]
    assert len(counted) == len(set(counted))


@given(st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_more_points_never_give_a_lower_score(one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert 0 <= score_of(low) <= score_of(high) <= 100


@given(st.floats(0.001, 99.999))
def test_points_and_scores_turn_into_each_other(value: float) -> None:
    assert score_of(points_of(value)) == pytest.approx(value)
