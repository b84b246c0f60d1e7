"""What single rules, groups, gates and unknowns do to the score."""

from __future__ import annotations

import pytest

from riskapi.rules import GateKind, Status
from riskapi.scoring.score import Score, score
from riskapi.scoring.scorecard import LEAST_SCORE, MOST_SCORE, score_of
from tests.scoring.rule_objects import judged, scorecard

FIRED, NOT_FIRED, UNDETERMINED = Status.FIRED, Status.NOT_FIRED, Status.UNDETERMINED


def points_of(result: Score) -> dict[str, float]:
    return {item.rule.id.rsplit(".", 1)[1]: item.points for item in result.contributions}


def test_without_rules_the_score_is_the_base() -> None:
    result = score([], scorecard(base=-35))
    assert list(result.totals) == [-35, -35, -35]
    assert result.score == pytest.approx(8.12, abs=0.01)


def test_ten_points_double_the_odds() -> None:
    card = scorecard(base=0, floors={})
    odds = [result / (100 - result) for result in (score([], card).score, score([judged("a", 10, FIRED)], card).score)]
    assert odds == pytest.approx([1, 2])


def test_fired_rules_add_up_and_others_do_not_count() -> None:
    items = [judged("a", 12, FIRED), judged("b", -6, FIRED), judged("c", 30, NOT_FIRED)]
    result = score(items, scorecard(base=-35))
    assert list(result.totals) == [-29, -29, -29]
    assert points_of(result) == {"a": 12, "b": -6, "c": 0}


@pytest.mark.parametrize(
    ("points", "caution", "expected"),
    [(10, True, (0, 10, 10)), (10, False, (0, 0, 10)), (-10, True, (-10, -10, 0)), (-10, False, (-10, 0, 0))],
)
def test_an_unknown_spans_the_interval_and_counts_as_the_rule_says(
    points: float, caution: bool, expected: tuple[float, float, float]
) -> None:
    result = score([judged("a", points, UNDETERMINED, caution=caution)], scorecard(base=0))
    assert tuple(result.totals) == expected


def test_the_heaviest_of_a_group_counts_and_covers_the_others() -> None:
    items = [judged("a", 8, FIRED, group="g"), judged("b", 12, FIRED, group="g"), judged("c", 20, NOT_FIRED, group="g")]
    result = score(items, scorecard(base=0))
    assert result.points == 12
    assert points_of(result) == {"a": 0, "b": 12, "c": 0}
    assert {item.rule.id: item.covered_by for item in result.contributions}["us.test.law.a"] == "us.test.law.b"


def test_relief_and_burden_of_one_group_do_not_cover_each_other() -> None:
    items = [judged("a", 8, FIRED, group="g"), judged("b", -12, FIRED, group="g")]
    assert score(items, scorecard(base=0)).points == -4


def test_the_heaviest_relief_of_a_group_counts() -> None:
    items = [judged("a", -4, FIRED, group="g"), judged("b", -6, FIRED, group="g")]
    assert score(items, scorecard(base=0)).points == -6


def test_a_sum_group_adds_up() -> None:
    items = [judged("a", 8, FIRED, group="g"), judged("b", 12, FIRED, group="g")]
    result = score(items, scorecard(base=0, g="sum"))
    assert result.points == 20
    assert points_of(result) == {"a": 8, "b": 12}


def test_a_first_group_takes_the_first_line_of_the_file() -> None:
    items = [judged("a", 12, FIRED, group="g", line=9), judged("b", 3, FIRED, group="g", line=2)]
    result = score(items, scorecard(base=0, g="first"))
    assert result.points == 3
    assert points_of(result) == {"a": 0, "b": 3}


def test_in_a_first_group_an_unknown_before_the_first_may_take_its_place() -> None:
    items = [
        judged("a", 3, UNDETERMINED, group="g", line=1, caution=False),
        judged("b", 12, FIRED, group="g", line=2),
        judged("c", 30, UNDETERMINED, group="g", line=3),
    ]
    assert list(score(items, scorecard(base=0, g="first")).totals) == [3, 12, 12]


def test_a_unique_group_warns_when_two_fire() -> None:
    items = [judged("a", 8, FIRED, group="g"), judged("b", 12, FIRED, group="g")]
    result = score(items, scorecard(base=0, g="unique"))
    assert result.points == 12
    assert len(result.warnings) == 1
    assert "us.test.law.a and us.test.law.b" in result.warnings[0]


@pytest.mark.parametrize("second", [NOT_FIRED, UNDETERMINED])
def test_a_unique_group_is_silent_while_one_fires(second: Status) -> None:
    items = [judged("a", 8, FIRED, group="g"), judged("b", 12, second, group="g")]
    assert score(items, scorecard(base=0, g="unique")).warnings == ()


def test_a_gate_that_fired_lifts_the_score_to_its_floor() -> None:
    result = score([judged("a", 1, FIRED, gate=GateKind.PROHIBITION)], scorecard(base=-35))
    assert (result.low, result.score, result.high) == pytest.approx((75, 75, 75))
    assert result.floor_gate is GateKind.PROHIBITION
    assert result.lift == pytest.approx(result.points - -34)


def test_a_gate_that_may_fire_lifts_the_high_end_only() -> None:
    result = score([judged("a", 1, UNDETERMINED, gate=GateKind.PROHIBITION)], scorecard(base=-35))
    assert result.high == pytest.approx(75)
    assert (result.low, result.score) == pytest.approx((score_of(-35), score_of(-34)))
    assert (result.lift, result.floor_gate) == (0, None)


def test_a_gate_below_the_score_lifts_nothing() -> None:
    result = score([judged("a", 60, FIRED, gate=GateKind.MANDATORY_FILING)], scorecard(base=-35))
    assert (result.lift, result.floor_gate) == (0, None)


def test_the_strongest_gate_is_named() -> None:
    items = [
        judged("a", 1, FIRED, gate=GateKind.REVIEW_JURISDICTION),
        judged("b", 1, FIRED, gate=GateKind.PROHIBITION),
        judged("c", 1, FIRED, gate=GateKind.MANDATORY_FILING),
    ]
    assert score(items, scorecard()).floor_gate is GateKind.PROHIBITION


def test_a_gate_without_a_floor_changes_nothing() -> None:
    result = score([judged("a", 1, FIRED, gate=GateKind.TARIFF)], scorecard(base=-35))
    assert (result.points, result.floor_gate) == (-34, None)


def test_information_counts_nowhere() -> None:
    for status in (FIRED, UNDETERMINED):
        assert list(score([judged("a", 0, status)], scorecard(base=-35)).totals) == [-35, -35, -35]


def test_extreme_points_stay_between_0_and_100() -> None:
    items = [judged(f"r{index}", 100, FIRED) for index in range(200)]
    assert score(items, scorecard(base=200)).score == MOST_SCORE
    items = [judged(f"r{index}", -100, FIRED) for index in range(200)]
    assert score(items, scorecard(base=-200)).score == LEAST_SCORE
