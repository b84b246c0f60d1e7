"""Answers become the objects that they were: dates that only the name of their fact betrays, and fields of later versions."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from riskapi.assessment.answer import Answer, to_json
from riskapi.client.call import Received
from riskapi.client.reading import DATE_FACTS, document, read_as, reader
from riskapi.records.jobs import JobAnswer
from riskapi.store.shown import State
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

QUESTION = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "licence", "activity_country": "US"}}


def came(body: bytes) -> Received:
    return Received(status=200, headers={"content-type": "application/json; charset=utf-8"}, body=body)


@pytest.fixture(scope="module")
def known(workspace: Workspace) -> Answer:
    return workspace.ask(QUESTION, today=AS_OF)


def grown(item: Any) -> Any:
    """The same JSON as a service of a later version may send it: with a field more in every object.

    Objects whose names are facts are left as they are: there another name would be another fact.
    """
    if isinstance(item, dict):
        more = {} if any("." in name for name in item) else {"of_later": {"more": [1]}}
        return {name: grown(value) for name, value in item.items()} | more
    return [grown(value) for value in item] if isinstance(item, list) else item


def test_an_answer_comes_back_as_the_object_that_it_was(known: Answer) -> None:
    assert reader(Answer)(came(to_json(known))) == known


def test_fields_of_a_later_version_are_passed_over_at_every_depth(known: Answer) -> None:
    assert reader(Answer)(came(json.dumps(grown(json.loads(to_json(known)))).encode())) == known


def test_an_answer_that_lacks_a_field_is_refused(known: Answer) -> None:
    plain = json.loads(to_json(known))
    del plain["pillars"]
    with pytest.raises(ValueError, match="pillars"):
        reader(Answer)(came(json.dumps(plain).encode()))


def job(state: object) -> dict[str, Any]:
    day = {"created_at": "2026-11-22T09:30:00Z", "started_at": None, "ended_at": None, "kept_until": None}
    progress = {"item": "questions", "done": 0, "total": 2, "remaining_seconds": None}
    told = {
        "id": "1",
        "kind": "scores",
        "label": None,
        "as_of": "2026-11-22",
        "created_by": "Anna",
        "versions": None,
        "rows": 0,
    }
    ways = {"links": {"job": "/v1/jobs/1", "cancel": None, "result": None}, "notes": [], "problems": []}
    return {**day, **told, **ways, "progress": progress, "is_cancelling": False, "restarts": 0, "state": state}


def test_a_state_of_a_job_that_this_version_does_not_know_stays_its_name() -> None:
    assert read_as(JobAnswer, job("running")).state is State.RUNNING
    assert read_as(JobAnswer, job("paused")).state == "paused"


@pytest.mark.parametrize("state", [None, 3])
def test_what_is_no_name_of_a_state_is_refused(state: object) -> None:
    with pytest.raises(ValueError, match="state"):
        read_as(JobAnswer, job(state))


def test_only_facts_that_are_dates_become_dates() -> None:
    (fact,) = [name for name in DATE_FACTS if name == "deal.signed_on"]
    found = document(came(json.dumps({
        "facts": {fact: "2026-11-22", "deal.product": "2026-11-22"},
        "texts": {fact: "2026-11-22"},
        "inputs": {"deal": {"signed_on": "2026-11-22"}},
        "shown": [{"fact": fact, "value": "2026-11-22", "text": "2026-11-22"}, {"fact": "deal.product", "value": "2026-11-22"}],
        "swing": {"fact": fact, "now": None, "alternatives": [{"value": "2027-01-01", "text": "2027-01-01"}]},
        "grid": {"values": {fact: ["2027-01-01"]}},
        "odd": [{"fact": fact, "value": "soon"}, {"fact": ["x"]}, {"fact": fact, "value": [1, None]}],
    }).encode()))  # fmt: skip
    day, later = date(2026, 11, 22), date(2027, 1, 1)
    assert found["facts"] == {fact: day, "deal.product": "2026-11-22"}
    assert found["texts"] == {fact: "2026-11-22"}
    assert found["inputs"] == {"deal": {"signed_on": "2026-11-22"}}
    assert [item["value"] for item in found["shown"]] == [day, "2026-11-22"]
    assert found["shown"][0]["text"] == "2026-11-22"
    assert found["swing"]["alternatives"] == [{"value": later, "text": "2027-01-01"}]
    assert found["grid"]["values"] == {fact: [later]}
    assert [item.get("value") for item in found["odd"]] == ["soon", None, [1, None]]
