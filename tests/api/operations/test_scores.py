from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.assessment.answer import to_json
from riskapi.workspace import Workspace


def test_the_answer_is_the_object_of_the_core_byte_for_byte(client: TestClient[Any], workspace: Workspace) -> None:
    response = client.post("/v1/scores", json=XIAOMI_FORD)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.content == to_json(workspace.ask(XIAOMI_FORD, today=date.min))


def test_the_headers_name_the_versions(client: TestClient[Any]) -> None:
    response = client.post("/v1/scores", json=XIAOMI_FORD)
    versions = response.json()["versions"]
    assert response.headers["riskapi-rule-set"] == versions["rule_set"]
    assert response.headers["riskapi-dataset"] == versions["dataset"]


def test_the_connected_vehicle_prohibition_is_shown(client: TestClient[Any]) -> None:
    gates = client.post("/v1/scores", json=XIAOMI_FORD).json()["gates"]
    citations = [gate["citation"] for gate in gates if gate["gate"] == "prohibition"]
    assert any(citation.startswith("15 CFR 791.304") for citation in citations)


def test_a_question_without_a_date_is_put_today(workspace: Workspace) -> None:
    question = {key: value for key, value in XIAOMI_FORD.items() if key != "as_of"}
    with TestClient(create_app(workspace=workspace, clock=lambda: date(2021, 3, 1))) as client:
        assert client.post("/v1/scores", json=question).json()["as_of"] == "2021-03-01"
        assert client.get("/v1/rules").json()["as_of"] == "2021-03-01"


def test_the_order_of_the_names_does_not_matter(client: TestClient[Any]) -> None:
    one = client.post("/v1/scores", json=XIAOMI_FORD).json()
    other = client.post("/v1/scores", json={**XIAOMI_FORD, "parties": ["Ford", "Xiaomi"]}).json()
    assert (one["score"], one["low"], one["high"]) == (other["score"], other["low"], other["high"])


def test_long_work_keeps_neither_the_loop_nor_the_probe_waiting(
    client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def never_ready(*_: object, **__: object) -> None:
        begun.release()
        go_on.wait(timeout=60)
        raise RuntimeError("let go")

    monkeypatch.setattr(Workspace, "ask_json", never_ready)
    threads = [
        threading.Thread(target=client.post, args=("/v1/scores",), kwargs={"json": XIAOMI_FORD}) for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    try:
        assert begun.acquire(timeout=60)
        assert client.get("/health").status_code == 200
        assert not go_on.is_set()
    finally:
        go_on.set()
        for thread in threads:
            thread.join()


def test_many_at_once_get_their_own_answers(client: TestClient[Any]) -> None:
    names = ["Xiaomi", "BYD", "Toyota", "Magna"] * 3
    found: dict[int, str] = {}

    def ask(at: int) -> None:
        body = json.dumps({**XIAOMI_FORD, "parties": [names[at], "Ford"]})
        response = client.post("/v1/scores", content=body, headers={"content-type": "application/json"})
        found[at] = response.json()["parties"][0]["asked_as"]

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[at] for at in range(len(names))] == names
