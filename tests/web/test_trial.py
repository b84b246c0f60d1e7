"""The quick score is the score."""

from __future__ import annotations

import pytest

from riskapi.web.question import question_in
from riskapi.web.trial import try_question
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import MEXICO, QUERY


@pytest.mark.parametrize(
    "query", [QUERY, MEXICO, "a=Toyota&b=Tesla", "a=Xiaomi&b=Ford&type=licence&activity_country=DE"]
)
def test_a_trial_has_the_figures_of_the_full_answer(workspace: Workspace, query: str) -> None:
    body = question_in(query).body(workspace.vocabulary)
    answer, trial = workspace.ask(body, today=AS_OF), try_question(workspace, body, AS_OF)
    assert [round(value, 3) for value in trial.figures()] == [
        round(value, 3) for value in (answer.low, answer.score, answer.high)
    ]
    assert trial.band.name == answer.band.name
    assert trial.fired == {rule.id for rule in answer.rules if rule.status == "fired"}
    assert trial.open == {rule.id for rule in answer.rules if rule.status == "undetermined"}
    assert set(trial.gates) == {gate.rule for gate in answer.gates if gate.status == "fired"}
