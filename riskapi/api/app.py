"""The wiring of the service: settings or an open workspace in, a Litestar application out."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from litestar import Litestar, Request, Response
from litestar.concurrency import sync_to_thread
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler, get
from litestar.params import FromPath

from riskapi.api import companies, deals, duty, facts, health, reconcile, rules, scores
from riskapi.api.body import MAX_BYTES, parse_json, read_bytes
from riskapi.api.docs_page import POLICY, docs_page, problem_page
from riskapi.api.headers import add_headers
from riskapi.api.negotiation import HTML, JSON, PRODUCES, guard_accept
from riskapi.api.openapi import describe
from riskapi.api.operations import Asked, Operation
from riskapi.api.problems import TYPES, on_failure, on_http_exception, on_riskapi_error
from riskapi.api.query import query_pairs, read_parameters
from riskapi.errors import NotFoundError, Problem, RiskapiError
from riskapi.settings import Settings
from riskapi.workspace import Workspace

Clock = Callable[[], date]

OPERATIONS: tuple[Operation, ...] = (
    *scores.OPERATIONS,
    *rules.OPERATIONS,
    *facts.OPERATIONS,
    *companies.OPERATIONS,
    *deals.OPERATIONS,
    *duty.OPERATIONS,
    *health.OPERATIONS,
)


def today_utc() -> date:
    """The calendar day in UTC."""
    return datetime.now(UTC).date()


def create_app(
    settings: Settings | None = None, workspace: Workspace | None = None, clock: Clock = today_utc
) -> Litestar:
    """The service over a workspace, or over one that it opens and closes itself.

    Raises `RuleError`, `DataError` or `SettingsError` where rules, datasets or settings cannot be used. A workspace
    that is given stays open. `clock` tells the day on which a question is put that names none.
    """
    opened = workspace is None
    workspace = workspace or Workspace.open(settings)
    pages = _Pages(workspace)
    return Litestar(
        route_handlers=[
            *(_route(operation, workspace, clock) for operation in OPERATIONS),
            *reconcile.routes(workspace, clock),
            *_page_routes(pages),
        ],
        exception_handlers={RiskapiError: on_riskapi_error, HTTPException: on_http_exception, Exception: on_failure},
        guards=[guard_accept],
        before_send=[add_headers],
        on_startup=[_set_aside],
        on_shutdown=[gc.unfreeze, *([workspace.close] if opened else [])],
        request_max_body_size=MAX_BYTES,
        openapi_config=None,  # `riskapi.api.openapi` describes the operations
        logging_config=None,  # the program that serves configures logging
        debug=False,
    )


def _set_aside() -> None:
    """Take the rule book and everything else that stays until the end out of the sight of the garbage collector.

    A full collection walks every object: over the loaded rules it stops all requests for some 100 ms, and finds nothing.
    """
    gc.collect()
    gc.freeze()


def _route(operation: Operation, workspace: Workspace, clock: Clock) -> HTTPRouteHandler:
    """The handler of an operation: reads the request here and works in a thread, so that the event loop stays free."""
    versions = workspace.versions
    headers = {
        "cache-control": "no-store",
        "riskapi-rule-set": versions.rule_set,
        "riskapi-dataset": versions.dataset,
    }

    def work(path: dict[str, str], query: bytes, body: bytes | None) -> bytes:
        values = read_parameters(operation, workspace, path, query_pairs(query))
        data = None if body is None else parse_json(body)
        return operation.answer(workspace, Asked(values=values, today=clock(), body=data))

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await read_bytes(request) if operation.takes_body else None
        asked = (request.path_params, request.scope["query_string"], body)
        content = await sync_to_thread(work, *asked) if operation.in_thread else work(*asked)
        return Response(content, media_type=JSON, headers=headers)

    return HTTPRouteHandler(
        operation.path.replace("{id}", "{id:str}"),
        http_method=[operation.method],  # type: ignore[list-item]  # a str where a literal is wanted
        status_code=200,
        name=operation.id,
        operation_id=operation.id,
        summary=operation.summary,
        opt={PRODUCES: JSON},
    )(handle)


class _Pages:
    """Pages that are made at their first use and kept; making one twice at once does no harm."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @cached_property
    def openapi(self) -> dict[str, Any]:
        return describe(OPERATIONS, self._workspace)

    @cached_property
    def openapi_json(self) -> bytes:
        return json.dumps(self.openapi, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def docs(self) -> bytes:
        return docs_page(self.openapi).encode()


def _page_routes(pages: _Pages) -> list[HTTPRouteHandler]:
    html = {"content-security-policy": POLICY, "content-type": f"{HTML}; charset=utf-8"}

    @get("/schema/openapi.json", name="openapi", opt={PRODUCES: JSON}, sync_to_thread=True)
    def show_openapi() -> Response[bytes]:
        return Response(pages.openapi_json, media_type=JSON)

    @get("/docs", name="docs", opt={PRODUCES: HTML}, sync_to_thread=True)
    def show_docs() -> Response[bytes]:
        return Response(pages.docs, media_type=HTML, headers=html)

    @get("/problems/{code:str}", name="problem", opt={PRODUCES: HTML}, sync_to_thread=False)
    def show_problem(code: FromPath[str]) -> Response[str]:
        kind = TYPES.get(code)
        if kind is None:
            hint = f"known: {', '.join(TYPES)}"
            raise NotFoundError(Problem(code="problem-unknown", detail="there is no problem of this code", hint=hint))
        return Response(problem_page(kind), media_type=HTML, headers=html)

    return [show_openapi, show_docs, show_problem]
