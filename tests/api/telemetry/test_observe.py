from __future__ import annotations

import logging
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.telemetry.logs import ACCESS, FIELDS
from tests.api.calls import ROUTE_NAMES, ROUTES

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [getattr(item, FIELDS) for item in caplog.records if item.name == ACCESS]


def test_a_request_is_one_line_that_names_the_route_and_not_the_address(
    client: TestClient[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, ACCESS):
        client.get("/v1/companies/xiaomi?as_of=2026-11-22", headers={"x-request-id": "mine-1"})
    (line,) = lines(caplog)
    assert (line["request_id"], line["method"], line["route"]) == ("mine-1", "GET", "/v1/companies/{id}")
    assert line["status"] == 200
    assert line["ms"] > 0
    assert "xiaomi" not in str(line)


def test_bodies_names_and_keys_are_not_logged(client: TestClient[Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/scores?x=Confidential", json={"parties": ["Confidential", "Ford"]},
                    headers={"authorization": "Bearer Confidential"})  # fmt: skip
        client.get("/Confidential/address")
    told = " ".join(
        str(getattr(item, FIELDS, "")) + item.getMessage() for item in caplog.records if "riskapi" in item.name
    )
    assert "request" in told
    assert "Confidential" not in told


def test_a_trace_comes_back_and_stands_in_the_log(client: TestClient[Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, ACCESS):
        answer = client.get("/v1/datasets", headers={"traceparent": TRACE})
    assert answer.headers["traceparent"] == TRACE
    assert lines(caplog)[0]["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    "given",
    ["", "x", TRACE + "-00", TRACE.upper(), "ff" + TRACE[2:], f"00-{'0' * 32}-b7ad6b7169203331-01", TRACE + "\t"],
)
def test_a_trace_that_cannot_be_read_is_left_out(client: TestClient[Any], given: str) -> None:
    assert "traceparent" not in client.get("/health", headers={"traceparent": given}).headers


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_that_succeed_leave_no_line(
    client: TestClient[Any], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.INFO, ACCESS):
        client.get(path)
    assert not lines(caplog)


@pytest.mark.parametrize(("method", "path", "query", "body"), ROUTES, ids=ROUTE_NAMES)
def test_a_header_cannot_bring_another_header(
    client: TestClient[Any], method: str, path: str, query: dict[str, str], body: object
) -> None:
    evil = {
        b"x-request-id": b"a\r\nset-cookie: a=b",
        b"traceparent": b"a\r\nset-cookie: a=b",
        b"origin": b"https://a\r\nx: y",
    }
    answer = client.request(method, path, params=query, json=body, headers=evil)
    assert "set-cookie" not in answer.headers
    assert "\r" not in str(dict(answer.headers))
