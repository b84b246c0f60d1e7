from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.api.frame.validators import entity_tag, matches
from riskapi.assessment.answer import Versions
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

PATHS = ["/v1/rules", "/v1/rules?limit=2", "/v1/facts", "/v1/datasets", "/v1/companies?q=ford", "/v1/companies/xiaomi"]
VERSIONS = Versions(engine="1", rule_set="r", dataset="d")


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_still_holds_is_not_sent_again(client: TestClient[Any], path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("header", ['"other"', "*", "", 'W/"', "x" * 5000])
def test_any_other_tag_gets_the_answer(client: TestClient[Any], header: str) -> None:
    assert client.get("/v1/rules", headers={"if-none-match": header}).status_code == 200


def test_answers_to_different_questions_have_different_tags(client: TestClient[Any]) -> None:
    assert len({client.get(path).headers["etag"] for path in PATHS}) == len(PATHS)


def test_the_next_day_is_a_new_answer(client: TestClient[Any], workspace: Workspace) -> None:
    tag = client.get("/v1/rules").headers["etag"]
    with TestClient(create_app(workspace=workspace, clock=lambda: AS_OF + timedelta(days=1))) as tomorrow:
        assert tomorrow.get("/v1/rules", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        (Versions(engine="2", rule_set="r", dataset="d"), "/a", b"", AS_OF),
        (Versions(engine="1", rule_set="s", dataset="d"), "/a", b"", AS_OF),
        (Versions(engine="1", rule_set="r", dataset="e"), "/a", b"", AS_OF),
        (VERSIONS, "/b", b"", AS_OF),
        (VERSIONS, "/a", b"x=1", AS_OF),
        (VERSIONS, "/a", b"", date(2026, 1, 1)),
    ],
)
def test_the_tag_changes_with_everything_the_answer_rests_on(other: tuple[Versions, str, bytes, date]) -> None:
    assert entity_tag(VERSIONS, "/a", b"", AS_OF) != entity_tag(*other)


def test_a_list_of_tags_is_read_and_weakness_does_not_matter() -> None:
    assert matches('"x", "abc"', 'W/"abc"')
    assert matches('W/"abc"', 'W/"abc"')
    assert not matches('"ab"', 'W/"abc"')
    assert not matches(None, 'W/"abc"')


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/deals"), ("GET", "/health"), ("GET", "/ready")])
def test_what_rests_on_more_than_rules_and_datasets_has_no_tag(client: TestClient[Any], method: str, path: str) -> None:
    answer = client.request(method, path)
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_question_is_refused_whatever_tag_it_brings(client: TestClient[Any]) -> None:
    tag = client.get("/v1/rules").headers["etag"]
    assert client.get("/v1/rules?gate=door", headers={"if-none-match": tag}).status_code == 422
