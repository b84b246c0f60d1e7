"""A client whose requests go straight into the service, without a network between them."""

from __future__ import annotations

from typing import Any

import httpx
from litestar.testing import TestClient

from riskapi.client import Client


class Through(httpx.BaseTransport):
    """Hands requests to the service of a test."""

    def __init__(self, service: TestClient[Any]) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii")
        answer = self._service.request(request.method, path, content=request.read(), headers=request.headers)
        headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-encoding"]
        return httpx.Response(answer.status_code, headers=headers, content=answer.content)


def client_of(service: TestClient[Any], **more: Any) -> Client:
    """A client of that service."""
    return Client("http://127.0.0.1", transport=Through(service), sleep=lambda _: None, **more)
