"""How operations answer requests: operations and a service in, routes out.

Each request is read here, on the event loop; the work is done in a thread, with the workspace that stands when it begins.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from riskapi.api.access.callers import Caller as Asker
from riskapi.api.access.callers import caller_of
from riskapi.api.frame.body import parse_json, read_bytes
from riskapi.api.frame.negotiation import JSON, PRODUCES, check_accept
from riskapi.api.frame.operation import Asked, Operation, Reply, Upload
from riskapi.api.frame.query import query_pairs, read_parameters
from riskapi.api.frame.validators import CACHEABLE, KEEP, NOT_MODIFIED, entity_tag, is_cacheable, matches
from riskapi.api.http.files import pieces, size_of
from riskapi.api.serving.service import Service
from riskapi.api.telemetry.tracing import work_of
from riskapi.assessment.answer import Versions

Answering: TypeAlias = Callable[[Request[Any, Any, Any]], Awaitable[Response[bytes] | Stream]]

#: Operations that score one pairing, for the figures.
SCORING: Final = ("createScore", "createAssessment")
#: An ending behind an id, such as `.xlsx`: a parameter of a path takes everything up to the next stroke.
_ENDED: Final = re.compile(r"}\.\w+$")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what: the parameters of the path, the caller, and the key under which he may ask again."""

    path: dict[str, str]
    caller: Asker
    repeat_key: str | None
    if_match: str | None
    accept: str | None


def routes_of(operations: Iterable[Operation], service: Service) -> Iterator[HTTPRouteHandler]:
    """The handlers of all operations; `/x/{id}.csv` is answered by that of `/x/{id}`, which sees the ending in the id."""
    found = list(operations)
    forms = [item for item in found if _ENDED.search(item.path)]
    for operation in found:
        if operation not in forms:
            own = [item for item in forms if item.method == operation.method and _base(item) == operation.path]
            yield _route(operation, service, {item.path.rpartition("}")[2]: item for item in own})


def _base(form: Operation) -> str:
    return _ENDED.sub("}", form.path)


def _route(operation: Operation, service: Service, forms: Mapping[str, Operation]) -> HTTPRouteHandler:
    """The handler of an operation and of its other forms, by the ending of the id."""
    answer_plain = _answering(operation, service)
    answers = {ending: (form, _answering(form, service)) for ending, form in forms.items()}

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes] | Stream:
        ident = str(request.path_params.get("id", ""))
        for ending, (form, answer) in answers.items():
            if ident.endswith(ending):
                check_accept(request.headers.get("accept"), form.produces)
                request.scope["path_params"] = {**request.path_params, "id": ident.removesuffix(ending)}
                return await answer(request)
        if answers:
            check_accept(request.headers.get("accept"), operation.produces)
        return await answer_plain(request)

    return HTTPRouteHandler(
        re.sub(r"{(\w+)}", r"{\1:str}", operation.path),
        http_method=[operation.method],  # type: ignore[list-item]  # a str where a literal is wanted
        status_code=operation.statuses[0],
        name=operation.id,
        operation_id=operation.id,
        summary=operation.summary,
        request_max_body_size=operation.max_bytes,
        opt={PRODUCES: (*operation.produces, *(kind for form in forms.values() for kind in form.produces))},
    )(handle)


def _answering(operation: Operation, service: Service) -> Answering:
    """What answers a request: reads it here and works in a thread, so that the event loop stays free."""
    keeps = is_cacheable(operation)

    def work(
        asking: Asking, raw: tuple[str, bytes], body: Upload | None, known: str | None
    ) -> Response[bytes] | Stream:
        # Probes take whatever a load balancer adds to their address.
        pairs = [] if operation.tag == "service" else query_pairs(raw[1])
        today = service.clock()
        tenant = None if operation.tag in (*CACHEABLE, "service") else asking.caller.tenant
        with service.current.lease(tenant, looks=operation.tag != "scores") as workspace:
            values = read_parameters(operation, workspace, asking.path, pairs)
            headers = _headers(workspace.versions)
            if keeps:
                tag = entity_tag(workspace.versions, *raw, today)
                headers |= {"etag": tag, "cache-control": KEEP}
                if matches(known, tag):
                    return Response(b"", status_code=NOT_MODIFIED, media_type=JSON, headers=headers)
            is_json = body is not None and body.media_type == JSON
            data = parse_json(body.content, operation.max_fields, operation.max_elements) if body and is_json else None
            asked = Asked(
                values=values, today=today, body=data, upload=None if is_json else body,
                caller=asking.caller, archive=service.archive, repeat_key=asking.repeat_key,
                if_match=asking.if_match, if_none_match=known, accept=asking.accept,
            )  # fmt: skip
            with work_of(None if operation.tag == "service" else service.tracing, operation.id, workspace.versions):
                reply = operation.reply(workspace, asked)
        service.metrics.scored(operation.id in SCORING)
        return _response(reply, headers)

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes] | Stream:
        caller = caller_of(request.scope)
        caller.require(operation.scope)
        body = await read_bytes(request, operation.takes) if operation.takes_body else None
        raw = request.scope["path"], request.scope["query_string"]
        given = request.headers
        repeat_key, if_match = given.get("idempotency-key"), given.get("if-match")
        asking = Asking(request.path_params, caller, repeat_key, if_match, given.get("accept"))
        asked = (asking, raw, body, request.headers.get("if-none-match"))
        return await asyncio.to_thread(work, *asked) if operation.in_thread else work(*asked)

    return handle


def _response(reply: Reply, headers: dict[str, str]) -> Response[bytes] | Stream:
    headers = {**headers, **reply.headers}
    if reply.file is not None:
        headers["content-length"] = str(size_of(reply.file))
        return Stream(pieces(reply.file), status_code=reply.status, media_type=reply.media_type, headers=headers)
    return Response(reply.content, status_code=reply.status, media_type=reply.media_type, headers=headers)


def _headers(versions: Versions) -> dict[str, str]:
    return {"cache-control": "no-store", "riskapi-rule-set": versions.rule_set, "riskapi-dataset": versions.dataset}
