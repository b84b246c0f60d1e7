"""/reconcile: the Reconciliation Service API 0.2, by which OpenRefine and spreadsheets match whole columns of names.

Enters: a batch of queries or a data extension, in the address (GET) or a form (POST). Leaves: JSON, readable for pages
of other origins (CORS). JSONP is not answered: it makes a caller run our answer as a program, CORS does the same without
that, and the drafts after 0.2 drop it. The protocol's clients add parameters of their own: unknown ones are ignored here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler

from riskapi.api.access.keys_address import asked_below
from riskapi.api.frame.body import parse_json
from riskapi.api.frame.negotiation import JSON, PRODUCES
from riskapi.api.http.problems import RefusedError
from riskapi.api.serving.current import Current
from riskapi.entities import reconciliation as protocol
from riskapi.errors import Problem, RequestError
from riskapi.workspace import Workspace

PATH = "/reconcile"
FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 40
MAX_PREFIX = 200
#: Everybody may read the answers from a page: they are public, and no request changes anything.
HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-store",
}

Asked = Mapping[str, str]


def routes(current: Current, clock: Callable[[], date]) -> list[HTTPRouteHandler]:
    """The handlers of the protocol."""

    def route(path: str, method: Literal["GET", "POST"], name: str, work: Work) -> HTTPRouteHandler:
        def answer(asked: Asked, base: str, path: str) -> protocol.Data:
            with current.lease() as workspace:
                return work(Reconciliation(workspace, clock, path), asked, base)

        return _route(path, method, name, answer)

    return [
        route(PATH, "GET", "reconcile", Reconciliation.answer),
        route(PATH, "POST", "reconcileBatch", Reconciliation.answer_form),
        route(f"{PATH}/suggest/entity", "GET", "suggestEntity", Reconciliation.suggest_entity),
        route(f"{PATH}/suggest/property", "GET", "suggestProperty", Reconciliation.suggest_property),
        route(f"{PATH}/properties", "GET", "proposeProperties", Reconciliation.propose_properties),
    ]


class Reconciliation:
    """Answers the protocol's requests from a workspace; every method takes the fields of a request and its address."""

    def __init__(self, workspace: Workspace, clock: Callable[[], date], path: str = PATH) -> None:
        self._workspace, self._clock, self._path = workspace, clock, path

    def answer(self, asked: Asked, base: str) -> protocol.Data:
        """A batch or a data extension; the manifest where neither is asked for."""
        if "queries" in asked:
            queries = protocol.read_batch(parse_json(asked["queries"].encode("utf-8", "surrogatepass")))
            return protocol.answer_batch(self._workspace.names, queries)
        if "extend" in asked:
            ids, properties = protocol.read_extension(parse_json(asked["extend"].encode("utf-8", "surrogatepass")))
            known = self._workspace.names.companies
            return protocol.answer_extension(known, self._fact, ids, properties, self._clock())
        return protocol.manifest(base, self._workspace.versions.engine, self._path)

    def answer_form(self, asked: Asked, base: str) -> protocol.Data:
        """Like `answer`, but a form that asks for nothing is a mistake."""
        if "queries" not in asked and "extend" not in asked:
            hint = "send the field `queries` or `extend`, with JSON in it"
            raise RequestError(
                Problem(code="missing-parameter", field="queries", detail="`queries` is needed", hint=hint)
            )
        return self.answer(asked, base)

    def suggest_entity(self, asked: Asked, _: str) -> protocol.Data:
        """Companies whose names start with `prefix`."""
        return protocol.suggest_entities(self._workspace.names, _prefix(asked))

    def suggest_property(self, asked: Asked, _: str) -> protocol.Data:
        """Properties with `prefix` in their names."""
        return protocol.suggest_properties(_prefix(asked))

    def propose_properties(self, asked: Asked, _: str) -> protocol.Data:
        """Properties that can be fetched for `type`."""
        limit = asked.get("limit", "")
        return protocol.propose_properties(asked.get("type", ""), int(limit) if _is_number(limit) else None)

    def _fact(self, company_id: str, fact: str, day: date) -> object:
        return self._workspace.profiles.get(company_id, day).values.get(fact)


Work: TypeAlias = Callable[[Reconciliation, Asked, str], protocol.Data]


def _prefix(asked: Asked) -> str:
    prefix = asked.get("prefix")
    if prefix is None:
        hint = "send the first letters of what is looked for"
        raise RequestError(Problem(code="missing-parameter", field="prefix", detail="`prefix` is needed", hint=hint))
    return prefix[:MAX_PREFIX]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < len(text) < 4  # noqa: PLR2004 - digits


def _route(
    path: str, method: Literal["GET", "POST"], name: str, work: Callable[[Asked, str, str], protocol.Data]
) -> HTTPRouteHandler:
    def run(raw: bytes, base: str, way: str) -> bytes:
        return json.dumps(work(_fields(raw), base, way), ensure_ascii=False, separators=(",", ":")).encode()

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        raw = await _form(request) if method == "POST" else request.scope["query_string"]
        way = asked_below(request.scope) or PATH
        content = await sync_to_thread(run, raw, str(request.base_url).rstrip("/"), way)
        return Response(content, media_type=JSON, headers=HEADERS)

    return HTTPRouteHandler(
        path,
        http_method=[method],
        status_code=200,
        name=name,
        operation_id=name,
        opt={PRODUCES: JSON},
    )(handle)


async def _form(request: Request[Any, Any, Any]) -> bytes:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != FORM:
        problem = Problem(code="media-type-unsupported", field="Content-Type", detail=f"the content type must be {FORM}",
                          hint="send the JSON as the field `queries` of a form")  # fmt: skip
        raise RefusedError("media-type-unsupported", problem, headers={"accept": FORM})
    return b"".join([chunk async for chunk in request.stream()])


def _fields(raw: bytes) -> dict[str, str]:
    """The fields of a form or an address; raises `RequestError` where they cannot be read or ask for JSONP."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        hint = f"send at most {MAX_FIELDS} fields, percent-encoded as UTF-8"
        raise RequestError(Problem(code="bad-encoding", detail="the fields cannot be read", hint=hint)) from None
    fields = dict(pairs)
    if "callback" in fields:
        hint = "leave out `callback`: the answer may be read from pages of any origin (CORS)"
        raise RequestError(Problem(code="no-jsonp", field="callback", detail="JSONP is not answered", hint=hint))
    return fields
