"""Scoring by columns is scoring one by one: on rules of every kind, policy and gate, and every pattern of answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.matrix.single import results_of
from riskapi.matrix.tally import Tally
from riskapi.rules import GateKind, Rule, Status
from riskapi.scoring.score import Judged
from riskapi.scoring.scorecard import HitPolicy
from tests.scoring.rule_objects import rule, scorecard

GROUPS = {policy.value: policy.value for policy in HitPolicy}
POINTS = st.one_of(st.integers(-30, 40).map(float), st.sampled_from([0.1, 0.7, -3.3, 12.25, 95.0, 0.0]))


@st.composite
def rule_lists(draw: st.DrawFn) -> list[Rule]:
    return [
        rule(
            f"r{number}",
            draw(POINTS),
            group=draw(st.sampled_from([None, *GROUPS, "unlisted"])),
            gate=draw(st.sampled_from([None, None, *GateKind])),
            caution=draw(st.booleans()),
            line=draw(st.integers(1, 5)),
        )
        for number in range(draw(st.integers(0, 9)))
    ]


@given(st.data())
@settings(deadline=None)
def test_each_row_is_what_the_score_of_one_pairing_says(data: st.DataObject) -> None:
    rules = data.draw(rule_lists())
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(list(Status)) for _ in rules)), min_size=1, max_size=6))
    card = scorecard(data.draw(st.sampled_from([-35.0, 0.0, 12.5])), None, **GROUPS)
    found = Tally(rules, card).results(flags(rows, Status.FIRED), flags(rows, Status.UNDETERMINED))
    for row, statuses in zip(found.to_dicts(), rows, strict=True):
        judged = [Judged(item, status) for item, status in zip(rules, statuses, strict=True)]
        assert row == results_of(judged, card)


def flags(rows: list[Any], wanted: Status) -> Any:
    return np.array([[status is wanted for status in row] for row in rows], dtype=bool).reshape(len(rows), -1)


def test_rules_that_say_nothing_leave_the_base() -> None:
    card = scorecard(base=0.0)
    nothing = np.zeros((2, 0), dtype=bool)
    found = Tally([], card).results(nothing, nothing)
    assert found["score"].to_list() == [50.0, 50.0]
    assert found["gates"].to_list() == [[], []]
