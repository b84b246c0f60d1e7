"""Jobs over HTTP: taking in, progress, cancelling, deleting, results in every form, tenants, bounds."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from litestar.testing import TestClient
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.frame.operation import Example, Operation
from riskapi.api.operations.job_answers import PATH
from riskapi.api.operations.jobs import FORMATS
from riskapi.api.operations.scores import DESCRIBED, XIAOMI_FORD
from riskapi.api.serving.options import Options
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means, Runner
from riskapi.jobs.work import Outcome
from riskapi.store import audit, retention
from riskapi.store.audit import Signature
from riskapi.store.retention import Retention
from riskapi.workspace import Workspace
from tests.api.calls import address
from tests.api.document import document_of
from tests.api.kept import Service, service

KEEPING = [(one, example) for one in OPERATIONS if one.tag == "jobs" for example in one.examples]
NAMES = [f"{operation.id}-{example.name}" for operation, example in KEEPING]
UNKNOWN = {"parties": ["Nobody at all Ltd", "Ford"], "as_of": "2026-11-22"}
FORMULA = {"parties": [{"name": "=cmd|' /C calc'!A0", "inline": True, "facts": {"seat_country": "CN"}}, "ford"]}
QUESTIONS = [XIAOMI_FORD, UNKNOWN, "no object", DESCRIBED]
SCORES = f"{PATH}/scores"


@pytest.fixture(scope="module")
def shared(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Service]:
    file = Path(shutil.copy(empty_store, tmp_path_factory.mktemp("shared")))
    with service(workspace, file, job_queue=3) as opened:
        yield opened


@pytest.fixture
def one(shared: Service) -> Service:
    """A service without jobs; it is started once for all tests that leave nothing but jobs."""
    forget_jobs(shared)
    return shared


@pytest.fixture
def fresh(workspace: Workspace, tmp_path: Path, empty_store: Path) -> Iterator[Service]:
    """One for tests that leave more: keys, choices of a tenant."""
    with service(workspace, Path(shutil.copy(empty_store, tmp_path))) as opened:
        yield opened


def forget_jobs(one: Service) -> None:
    """Take all jobs away, and the answers kept for repetition."""
    with one.store.write() as session:
        for table in ("job_chunks", "jobs", "idempotency"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")


@pytest.fixture(scope="module")
def document(workspace: Workspace) -> dict[str, Any]:
    return document_of(OPERATIONS, workspace)


def put(one: Service, headers: dict[str, str] | None = None, questions: object = QUESTIONS, **query: str) -> Any:
    response = one.ask("POST", SCORES, headers, json={"questions": questions}, params=query)
    assert response.status_code == 202, response.text
    return response


def work(one: Service, workspace: Workspace) -> list[Outcome]:
    """Do all that waits."""
    means = Means(store=one.store, lease=lambda _: nullcontext(workspace), now=one.clock, limits=JobLimits())
    found = []
    while (outcome := Runner(means).work_once()) is not None:
        found.append(outcome)
    return found


def done(one: Service, workspace: Workspace, **more: Any) -> str:
    """The address of a job that is done."""
    location = str(put(one, **more).headers["location"])
    assert work(one, workspace) == [Outcome.DONE]
    return location


def test_a_job_is_taken_in_worked_on_and_answered(one: Service, workspace: Workspace) -> None:
    response = put(one, label="brief")
    told, location = response.json(), response.headers["location"]
    assert (told["state"], told["label"], told["progress"]["total"]) == ("queued", "brief", 4)
    assert (location, told["links"]["job"]) == (f"{PATH}/{told['id']}", location)
    waiting = one.ask("GET", location)
    assert waiting.json() == told
    assert int(waiting.headers["retry-after"]) >= 1
    assert work(one, workspace) == [Outcome.DONE]
    ended = one.ask("GET", location)
    assert (ended.json()["state"], ended.json()["rows"]) == ("done", 4)
    assert ended.json()["versions"]["rule_set"] == workspace.versions.rule_set
    assert "retry-after" not in ended.headers
    page = one.ask("GET", ended.json()["links"]["result"]).json()
    assert [(row["index"], row["status"]) for row in page["rows"]] == [(0, 200), (1, 422), (2, 422), (3, 200)]
    assert page["rows"][0]["score"] == one.ask("POST", "/v1/scores", json=XIAOMI_FORD).json()["score"]
    assert page["rows"][1]["errors"][0]["pointer"] == "/questions/1/parties/0"
    assert (page["total"], page["next_cursor"]) == (4, None)


@pytest.mark.parametrize(("asked", "example"), KEEPING, ids=NAMES)
def test_every_operation_answers_as_the_document_says(
    one: Service, workspace: Workspace, document: dict[str, Any], asked: Operation, example: Example
) -> None:
    location = put(one).headers["location"]
    if asked.id == "showJobResult":
        work(one, workspace)
    values = {**example.values, "id": location.rsplit("/", 1)[-1]} if "id" in example.values else example.values
    path, query = address(asked, replace(example, values=values))
    response = one.ask(asked.method, path, params=query or None, json=example.body)
    told = document["paths"][asked.path][asked.method.lower()]["responses"][str(response.status_code)]
    assert response.status_code in asked.statuses
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    reference = told["content"]["application/json"]["schema"]["$ref"]
    check = Draft202012Validator({"$ref": f"urn:api{reference}"}, registry=registry, format_checker=FormatChecker())
    check.validate(response.json())
    shown = told["content"]["application/json"]["examples"][example.name]["value"]
    check.validate(shown)
    assert shown.keys() == response.json().keys()


# --- taking in


def test_a_key_makes_one_job_however_often_it_is_sent(one: Service) -> None:
    first = put(one, {"idempotency-key": "k"}, label="a")
    again = put(one, {"idempotency-key": "k"}, label="a")
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert one.ask("GET", PATH).json()["total"] == 1
    other = one.ask("POST", SCORES, {"idempotency-key": "k"}, json={"questions": [UNKNOWN]}, params={"label": "a"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_tenant_with_too_many_unfinished_jobs_gets_429_and_when_to_come_again(one: Service) -> None:
    for _ in range(3):
        put(one)
    response = one.ask("POST", SCORES, {"idempotency-key": "k"}, json={"questions": QUESTIONS})
    assert (response.status_code, response.json()["code"]) == (429, "too-many-jobs")
    assert int(response.headers["retry-after"]) >= 1
    last = one.ask("GET", PATH).json()["jobs"][0]["links"]["cancel"]
    assert one.ask("POST", last).status_code == 200
    put(one, {"idempotency-key": "k"})  # the key was given free


@pytest.mark.parametrize("body", [[], {}, {"questions": []}, {"questions": "x"}, {"question": [1]}])
def test_what_is_no_list_of_questions_is_refused_and_leaves_no_job(one: Service, body: object) -> None:
    response = one.ask("POST", SCORES, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "request-invalid")
    assert one.ask("GET", PATH).json()["total"] == 0


def test_more_questions_than_a_batch_has_are_taken_and_more_than_set_are_not(
    workspace: Workspace, tmp_path: Path, empty_store: Path
) -> None:
    with service(workspace, Path(shutil.copy(empty_store, tmp_path)), job_questions=7_000) as opened:
        assert put(opened, questions=[0] * 7_000).json()["progress"]["total"] == 7_000
        response = opened.ask("POST", SCORES, json={"questions": [0] * 7_001})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "too-many")


def test_where_nothing_is_kept_there_are_no_jobs(fresh: Service) -> None:
    with fresh.store.write() as session:
        retention.choose(session, "default", Retention(0), Signature("Ben", fresh.clock()))
    response = fresh.ask("POST", SCORES, json={"questions": QUESTIONS})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "nothing-kept")


def test_without_a_store_there_are_no_jobs(client: TestClient[Any]) -> None:
    assert client.get(PATH).status_code == 503
    assert client.post(SCORES, json={"questions": QUESTIONS}).status_code == 503


# --- lists, cancelling, deleting


def test_lists_are_narrowed_and_paged(one: Service, workspace: Workspace) -> None:
    done(one, workspace, label="first")
    put(one, label="second")
    assert [job["label"] for job in one.ask("GET", PATH, params={"state": "queued"}).json()["jobs"]] == ["second"]
    assert one.ask("GET", PATH, params={"kind": "scores", "label": "first"}).json()["total"] == 1
    page = one.ask("GET", PATH, params={"limit": "1"}).json()
    rest = one.ask("GET", PATH, params={"limit": "1", "cursor": page["next_cursor"]}).json()
    assert [job["label"] for job in (*page["jobs"], *rest["jobs"])] == ["second", "first"]
    assert one.ask("GET", PATH, params={"state": "lost"}).status_code == 422


def test_a_job_is_cancelled_once(one: Service, workspace: Workspace) -> None:
    location = put(one).headers["location"]
    response = one.ask("POST", f"{location}/cancel")
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert one.ask("POST", f"{location}/cancel").json()["errors"][0]["code"] == "job-ended"
    assert work(one, workspace) == []
    refused = one.ask("GET", f"{location}/result")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "job-without-result")


def test_a_deleted_job_is_gone_and_the_log_tells_of_all(one: Service, workspace: Workspace) -> None:
    location = done(one, workspace)
    ident = location.rsplit("/", 1)[-1]
    assert one.ask("DELETE", location).json() == {"deleted": ident}
    for method, path in (("GET", location), ("GET", f"{location}/result"), ("POST", f"{location}/cancel")):
        assert one.ask(method, path).status_code == 404
    with one.store.read() as session:
        assert audit.verify(session, "default").is_sound
        found = [entry.action for entry in audit.entries(session, "default") if entry.subject == ident]
    assert found == ["job.created", "job.deleted"]


# --- results


def test_a_result_is_not_there_before_the_job_is_done(one: Service) -> None:
    response = one.ask("GET", f"{put(one).headers['location']}/result")
    assert (response.status_code, response.json()["code"]) == (409, "job-not-done")
    assert int(response.headers["retry-after"]) >= 1


def test_pages_of_a_result_go_on_where_they_ended(one: Service, workspace: Workspace) -> None:
    location = done(one, workspace)
    found, query = [], {"limit": "3"}
    while True:
        page = one.ask("GET", f"{location}/result", params=query).json()
        found += [row["index"] for row in page["rows"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [0, 1, 2, 3]
    other = done(one, workspace)
    for cursor in (query["cursor"], "!!!", "e30"):
        response = one.ask("GET", f"{other}/result", params={"cursor": cursor})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "bad-cursor")


def test_every_form_of_a_result_has_the_same_rows(one: Service, workspace: Workspace) -> None:
    location = f"{done(one, workspace)}/result"
    rows = one.ask("GET", location).json()["rows"]
    scores = [row["score"] for row in rows]
    table = csv.DictReader(io.StringIO(one.ask("GET", location, params={"format": "csv"}).content.decode("utf-8-sig")))
    assert [float(row["score"]) if row["score"] else None for row in table] == scores
    frame = pl.read_parquet(one.ask("GET", location, params={"format": "parquet"}).content)
    assert frame["score"].to_list() == scores
    sheet = openpyxl.load_workbook(io.BytesIO(one.ask("GET", location, params={"format": "xlsx"}).content)).worksheets[
        0
    ]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert {score for score in scores if score is not None} <= set(values)


@pytest.mark.parametrize("form", FORMATS)
def test_the_form_is_chosen_by_accept_and_the_parameter_goes_before_it(
    one: Service, workspace: Workspace, form: str
) -> None:
    location = f"{done(one, workspace)}/result"
    by_header = one.ask("GET", location, {"accept": f"{FORMATS[form]}, */*;q=0.1"})
    assert by_header.headers["content-type"].partition(";")[0] == FORMATS[form]
    by_parameter = one.ask("GET", location, {"accept": "text/html, */*;q=0.1"}, params={"format": form})
    assert by_parameter.headers["content-type"] == by_header.headers["content-type"]
    assert by_parameter.content == by_header.content or form == "json"
    assert form == "json" or int(by_parameter.headers["content-length"]) == len(by_parameter.content)
    assert ("attachment" in by_header.headers.get("content-disposition", "")) == (form != "json")


def test_an_accept_header_that_leaves_out_every_form_is_refused(one: Service, workspace: Workspace) -> None:
    response = one.ask("GET", f"{done(one, workspace)}/result", {"accept": "text/html"})
    assert (response.status_code, response.json()["code"]) == (406, "not-acceptable")


def test_names_that_a_spreadsheet_would_work_out_are_text_in_every_file(one: Service, workspace: Workspace) -> None:
    location = f"{done(one, workspace, questions=[FORMULA, 'x'])}/result"
    content = one.ask("GET", location, params={"format": "csv"}).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert any("=cmd" in cell for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(one.ask("GET", location, params={"format": "xlsx"}).content))
    assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]


def test_headers_name_the_versions_of_the_rows_and_not_those_of_now(one: Service, workspace: Workspace) -> None:
    location = f"{done(one, workspace)}/result"
    newer = replace(workspace, book=replace(workspace.book, version="f" * 12))
    app = create_app(workspace=newer, store=one.store, options=Options(rate=0, job_threads=0))
    with TestClient(app) as client:
        assert client.get("/v1/rules").headers["riskapi-rule-set"] == newer.versions.rule_set
        for form in FORMATS:
            response = client.get(location, params={"format": form})
            assert response.headers["riskapi-rule-set"] == workspace.versions.rule_set


# --- who may


def test_a_viewer_sees_jobs_and_an_analyst_makes_and_ends_them(fresh: Service) -> None:
    one = fresh
    _, viewer = one.key("viewer")
    _, analyst = one.key("analyst")
    location = put(one, analyst).headers["location"]
    for path in (PATH, location):
        assert one.ask("GET", path, viewer).status_code == 200
        assert one.ask("GET", path).status_code == 401
    for method, path in (("POST", SCORES), ("POST", f"{location}/cancel"), ("DELETE", location)):
        body = {"json": {"questions": QUESTIONS}} if path == SCORES else {}
        assert one.ask(method, path, viewer, **body).status_code == 403
    assert one.ask("POST", f"{location}/cancel", analyst).status_code == 200
    assert one.ask("DELETE", location, analyst).status_code == 200


def test_jobs_of_another_tenant_are_not_there(fresh: Service, workspace: Workspace) -> None:
    one = fresh
    _, mine = one.key("analyst")
    _, other = one.key("admin", "press")
    location = done(one, workspace, headers=mine)
    for method, path in (
        ("GET", location), ("GET", f"{location}/result"), ("POST", f"{location}/cancel"), ("DELETE", location)
    ):  # fmt: skip
        assert one.ask(method, path, other).status_code == 404
    assert one.ask("GET", PATH, other).json()["total"] == 0
    assert one.ask("GET", location, mine).status_code == 200


@pytest.mark.parametrize("ident", ["'; DROP TABLE jobs; --", "..%2F..%2Fetc%2Fpasswd", "%00", "x" * 190])
def test_ids_that_nothing_has_are_not_found(one: Service, ident: str) -> None:
    assert one.ask("GET", f"{PATH}/{ident}").status_code in (404, 422)
    assert one.ask("GET", f"{PATH}/{ident}/result").status_code in (404, 422)


# --- the service at work


def test_a_service_with_threads_does_its_jobs_itself_and_shows_figures(
    workspace: Workspace, tmp_path: Path, empty_store: Path
) -> None:
    with service(workspace, Path(shutil.copy(empty_store, tmp_path)), job_threads=1) as opened:
        location = put(opened, questions=[UNKNOWN, "x"]).headers["location"]
        told = {"state": "queued"}
        for _ in range(6_000):
            told = opened.ask("GET", location).json()
            if told["state"] not in ("queued", "running"):
                break
        assert told["state"] == "done", told
        figures = opened.ask("GET", "/metrics").text
    assert 'riskapi_jobs{state="done"} 1.0' in figures
    assert 'riskapi_job_rows_total{kind="scores"} 2.0' in figures
    assert 'riskapi_job_turns_total{kind="scores",outcome="done"} 1.0' in figures
