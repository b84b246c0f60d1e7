"""POST /v1/matrix: always a job; its body, its bounds, its result."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from riskapi.api.operations.job_answers import PATH
from riskapi.api.operations.matrix import _PAIRINGS, CARMAKERS, matrix_schema
from riskapi.assessment.request import request_schema
from riskapi.jobs.kinds import KINDS
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.work import Outcome
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.api.operations.test_jobs import forget_jobs, work
from tests.shipped import AS_OF

DEAL = {"type": "joint_venture", "sector": "automotive", "activity_country": "US"}
BODY: dict[str, Any] = {
    "foreign": {"names": ["Xiaomi", "BYD"]}, "hosts": {"names": ["Ford", "Tesla"]}, "templates": [{"deal": DEAL}],
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Service]:
    file = Path(shutil.copy(empty_store, tmp_path_factory.mktemp("shared")))
    with service(workspace, file, job_pairings=300) as opened:
        yield opened


@pytest.fixture
def one(shared: Service) -> Service:
    """A service without jobs."""
    forget_jobs(shared)
    return shared


def test_a_small_matrix_is_a_job_too_and_its_rows_are_those_of_single_scores(
    one: Service, workspace: Workspace
) -> None:
    response = one.ask("POST", "/v1/matrix", json=BODY)
    assert (response.status_code, response.json()["progress"]["item"]) == (202, "pairings")
    location = response.headers["location"]
    assert work(one, workspace) == [Outcome.DONE]
    rows = one.ask("GET", f"{location}/result").json()["rows"]
    assert [(row["foreign_id"], row["host_id"]) for row in rows] == [
        ("xiaomi", "ford"), ("xiaomi", "tesla"), ("byd", "ford"), ("byd", "tesla")
    ]  # fmt: skip
    for row in rows:
        question = {"parties": [row["foreign_id"], row["host_id"]], "deal": DEAL, "as_of": AS_OF.isoformat()}
        alone = one.ask("POST", "/v1/scores", json={**question, "foreign_party": row["foreign_id"]}).json()
        assert (row["score"], row["low"], row["high"], row["band"]) == (
            alone["score"], alone["low"], alone["high"], alone["band"]["name"]
        )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(one.ask("GET", f"{location}/result", params={"format": "xlsx"}).content))
    assert len(book.sheetnames) > 3


def test_a_job_notes_names_that_were_taken_as_misspellings(one: Service) -> None:
    body = {**BODY, "foreign": {"names": ["Xiomi", "BYD"]}}
    misspelt, *_ = one.ask("POST", "/v1/matrix", json=body).json()["notes"]
    assert misspelt == "foreign: taken as misspellings, see that each company is meant: `Xiomi` for Xiaomi"


def test_the_top_of_a_matrix_is_its_highest_scores(one: Service, workspace: Workspace) -> None:
    location = one.ask("POST", "/v1/matrix", json={**BODY, "top": 2}).headers["location"]
    assert work(one, workspace) == [Outcome.DONE]
    page = one.ask("GET", f"{location}/result").json()
    scores = [row["score"] for row in page["rows"]]
    assert (page["total"], page["job"]["progress"]["done"]) == (2, 4)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"foreign": {"names": ["Nobody at all Ltd"]}}, "/foreign/names/0"),
        ({"hosts": {"select": "colour=red"}}, "/hosts/select"),
        ({"templates": [{"deal": {"type": "jv"}}]}, "/templates/0/deal/type"),
        ({"dates": ["yesterday"]}, "/dates/0"),
        ({"top": 0}, "/top"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_body_is_refused_with_its_place_and_leaves_no_job(
    one: Service, changes: dict[str, Any], pointer: str
) -> None:
    response = one.ask("POST", "/v1/matrix", json={**BODY, **changes})
    assert response.status_code == 422
    assert pointer in [error.get("pointer") for error in response.json()["errors"]]
    assert one.ask("GET", PATH).json()["total"] == 0


def test_a_matrix_with_more_pairings_than_are_set_is_refused(one: Service) -> None:
    response = one.ask("POST", "/v1/matrix", json={**BODY, "foreign": {"all": True}})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "too-many")


def test_the_example_has_as_many_pairings_as_the_document_says(workspace: Workspace) -> None:
    assert KINDS["matrix"].read(CARMAKERS, workspace, AS_OF, JobLimits()).total == _PAIRINGS


def test_the_schema_takes_what_the_service_takes(workspace: Workspace) -> None:
    check = Draft202012Validator(matrix_schema(request_schema(workspace.vocabulary)))
    assert check.is_valid(BODY)
    assert check.is_valid(CARMAKERS)
    assert not check.is_valid({**BODY, "colour": "red"})
    assert not check.is_valid({**BODY, "hosts": {}})
