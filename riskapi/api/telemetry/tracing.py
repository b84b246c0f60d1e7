"""Traces of requests for an OpenTelemetry collector: a span for each request, and one below it for its work.

Enters: requests, and where to send spans to (the OTEL_* variables of the standard). Leaves: spans. They name the route and
not the address, and hold nothing of what was asked. Needs the extra `telemetry`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final, cast

from litestar.types import HTTPScope, Message, Receive, Send

from riskapi import __version__
from riskapi.api.http.asgi import HttpApp, header_of
from riskapi.api.telemetry.metrics import NO_ROUTE
from riskapi.assessment.answer import Versions
from riskapi.errors import Problem, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

SERVICE: Final = "riskapi"
#: How the standard calls a service that no OTEL_* variable names.
_UNNAMED: Final = "unknown_service"
#: Asked every few seconds by machines; a trace of each would bury the others.
_QUIET: Final = ("/health", "/ready", "/metrics")
_FAILED: Final = 500


class Tracing:
    """Makes spans of one service, and sends what waits when it stops."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self.tracer: Tracer = provider.get_tracer(SERVICE, __version__)

    def stop(self) -> None:
        """Send what waits."""
        self._provider.shutdown()


def work_of(tracing: Tracing | None, operation: str, versions: Versions) -> AbstractContextManager[object]:
    """A span for the work on a request, below that of the request; nothing where requests are not traced."""
    if tracing is None:
        return nullcontext()
    told = {"riskapi.rule_set": versions.rule_set, "riskapi.dataset": versions.dataset}
    # Messages of errors repeat what was asked; the span of the request says how it ended.
    return tracing.tracer.start_as_current_span(
        operation, attributes=told, record_exception=False, set_status_on_exception=False
    )


def open_tracing() -> Tracing:
    """Tracing to where the OTEL_* variables say, by OTLP over HTTP; raises `SettingsError` where the extra is missing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        hint = "pip install 'riskapi[telemetry]', or set RISKAPI_TRACES=0"
        detail = f"traces need the extra `telemetry` ({error.name} is missing)"
        raise SettingsError(Problem(code="extra-missing", field="RISKAPI_TRACES", detail=detail, hint=hint)) from error
    resource = Resource({"service.version": __version__}).merge(Resource.create())
    if str(resource.attributes["service.name"]).startswith(_UNNAMED):
        resource = resource.merge(Resource({"service.name": SERVICE}))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)


class Traced:
    """Puts a span around every request; one that comes with a `traceparent` goes on with that trace."""

    def __init__(self, app: HttpApp, tracing: Tracing) -> None:
        self._app, self._tracing = app, tracing

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415  # an extra
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        carrier = {name: header_of(scope, name) for name in ("traceparent", "tracestate")}
        context = TraceContextTextMapPropagator().extract(carrier)
        method = scope["method"]
        attributes = {"http.request.method": method, "url.scheme": scope["scheme"]}
        with self._tracing.tracer.start_as_current_span(
            method, context, SpanKind.SERVER, attributes, record_exception=False, set_status_on_exception=False
        ) as span:

            async def send_seen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _FAILED:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self._app(scope, receive, send_seen)
            finally:
                # The router says the route only while it answers.
                route = str(cast(dict[str, Any], scope).get("path_template") or NO_ROUTE)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
