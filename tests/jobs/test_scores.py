from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from riskapi.api.operations.scores import DESCRIBED, XIAOMI_FORD
from riskapi.errors import RequestError
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.scores import SCHEMA, SCORES, row_of
from riskapi.workspace import Workspace

TODAY = date(2026, 11, 22)
UNKNOWN = {"parties": ["Nobody at all Ltd", "Ford"]}
WRONG = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "jv"}}
QUESTIONS: list[object] = [XIAOMI_FORD, UNKNOWN, "no object", WRONG, DESCRIBED]


def rows(workspace: Workspace, questions: list[object], done: int = 0) -> list[dict[str, Any]]:
    task = SCORES.begin({"questions": questions}, workspace, TODAY)
    parts = list(task.parts(done, lambda: True))
    assert sum(part.items for part in parts) == len(questions) - done
    return [row for part in parts for row in part.frame.iter_rows(named=True)]


def test_each_question_has_the_row_that_it_would_have_alone(workspace: Workspace) -> None:
    found = rows(workspace, QUESTIONS)
    assert [(row["index"], row["status"]) for row in found] == [(0, 200), (1, 422), (2, 422), (3, 422), (4, 200)]
    for question, row in zip(QUESTIONS, found, strict=True):
        if row["status"] == 200:
            answer = workspace.ask(question, today=TODAY)
            assert (row["score"], row["low"], row["high"]) == (answer.score, answer.low, answer.high)
            assert (row["band"], row["question"], row["as_of"]) == (answer.band.name, answer.question, answer.as_of)
            gates = {f"{gate.gate}:{gate.rule}" for gate in answer.gates}
            assert {*row["gates"], *row["possible_gates"]} == gates
            assert (row["code"], row["errors"]) == (None, None)
        else:
            assert (row["score"], row["band"], row["gates"]) == (None, None, None)


def test_what_is_wrong_with_a_question_is_told_with_its_place(workspace: Workspace) -> None:
    _, unknown, _, wrong, _ = rows(workspace, QUESTIONS)
    assert (unknown["code"], wrong["code"]) == ("party-unsettled", "request-invalid")
    (error,) = json.loads(wrong["errors"])
    assert error["pointer"] == "/questions/3/deal/type"
    assert "/questions/1/parties/0" in unknown["errors"]


def test_rows_are_the_same_wherever_the_work_begins(workspace: Workspace) -> None:
    whole = rows(workspace, QUESTIONS)
    for done in range(len(QUESTIONS) + 1):
        assert rows(workspace, QUESTIONS, done) == whole[done:]


def test_a_question_without_a_day_is_of_the_day_of_the_job(workspace: Workspace) -> None:
    question = {name: value for name, value in XIAOMI_FORD.items() if name != "as_of"}
    task = SCORES.begin({"questions": [question]}, workspace, date(2024, 6, 30))
    (part,) = task.parts(0, lambda: True)
    assert part.frame["as_of"].to_list() == [date(2024, 6, 30)]


def test_asked_to_stop_it_gives_what_it_has(workspace: Workspace) -> None:
    task = SCORES.begin({"questions": ["x"] * 30}, workspace, TODAY)
    assert next(iter(task.parts(0, lambda: False))).items == 1


def test_a_failure_nobody_foresaw_fails_its_question_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the inside")

    monkeypatch.setattr(Workspace, "ask", fails)
    row = row_of(workspace, XIAOMI_FORD, 0, TODAY)
    assert (row["status"], row["code"], set(row)) == (500, "internal-error", set(SCHEMA))
    assert "secret" not in str(row)
    assert "incident" in caplog.text


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/questions"]),
        ({"questions": []}, ["/questions"]),
        ({"questions": {}}, ["/questions"]),
        ({"questions": [1, 2, 3, 4]}, ["/questions"]),
        ({"question/s": [1], "questions": "x"}, ["/question~1s", "/questions"]),
    ],
)
def test_what_is_no_list_of_so_many_questions_is_refused(
    workspace: Workspace, body: object, pointers: list[str]
) -> None:
    with pytest.raises(RequestError) as raised:
        SCORES.read(body, workspace, TODAY, JobLimits(questions=3))
    assert [problem.pointer for problem in raised.value.problems] == pointers


def test_questions_are_counted_and_kept_as_they_are(workspace: Workspace) -> None:
    wanted = SCORES.read({"questions": QUESTIONS}, workspace, TODAY, JobLimits(questions=5))
    assert (wanted.total, wanted.as_of, wanted.inputs) == (5, TODAY, {"questions": QUESTIONS})
