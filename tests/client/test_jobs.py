"""Jobs in the hands of a program: waiting, rows, ends; against the service with a worker, and against a script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import polars as pl
import pytest

from riskapi.client import AsyncClient, Client, Job, RemoteConflictError, UnfinishedError
from riskapi.errors import NotFoundError, RequestError
from riskapi.records.jobs import JobAnswer
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.client.scripted import Script, Step, answer, problem
from tests.client.served import Through
from tests.client.test_sync import QUESTION
from tests.shipped import AS_OF

VENTURE: dict[str, Any] = {
    "type": "joint_venture",
    "sector": "automotive",
    "activity_country": "US",
    "market_countries": ["US"],
}
PATIENT_SECONDS = 60


def brief_sleep(seconds: float) -> None:
    time.sleep(min(seconds, 0.02))


@pytest.fixture(scope="module")
def worked(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(workspace, tmp_path_factory.mktemp("jobs") / "store.sqlite", job_threads=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(worked: Service) -> Iterator[Client]:
    with Client("http://127.0.0.1", transport=Through(worked.http), sleep=brief_sleep) as opened:
        yield opened


def test_a_matrix_comes_as_a_table_with_the_scores_of_the_workspace(client: Client, workspace: Workspace) -> None:
    seen: list[JobAnswer] = []
    job = client.matrix(["Xiaomi", "BYD"], ["Ford", "Tesla"], {"venture": VENTURE}, dates=[AS_OF], label="cars")
    table = job.result(progress=seen.append)
    assert table["foreign_id"].to_list() == ["xiaomi", "xiaomi", "byd", "byd"]
    asked = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **VENTURE)
    row = table.row(0, named=True)
    assert (row["host_id"], row["template"], row["date"]) == ("ford", "venture", AS_OF)
    assert (row["score"], row["low"], row["high"]) == (asked.score, asked.low, asked.high)
    assert (seen[-1].state, seen[-1].rows) == ("done", 4)
    assert job.id in {one.id for one in client.jobs(label="cars", state="done", page_size=1)}


def test_a_side_may_be_a_selector(client: Client) -> None:
    job = client.matrix(
        "control_country=CN,sector=automotive", ["Ford"], [{"deal": VENTURE}], dates=["2026-11-22"], top=3
    )
    assert job.result().height == 3


def test_wrong_names_of_a_matrix_are_told_at_once_with_their_places(client: Client) -> None:
    with pytest.raises(RequestError) as caught:
        client.matrix(["Xiaomi", "Frod"], ["Ford"], {"venture": {"type": "jv"}})
    assert {item.pointer for item in caught.value.problems} == {"/foreign/names/1", "/templates/0/deal/type"}


def test_many_questions_come_as_a_table_with_the_bad_ones_in_their_places(client: Client, workspace: Workspace) -> None:
    table = client.batch_job([QUESTION, {"parties": ["Xiaomi", "Frod"]}, QUESTION]).result()
    assert table["status"].to_list() == [200, 422, 200]
    assert table["score"][2] == workspace.ask(QUESTION, today=AS_OF).score


def test_a_job_is_found_again_and_fetched_as_a_file(client: Client) -> None:
    first = client.batch_job([QUESTION])
    job = client.job(first.id)
    assert job.wait(at_most=PATIENT_SECONDS).state == "done"
    assert pl.read_csv(BytesIO(job.file("csv"))).height == 1
    assert job.file("xlsx").startswith(b"PK")
    job.delete()
    with pytest.raises(NotFoundError):
        first.refresh()


def test_sent_twice_under_one_key_it_is_one_job(client: Client) -> None:
    one, other = (client.batch_job([QUESTION], idempotency_key="job-1") for _ in range(2))
    assert one.id == other.id
    assert (one.is_repeat, other.is_repeat) == (False, True)


def test_an_awaited_client_gets_the_same_table(worked: Service, client: Client) -> None:
    async def ask() -> pl.DataFrame:
        transport = httpx.ASGITransport(worked.http.app)
        async with AsyncClient("http://127.0.0.1", transport=transport) as awaited:
            job = await awaited.job(ident)
            assert [one.id async for one in awaited.jobs(label="again")] == [ident]
            return await job.result()

    job = client.batch_job([QUESTION], label="again")
    ident = job.id
    assert job.result().equals(asyncio.run(ask()))


def test_a_job_that_was_cancelled_has_no_rows(workspace: Workspace, open_service: Service) -> None:
    job = Client("http://127.0.0.1", transport=Through(open_service.http)).batch_job([QUESTION])
    assert job.cancel().state == "cancelled"
    with pytest.raises(RemoteConflictError, match="job-without-result"):
        job.result()
    with pytest.raises(RemoteConflictError):
        job.cancel()


# --- by script


def told(state: str, done: int, **headers: Any) -> httpx.Response:
    ended = "2026-11-22T12:00:00Z" if state in {"done", "failed"} else None
    data: dict[str, Any] = {
        "id": "j", "kind": "scores", "state": state, "label": None, "as_of": "2026-11-22",
        "created_at": "2026-11-22T11:00:00Z", "created_by": "a", "started_at": None, "ended_at": ended, "kept_until": None,
        "progress": {"item": "questions", "done": done, "total": 9, "remaining_seconds": None}, "rows": done,
        "is_cancelling": False, "restarts": 0, "notes": [], "problems": [], "versions": None,
        "links": {"job": "/v1/jobs/j", "cancel": None, "result": None},
    }  # fmt: skip
    return answer(data, **headers)


def job_of(*steps: Step) -> tuple[Job, Script]:
    script = Script([told("queued", 0), *steps])
    return script.client().job("j"), script


def test_it_looks_as_often_as_the_service_wants_and_tells_how_far_it_is() -> None:
    job, script = job_of(told("running", 2, retry_after="3"), told("running", 5, retry_after="7"), told("done", 9))
    seen: list[int] = []
    assert job.wait(lambda record: seen.append(record.progress.done)).state == "done"
    assert (script.slept, seen) == ([3.0, 7.0], [2, 5, 9])


def test_it_waits_through_a_restart_of_the_service() -> None:
    lost = httpx.ConnectError("refused")
    job, script = job_of(told("running", 2), lost, problem(503, "not-ready", {"retry-after": "10"}), told("done", 9))
    assert job.wait().rows == 9
    assert len(script.seen) == 5


def test_a_wait_that_is_bounded_ends_with_how_far_it_was_and_the_job_goes_on() -> None:
    job, script = job_of(*(told("running", 4, retry_after="10") for _ in range(9)))
    with pytest.raises(UnfinishedError, match=r"4 of 9 questions"):
        job.wait(at_most=35)
    assert script.slept == [10.0] * 3


def test_a_job_that_failed_ends_the_wait() -> None:
    job, _ = job_of(told("running", 1), told("failed", 1))
    assert job.wait().state == "failed"


def test_a_job_prints_itself_without_its_client() -> None:
    job, _ = job_of()
    assert "queued" in repr(job)
