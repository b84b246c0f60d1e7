"""Kept assessments as files: the kept answer and nothing else, under a safe name, with a tag that saves work."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.api.operations.workbooks import kept_answer, kept_briefing
from riskapi.assessment.answer import to_json
from riskapi.store import assessments
from riskapi.workspace import Workspace
from tests.api.kept import Service, service

QUESTION: dict[str, Any] = {**XIAOMI_FORD, "deal": {**XIAOMI_FORD["deal"], "signed_on": "2026-10-01"}}  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def kept(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    with service(workspace, tmp_path_factory.mktemp("kept") / "store.sqlite") as made:
        answer = made.ask("POST", "/v1/assessments", json=QUESTION)
        yield made, answer.json()["assessment"]["id"]


def test_the_workbook_shows_the_kept_answer(kept: tuple[Service, str]) -> None:
    service, ident = kept
    record = service.ask("GET", f"/v1/assessments/{ident}").json()["assessment"]
    answer = service.ask("GET", f"/v1/assessments/{ident}.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["content-disposition"] == 'attachment; filename="xiaomi-ford-2026-11-22.xlsx"'
    rows = load_workbook(io.BytesIO(answer.content))["Method"].iter_rows(values_only=True)
    said = {row[1]: row[2] for row in rows}
    assert said["SHA-256 of the content"] == record["content_hash"]
    assert service.ask("GET", f"/v1/assessments/{ident}.xlsx").content == answer.content


@pytest.mark.parametrize(("ending", "kind", "has"), [("html", "text/html", "Xiaomi"), ("csv", "text/csv", "rule_set")])
def test_other_forms_are_there_too(kept: tuple[Service, str], ending: str, kind: str, has: str) -> None:
    service, ident = kept
    answer = service.ask("GET", f"/v1/assessments/{ident}.{ending}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert has in answer.text


def test_who_has_the_file_gets_no_second_one(kept: tuple[Service, str]) -> None:
    service, ident = kept
    tag = service.ask("GET", f"/v1/assessments/{ident}.csv").headers["etag"]
    again = service.ask("GET", f"/v1/assessments/{ident}.csv", {"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert service.ask("GET", f"/v1/assessments/{ident}.html", {"if-none-match": tag}).status_code == 200


def test_the_answer_that_is_read_back_is_the_kept_one(kept: tuple[Service, str], workspace: Workspace) -> None:
    service, ident = kept
    with service.store.read() as session:
        stored = assessments.get(session, "default", ident)
    assert to_json(kept_answer(stored, workspace.vocabulary)) == stored.body


def test_an_answer_by_older_rules_says_what_stands_beside_it(kept: tuple[Service, str], workspace: Workspace) -> None:
    service, ident = kept
    with service.store.read() as session:
        stored = assessments.get(session, "default", ident)
    older = replace(stored, body=stored.body.replace(workspace.versions.rule_set.encode(), b"0.9.0+abc"))
    briefing = kept_briefing(workspace, older)
    assert briefing.whatif is None
    assert workspace.versions.dataset in briefing.notes[0]
    assert not kept_briefing(workspace, stored).notes


@pytest.mark.parametrize("ident", ["nothing.xlsx", "..%2f..%2fetc%2fpasswd.xlsx", "x.csv.xlsx"])
def test_an_id_of_nothing_is_not_found(kept: tuple[Service, str], ident: str) -> None:
    answer = kept[0].ask("GET", f"/v1/assessments/{ident}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_accept_header_may_leave_the_file_out(kept: tuple[Service, str]) -> None:
    service, ident = kept
    assert service.ask("GET", f"/v1/assessments/{ident}.xlsx", {"accept": "application/json"}).status_code == 406
    assert service.ask("GET", f"/v1/assessments/{ident}", {"accept": "text/html"}).status_code == 406
    assert service.ask("GET", f"/v1/assessments/{ident}.html", {"accept": "text/html"}).status_code == 200


def test_another_tenant_finds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "store.sqlite") as made:
        _, own = made.key(tenant="own")
        _, other = made.key(tenant="other")
        ident = made.ask("POST", "/v1/assessments", own, json=QUESTION).json()["assessment"]["id"]
        assert made.ask("GET", f"/v1/assessments/{ident}.csv", own).status_code == 200
        assert made.ask("GET", f"/v1/assessments/{ident}.csv", other).status_code == 404
        assert made.ask("GET", f"/v1/assessments/{ident}.csv").status_code == 401
