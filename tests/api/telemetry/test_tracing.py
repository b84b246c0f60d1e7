"""Spans of requests: what they say, whose trace they go on with, and that a collector gets them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from riskapi.api.app import create_app
from riskapi.api.operations.scores import DESCRIBED
from riskapi.api.telemetry.tracing import Tracing, open_tracing, work_of
from riskapi.assessment.answer import Versions
from riskapi.errors import SettingsError
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
COMES_WITH = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture(scope="module")
def seen() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture(scope="module")
def app(workspace: Workspace, seen: InMemorySpanExporter) -> Litestar:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(seen))
    return create_app(workspace=workspace, clock=lambda: AS_OF, tracing=Tracing(provider))


@pytest.fixture
def spans(seen: InMemorySpanExporter) -> InMemorySpanExporter:
    seen.clear()
    return seen


def named(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def test_a_request_has_a_span_and_its_work_one_below(client: TestClient[Any], spans: InMemorySpanExporter) -> None:
    answer = client.post("/v1/scores", json=DESCRIBED).json()
    found = named(spans)
    request, work = found["POST /v1/scores"], found["createScore"]
    assert request.attributes is not None
    assert request.attributes["http.route"] == "/v1/scores"
    assert request.attributes["http.response.status_code"] == 200
    assert work.parent is not None
    assert work.parent.span_id == request.context.span_id
    assert work.attributes == {
        "riskapi.rule_set": answer["versions"]["rule_set"],
        "riskapi.dataset": answer["versions"]["dataset"],
    }


def test_a_trace_that_comes_with_a_request_goes_on(client: TestClient[Any], spans: InMemorySpanExporter) -> None:
    client.get("/v1/facts", headers=COMES_WITH)
    (span,) = (span for name, span in named(spans).items() if name == "GET /v1/facts")
    assert format(span.context.trace_id, "032x") == TRACE


def test_a_span_tells_the_route_and_nothing_of_what_was_asked(
    client: TestClient[Any], spans: InMemorySpanExporter
) -> None:
    client.get("/v1/companies/a-secret-firm", params={"as_of": "2024-05-06"})
    client.get("/v1/nowhere/a-secret-firm")
    for span in spans.get_finished_spans():
        told = f"{span.name} {dict(span.attributes or {})} {span.events} {span.status.description}"
        assert "secret" not in told
        assert "2024-05-06" not in told


def test_a_failure_of_the_service_marks_its_span(
    client: TestClient[Any], spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(Workspace, "ask_json", fail)
    assert client.post("/v1/scores", json=DESCRIBED).status_code == 500
    span = named(spans)["POST /v1/scores"]
    assert not span.status.is_ok
    assert "secret" not in f"{span.attributes} {span.events} {span.status.description}"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_leave_no_trace(client: TestClient[Any], spans: InMemorySpanExporter, path: str) -> None:
    client.get(path)
    assert not spans.get_finished_spans()


class Collector(BaseHTTPRequestHandler):
    """Takes spans as a collector does."""

    taken: list[bytes]

    def do_POST(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    taken: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), type("One", (Collector,), {"taken": taken}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_collector_gets_what_was_seen_under_the_name_of_the_service(
    collector: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, taken = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    tracing = open_tracing()
    with work_of(tracing, "createScore", Versions(engine="1", rule_set="1.0.0", dataset="2")):
        pass
    tracing.stop()
    (resource,) = ExportTraceServiceRequest.FromString(taken[0]).resource_spans
    about = {item.key: item.value.string_value for item in resource.resource.attributes}
    assert about["service.name"] == "riskapi"
    assert [span.name for scope in resource.scope_spans for span in scope.spans] == ["createScore"]


def test_without_the_extra_the_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(SettingsError, match="telemetry") as raised:
        open_tracing()
    assert raised.value.problems[0].code == "extra-missing"
