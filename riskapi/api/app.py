"""The wiring of the service: settings or an open workspace in, a Litestar application out.

A request passes, from outside in: `observe` (log, figures), `cors`, `head`, `access` (who asks), `rate`, `access` (refusals),
`admission`, `compress`, then the routes.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from riskapi.api.access.callers import Admitted, Doorkeeper, Identified, Tokens, key_or_address
from riskapi.api.access.keys_address import KeyInAddress
from riskapi.api.access.keys_bootstrap import make_first_key
from riskapi.api.access.oidc_settings import token_reader
from riskapi.api.access.rate import Buckets, Caller, RateLimit
from riskapi.api.frame.archive import Archive, now_utc
from riskapi.api.frame.negotiation import guard_accept
from riskapi.api.frame.operation import MAX_BYTES, Asked, Operation
from riskapi.api.http.asgi import HttpApp
from riskapi.api.http.compress import Compression
from riskapi.api.http.cors import Cors
from riskapi.api.http.head import HeadAsGet
from riskapi.api.http.headers import add_headers
from riskapi.api.http.problems import RefusedError, on_failure, on_http_exception, on_riskapi_error
from riskapi.api.operations import (
    assessments,
    batch,
    companies,
    deals,
    duty,
    edits,
    facts,
    health,
    jobs,
    matrix,
    rules,
    scores,
    watchlists,
    webhooks,
    whatif,
    workbooks,
)
from riskapi.api.serving import reconcile
from riskapi.api.serving.admission import Admission
from riskapi.api.serving.current import Current, set_aside
from riskapi.api.serving.desk import count_jobs, open_desk
from riskapi.api.serving.options import Options
from riskapi.api.serving.pages import Pages, page_routes
from riskapi.api.serving.readiness import Check, age_in_days
from riskapi.api.serving.reload import Reloader, fingerprint
from riskapi.api.serving.routing import routes_of
from riskapi.api.serving.service import Clock, Service
from riskapi.api.serving.watching import count_waiting, open_watch
from riskapi.api.telemetry import metrics
from riskapi.api.telemetry.metrics import Metrics
from riskapi.api.telemetry.observe import Observed
from riskapi.api.telemetry.tracing import Traced, Tracing, open_tracing
from riskapi.errors import Problem, RiskapiError, SettingsError
from riskapi.settings import Settings
from riskapi.store.database import Store, open_store
from riskapi.store.retention import read_retention
from riskapi.workspace import Workspace

PagesOf = Callable[[Current, Clock, Archive | None], Sequence[HTTPRouteHandler]]

OPERATIONS: tuple[Operation, ...] = (
    *scores.OPERATIONS,
    *batch.OPERATIONS,
    *assessments.OPERATIONS,
    *workbooks.OPERATIONS,
    *jobs.OPERATIONS,
    *matrix.OPERATIONS,
    *whatif.OPERATIONS,
    *rules.OPERATIONS,
    *facts.OPERATIONS,
    *companies.OPERATIONS,
    *deals.OPERATIONS,
    *edits.OPERATIONS,
    *watchlists.OPERATIONS,
    *webhooks.OPERATIONS,
    *duty.OPERATIONS,
    *health.OPERATIONS,
)


def today_utc() -> date:
    """The calendar day in UTC."""
    return datetime.now(UTC).date()


def create_app(  # noqa: PLR0913  # everything that a test or an embedding program may want to replace
    settings: Settings | None = None,
    workspace: Workspace | None = None,
    clock: Clock = today_utc,
    options: Options | None = None,
    checks: Sequence[Check] = (),
    caller: Caller = key_or_address,
    pages: PagesOf | None = None,
    store: Store | None = None,
    now: Callable[[], datetime] = now_utc,
    tracing: Tracing | None = None,
) -> Litestar:
    """The service over a workspace, or over one that it opens, renews and closes itself.

    Raises `RuleError`, `DataError`, `StoreError` or `SettingsError` where rules, datasets, store or settings cannot be
    used. A workspace or store that is given stays open; a service over a given workspace has only a store that is given.
    `clock` tells the day on which a question is put that names none, `now` the moment that is noted with what is kept and
    at which keys end. `options` are read from the environment where neither they nor a workspace is given. `checks` are
    asked by /ready; `caller` tells who is counted as one by the rate limit; `pages` are routes for people (`riskapi.web`);
    `tracing` takes spans, where the options do not open one.
    """
    figures = Metrics()
    own_store = None
    if workspace is not None:
        current, reloader, options = Current(workspace, is_ours=False), None, options or Options()
    else:
        settings, options = settings or Settings.from_environment(), options or Options.from_environment()
        current = Current(_opened(settings, clock), is_ours=True)
        reloader = _reloader(settings, current, options, clock, figures)
        own_store = None if store else open_store(settings.store)
    kept_in = store or own_store
    archive = Archive(kept_in, now, read_retention(options.retention)) if kept_in else None
    current.over = archive.overlays.over if archive else None
    open_desk(archive, current, options, figures)
    service = Service(
        current=current, clock=clock, options=options, metrics=figures, reloader=reloader, archive=archive,
        keeper=open_watch(archive, current, options, clock, figures),
        checks=(*checks, archive.check) if archive else checks, tokens=_let_in(options, archive),
        tracing=tracing or (open_tracing() if options.traces else None),
    )  # fmt: skip
    app = _application(service, pages(current, clock, archive) if pages else ())
    app.asgi_handler = _guarded(app.asgi_handler, service, caller)
    if own_store is not None:
        app.on_shutdown.append(own_store.close)
    return app


def _let_in(options: Options, archive: Archive | None) -> Tokens | None:
    """Make the first key where one is given, and the reader of tokens where they are taken. Raises `SettingsError`."""
    if archive is not None and options.bootstrap_key_file:
        make_first_key(archive.store, options.bootstrap_key_file, archive.now())
    tokens = token_reader(asdict(options))
    if archive is None and (tokens is not None or options.bootstrap_key_file):
        detail = "a service without a store cannot know who asks"
        raise SettingsError(Problem(code="setting-invalid", detail=detail, hint="see RISKAPI_STORE"))
    return tokens


def _application(service: Service, pages: Sequence[HTTPRouteHandler]) -> Litestar:
    """The routes."""
    operations = (_ready_if(service, item) if item.id == "ready" else item for item in OPERATIONS)
    reloader = [service.reloader] if service.reloader else []
    archive = [service.archive] if service.archive else []
    desk = [it.desk for it in archive if it.desk]
    keeper = [service.keeper] if service.keeper else []
    return Litestar(
        route_handlers=[
            *routes_of(operations, service),
            *reconcile.routes(service.current, service.clock),
            *page_routes(Pages(OPERATIONS, service.current), _figures(service) if service.options.metrics else None),
            *pages,
        ],
        exception_handlers={RiskapiError: on_riskapi_error, HTTPException: on_http_exception, Exception: on_failure},
        guards=[guard_accept],
        before_send=[add_headers],
        on_startup=[
            *(set_aside for _ in reloader),  # not the heap of a program that brought its own workspace
            _threads(service.options),
            metrics.forget_dead_processes,
            *(it.start for it in reloader),
            *(it.start for it in archive),
            *(it.start for it in desk),
            *(it.start for it in keeper),
        ],
        on_shutdown=[
            *(it.stop for it in reloader),
            *(it.stop for it in keeper),
            *(it.stop for it in desk),
            *(it.stop for it in archive),
            metrics.forget_this_process,
            *(gc.unfreeze for _ in reloader),
            service.current.close,
            *(it.stop for it in ([service.tracing] if service.tracing else [])),
        ],
        request_max_body_size=MAX_BYTES,
        openapi_config=None,  # `riskapi.api.description.openapi` describes the operations
        logging_config=None,  # the program that serves configures logging
        debug=False,
    )


def _guarded(routes: ASGIApp, service: Service, caller: Caller) -> ASGIApp:
    """The routes behind everything that every request passes."""
    options, figures = service.options, service.metrics
    sizes = {item.path: item.max_bytes for item in OPERATIONS if item.takes_body and item.max_bytes != MAX_BYTES}
    inner: HttpApp = Admission(Compression(routes), options, figures.refused, sizes)
    if service.archive is not None:
        inner = Admitted(inner, figures.refused)
    if options.rate:
        inner = RateLimit(inner, Buckets(options.rate, options.burst), caller=caller, refused=figures.refused)
    if service.archive is not None:
        inner = Identified(inner, Doorkeeper(service.archive.store, service.archive.now, tokens=service.tokens))
    whole: HttpApp = Cors(HeadAsGet(inner), options.cors_origins)
    if service.tracing is not None:
        whole = Traced(whole, service.tracing)
    whole = Observed(whole, figures)
    if options.reconcile_key_in_address:
        whole = KeyInAddress(whole)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await whole(scope, receive, send)
        else:
            await routes(scope, receive, send)

    return answer


def _threads(options: Options) -> Callable[[], Any]:
    async def set_threads() -> None:
        """As many threads as places of work, and some for probes, compression and looking for new data."""
        pool = ThreadPoolExecutor(options.threads + 3, thread_name_prefix="work")
        asyncio.get_running_loop().set_default_executor(pool)

    return set_threads


# Workspaces


def _opened(settings: Settings, clock: Clock) -> Workspace:
    """A workspace that has answered once, since the first answer makes what the later ones use."""
    workspace = Workspace.open(settings)
    workspace.past_deals.read_all()
    with suppress(RiskapiError):  # other datasets may lack these companies
        workspace.ask(scores.XIAOMI_FORD, today=clock())
    return workspace


def _reloader(settings: Settings, current: Current, options: Options, clock: Clock, figures: Metrics) -> Reloader:
    return Reloader(
        current,
        lambda: _opened(settings, clock),
        lambda: fingerprint(settings),
        period=options.reload_every,
        told=figures.reloaded,
    )


def _ready_if(service: Service, operation: Operation) -> Operation:
    """The readiness probe with every reason of this service."""

    def run(workspace: Workspace, asked: Asked) -> object:
        problems = service.not_ready(workspace, asked.today)
        if problems:
            raise RefusedError("not-ready", problems, headers={"retry-after": "10"})
        return operation.run(workspace, asked)

    return replace(operation, run=run)


def _figures(service: Service) -> Callable[[], bytes]:
    def page() -> bytes:
        with service.current.lease() as workspace:
            service.metrics.aged(age_in_days(workspace, service.clock()))
        count_jobs(service.archive, service.metrics)
        count_waiting(service.archive, service.metrics, service.clock())
        return service.metrics.page()

    return page
