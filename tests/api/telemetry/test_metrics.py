from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from riskapi.api.app import create_app
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.api.serving.options import Options
from riskapi.api.telemetry.metrics import Metrics, forget_dead_processes
from riskapi.store import deliveries, webhooks
from riskapi.store.database import open_store
from riskapi.store.deliveries import Message
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.webhooks import NewWebhook
from riskapi.workspace import Workspace
from tests.api.watched import new_store
from tests.shipped import AS_OF
from tests.store.watching import NOON, TODAY, make_list, signature


@pytest.fixture
def fresh(workspace: Workspace) -> Litestar:
    return create_app(workspace=workspace, clock=lambda: AS_OF)


def samples(page: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_timed(fresh: Litestar) -> None:
    with TestClient(fresh) as client:
        for company in ("xiaomi", "ford"):
            client.get(f"/v1/companies/{company}")
        client.get("/v1/rules?gate=door")
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = samples(answer.text)
    assert found["riskapi_requests_total", "GET", "/v1/companies/{id}", "200"] == 2
    assert found["riskapi_requests_total", "GET", "/v1/rules", "422"] == 1
    assert found["riskapi_request_seconds_count", "/v1/companies/{id}"] == 2
    assert found["riskapi_requests_in_flight",] == 1  # the one that asks


def test_labels_stay_few_whatever_is_asked(fresh: Litestar) -> None:
    with TestClient(fresh) as client:
        for number in range(30):
            client.get(f"/v1/{number}")
            client.get(f"/v1/rules/r{number}")
            client.request(f"METHOD{number}", "/v1/rules")
        labels = {name for name in samples(client.get("/metrics").text) if name[0] == "riskapi_requests_total"}
    assert {name[1:] for name in labels} <= {
        ("GET", "none", "404"),
        ("GET", "/v1/rules/{id}", "404"),
        ("other", "none", "405"),
        ("other", "/v1/rules", "405"),
    }


def test_scores_are_counted_where_one_was_given(fresh: Litestar) -> None:
    with TestClient(fresh) as client:
        client.post("/v1/scores", json=XIAOMI_FORD)
        client.post("/v1/scores", json={"parties": ["nobody at all", "Ford"]})
        found = samples(client.get("/metrics").text)
    assert found["riskapi_scores_total",] == 1


def test_the_age_of_the_data_and_refusals_are_told(workspace: Workspace) -> None:
    options = Options(rate=1, burst=1)
    with TestClient(create_app(workspace=workspace, clock=lambda: AS_OF, options=options)) as client:
        assert [client.get("/v1/datasets").status_code for _ in range(2)] == [200, 429]
        found = samples(client.get("/metrics").text)
    assert found["riskapi_refused_total", "rate"] == 1
    assert found["riskapi_dataset_age_days",] >= 0


def test_what_waits_is_counted_in_the_store_when_the_page_is_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    at, days = datetime(2026, 11, 23, 1, 30, tzinfo=UTC), [TODAY]
    with open_store(str(new_store(tmp_path))) as store:
        make_list(store)
        with store.write() as session:
            new = NewWebhook(url="https://x.test/", events=("watchlist.alert",))
            hook = webhooks.create(session, DEFAULT_TENANT, new, "mark", signature())
            deliveries.enqueue(session, hook, Message(event="watchlist.alert", body=b"{}"), NOON)
        nobody_works = Options(rate=0, job_threads=0, watch_every=0)
        app = create_app(workspace=workspace, clock=lambda: days[-1], now=lambda: at, store=store, options=nobody_works)
        with TestClient(app) as http:
            today = samples(http.get("/metrics").text)
            days.append(at.date())
            tomorrow = samples(http.get("/metrics").text)
    assert (today["riskapi_webhook_messages", "waiting"], today["riskapi_webhook_messages", "dead"]) == (1, 0)
    assert today["riskapi_webhook_oldest_waiting_seconds",] == (at - NOON).total_seconds()
    assert (today["riskapi_watch_lag_seconds",], tomorrow["riskapi_watch_lag_seconds",]) == (0, 90 * 60)


def test_without_the_option_there_is_no_page(workspace: Workspace) -> None:
    with TestClient(create_app(workspace=workspace, options=Options(metrics=False))) as client:
        assert client.get("/metrics").status_code == 404


def test_no_name_or_id_is_in_the_figures(client: TestClient[Any]) -> None:
    client.get("/v1/companies/xiaomi?as_of=2026-11-22", headers={"x-request-id": "mine-77"})
    page = client.get("/metrics").text
    assert "xiaomi" not in page
    assert "mine-77" not in page


WORKER = """
import os, sys
from riskapi.api.telemetry.metrics import Metrics, forget_this_process
figures = Metrics()
figures.began()
figures.began()
figures.ended("GET", "/v1/x", 200, 0.01)
if sys.argv[1] == "orderly":
    forget_this_process()
os._exit(0)
"""


def test_figures_of_several_processes_add_up_and_the_dead_ones_do_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for how in ("orderly", "killed"):
        subprocess.run([sys.executable, "-c", WORKER, how], check=True, env=environment)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert samples(Metrics().page().decode())["riskapi_requests_total", "GET", "/v1/x", "200"] == 2
    assert samples(Metrics().page().decode())["riskapi_requests_in_flight",] == 1  # of the one that was killed
    forget_dead_processes()
    assert not re.search(rb"^riskapi_requests_in_flight", Metrics().page(), re.MULTILINE)
