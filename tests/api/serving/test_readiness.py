from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import duckdb
import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.api.serving.options import Options
from riskapi.api.serving.readiness import age_in_days, reasons
from riskapi.errors import Problem
from riskapi.workspace import Workspace
from tests.shipped import AS_OF


def test_good_rules_and_data_give_no_reason(workspace: Workspace) -> None:
    assert reasons(workspace, AS_OF, 0, ()) == []


def test_data_older_than_allowed_make_the_service_not_ready_and_a_day_less_does_not(workspace: Workspace) -> None:
    age = age_in_days(workspace, AS_OF)
    assert age is not None
    answers = []
    for days in (10, 11):
        clock = partial(date.fromordinal, AS_OF.toordinal() + days - age)
        app = create_app(workspace=workspace, clock=clock, options=Options(max_data_age=10))
        with TestClient(app) as client:
            answers.append(client.get("/ready"))
    assert [answer.status_code for answer in answers] == [200, 503]
    (error,) = answers[1].json()["errors"]
    assert (answers[1].json()["code"], error["code"]) == ("not-ready", "data-stale")
    assert "11 days" in error["detail"]
    assert "retry-after" in answers[1].headers


def test_every_reason_is_told_at_once(workspace: Workspace) -> None:
    gone = duckdb.connect(":memory:")
    gone.close()
    down = Problem(code="store-down", detail="the store does not answer")
    app = create_app(
        workspace=replace(workspace, connection=gone),
        clock=lambda: AS_OF + timedelta(days=4000),
        options=Options(max_data_age=1),
        checks=[lambda: down, lambda: None],
    )
    with TestClient(app) as client:
        answer = client.get("/ready")
        assert client.get("/health").status_code == 200
    assert answer.status_code == 503
    assert [error["code"] for error in answer.json()["errors"]] == ["not-ready", "data-stale", "store-down"]


def test_a_book_without_rules_is_a_reason(workspace: Workspace) -> None:
    empty = replace(workspace, book=replace(workspace.book, rules=()))
    assert [problem.detail for problem in reasons(empty, AS_OF, 0, ())] == ["there are no rules"]


@pytest.mark.parametrize("max_age", [0])
def test_zero_days_is_any_age(workspace: Workspace, max_age: int) -> None:
    assert reasons(workspace, AS_OF + timedelta(days=10_000), max_age, ()) == []
