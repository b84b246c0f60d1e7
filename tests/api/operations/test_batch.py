"""Several questions at once: order, rows of their own, and bounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.operations.batch import MAX_FIELDS, MOST_FULL, MOST_QUESTIONS
from riskapi.api.operations.scores import DESCRIBED, XIAOMI_FORD
from riskapi.workspace import Workspace

PATH = "/v1/scores/batch"
UNKNOWN = {"parties": ["Nobody at all Ltd", "Ford"], "as_of": "2026-11-22"}
WRONG = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "jv", "stake": 1}}


def test_each_question_gets_what_it_would_get_alone_and_in_its_place(client: TestClient[Any]) -> None:
    questions = [XIAOMI_FORD, UNKNOWN, "no object", WRONG, DESCRIBED]
    response = client.post(PATH, json={"questions": questions})
    assert response.status_code == 200
    told = response.json()
    assert [item["index"] for item in told["items"]] == [0, 1, 2, 3, 4]
    assert (told["answered"], told["refused"]) == (2, 3)
    for question, item in zip(questions, told["items"], strict=True):
        alone = client.post("/v1/scores", json=question)
        assert item["status"] == alone.status_code
        if alone.status_code == 200:
            assert {**item["row"], "band": None} == {name: alone.json()[name] for name in item["row"]} | {"band": None}
            assert item["row"]["band"] == alone.json()["band"]["name"]
            assert (item["problem"], item["answer"]) == (None, None)
        else:
            wanted = alone.json()
            assert {name: item["problem"][name] for name in ("type", "title", "status", "code")} == {
                name: wanted[name] for name in ("type", "title", "status", "code")
            }
            assert item["row"] is None


def test_problems_point_into_the_whole_body_and_name_candidates(client: TestClient[Any]) -> None:
    items = client.post(PATH, json={"questions": [XIAOMI_FORD, WRONG, UNKNOWN]}).json()["items"]
    assert [error["pointer"] for error in items[1]["problem"]["errors"]] == [
        "/questions/1/deal/type",
        "/questions/1/deal/stake",
    ]
    assert items[2]["problem"]["errors"][0]["pointer"].startswith("/questions/2/parties/0")


def test_full_brings_the_whole_answer(client: TestClient[Any]) -> None:
    (item,) = client.post(PATH, json={"questions": [XIAOMI_FORD], "full": True}).json()["items"]
    assert item["answer"] == client.post("/v1/scores", json=XIAOMI_FORD).json()


def test_a_failure_nobody_foresaw_fails_its_question_alone(
    client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Workspace.ask

    def fails(self: Workspace, data: object, *, today: date) -> Any:
        if data == DESCRIBED:
            raise RuntimeError("the secret of the inside")
        return ask(self, data, today=today)

    monkeypatch.setattr(Workspace, "ask", fails)
    response = client.post(PATH, json={"questions": [DESCRIBED, XIAOMI_FORD]})
    assert [item["status"] for item in response.json()["items"]] == [500, 200]
    assert "incident" in response.json()["items"][0]["problem"]["detail"]
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/questions"]),
        ({"questions": []}, ["/questions"]),
        ({"questions": {}}, ["/questions"]),
        ({"questions": [UNKNOWN] * (MOST_QUESTIONS + 1)}, ["/questions"]),
        ({"questions": [UNKNOWN] * (MOST_FULL + 1), "full": True}, ["/questions"]),
        ({"questions": [UNKNOWN], "full": "yes"}, ["/full"]),
        ({"question": [UNKNOWN], "full": 1}, ["/question", "/full", "/questions"]),
    ],
)
def test_what_is_no_list_of_questions_is_refused_as_a_whole(
    client: TestClient[Any], body: object, pointers: list[str]
) -> None:
    response = client.post(PATH, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "request-invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


def test_the_most_questions_are_taken(client: TestClient[Any]) -> None:
    told = client.post(PATH, json={"questions": [UNKNOWN] * MOST_QUESTIONS}).json()
    assert (told["answered"], told["refused"]) == (0, MOST_QUESTIONS)


def test_a_body_with_too_many_fields_is_refused(client: TestClient[Any]) -> None:
    question = {"parties": ["Xiaomi", "Ford"], "deal": {f"fact_{n}": 1 for n in range(MAX_FIELDS)}}
    response = client.post(PATH, json={"questions": [question]})
    assert (response.status_code, response.json()["code"]) == (400, "json-malformed")
