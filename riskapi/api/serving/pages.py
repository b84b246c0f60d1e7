"""What is no operation: the description of the service, its pages, its figures. Enters: a workspace. Leaves: routes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.handlers import HTTPRouteHandler, get
from litestar.params import FromPath

from riskapi.api.description.docs_page import POLICY, docs_page, problem_page
from riskapi.api.description.openapi import describe
from riskapi.api.frame.negotiation import HTML, JSON, PRODUCES
from riskapi.api.frame.operation import Operation
from riskapi.api.http.problems import TYPES
from riskapi.api.serving.current import Current
from riskapi.api.telemetry.metrics import CONTENT_TYPE
from riskapi.assessment.answer import Versions
from riskapi.errors import NotFoundError, Problem

_HEADERS = {"content-security-policy": POLICY, "content-type": f"{HTML}; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class _Made:
    versions: Versions
    openapi_json: bytes
    docs: bytes


class Pages:
    """Pages that are made at their first use and kept while rules and data stay; making one twice at once does no harm."""

    def __init__(self, operations: Sequence[Operation], current: Current) -> None:
        self._operations, self._current = operations, current
        self._made: _Made | None = None

    def openapi_json(self) -> bytes:
        """The OpenAPI document."""
        return self._get().openapi_json

    def docs(self) -> bytes:
        """The same for people."""
        return self._get().docs

    def _get(self) -> _Made:
        with self._current.lease() as workspace:
            made = self._made
            if made is None or made.versions != workspace.versions:
                document = describe(self._operations, workspace)
                text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
                made = self._made = _Made(workspace.versions, text.encode(), docs_page(document).encode())
        return made


def page_routes(pages: Pages, figures: Callable[[], bytes] | None) -> list[HTTPRouteHandler]:
    """The routes; without `figures` there is no /metrics."""

    @get("/schema/openapi.json", name="openapi", opt={PRODUCES: JSON}, sync_to_thread=True)
    def show_openapi() -> Response[bytes]:
        return Response(pages.openapi_json(), media_type=JSON)

    @get("/docs", name="docs", opt={PRODUCES: HTML}, sync_to_thread=True)
    def show_docs() -> Response[bytes]:
        return Response(pages.docs(), media_type=HTML, headers=_HEADERS)

    @get("/problems/{code:str}", name="problem", opt={PRODUCES: HTML}, sync_to_thread=False)
    def show_problem(code: FromPath[str]) -> Response[str]:
        kind = TYPES.get(code)
        if kind is None:
            hint = f"known: {', '.join(TYPES)}"
            raise NotFoundError(Problem(code="problem-unknown", detail="there is no problem of this code", hint=hint))
        return Response(problem_page(kind), media_type=HTML, headers=_HEADERS)

    return [show_openapi, show_docs, show_problem, *([_metrics_route(figures)] if figures else [])]


def _metrics_route(figures: Callable[[], bytes]) -> HTTPRouteHandler:
    @get("/metrics", name="metrics", opt={PRODUCES: "text/plain"}, sync_to_thread=True)
    def show_metrics() -> Response[bytes]:
        return Response(figures(), headers={"content-type": CONTENT_TYPE})

    return show_metrics
