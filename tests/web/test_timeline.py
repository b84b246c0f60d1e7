"""How a score moves over time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.web.question import Question
from riskapi.web.timeline import Step, curve, steps_between
from riskapi.web.trial import try_question
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, QUERY, VENTURE, Reader

pytestmark = pytest.mark.xdist_group("timeline")  # the steps take seconds, and are worked out once
FIRST, LAST = date(2024, 9, 1), date(2027, 2, 1)


@pytest.fixture(scope="module")
def steps(workspace: Workspace) -> list[Step]:
    answer = workspace.ask(BODY, today=AS_OF)
    return list(steps_between(workspace, Question.read(VENTURE), answer, FIRST, LAST))


def test_every_step_but_the_first_changes_something(steps: list[Step]) -> None:
    assert steps[0].on == FIRST
    for earlier, later in pairwise(steps):
        assert (earlier.trial.figures(), earlier.trial.fired, earlier.trial.open) != (
            later.trial.figures(),
            later.trial.fired,
            later.trial.open,
        )
        assert earlier.on < later.on


def test_between_two_steps_nothing_changes(workspace: Workspace, steps: list[Step]) -> None:
    body = Question.read(VENTURE).body(workspace.vocabulary)
    for earlier, later in pairwise(steps):
        eve = later.on - timedelta(days=1)
        for day in (eve, earlier.on + (eve - earlier.on) / 2):
            trial = try_question(workspace, {**body, "as_of": day}, AS_OF)
            assert trial.figures() == earlier.trial.figures(), day


def test_a_rule_is_named_on_the_day_it_comes_into_force(steps: list[Step]) -> None:
    (on,) = {
        step.on for step in steps if "us.icts.connected-vehicles.manufacturer-sale" in {r.id for r in step.applies}
    }
    assert on == date(2025, 3, 17)


def test_the_curve_covers_the_whole_span_without_gaps(steps: list[Step]) -> None:
    pieces = curve(steps, AS_OF, LAST)
    assert pieces[0].x == 0
    assert pieces[-1].x + pieces[-1].width == pytest.approx(100)
    for earlier, later in pairwise(pieces):
        assert earlier.x + earlier.width == pytest.approx(later.x)
        assert later.rise_from == pytest.approx(earlier.score)
    assert {piece.is_ahead for piece in pieces} == {True, False}


def test_a_first_day_after_the_as_of_date_is_refused(client: TestClient[Any]) -> None:
    response = client.get(f"/timeline?{QUERY}&since=2030-01-01")
    assert response.status_code == 422
    assert "since" in Reader(response.text).text
