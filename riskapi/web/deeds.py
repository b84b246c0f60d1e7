"""Forms that keep or delete something. Enters: the current workspace, a clock, a store. Leaves: routes of POST requests.

A browser sends what another site makes it send, with the password that it holds. So a form counts only where the browser says
that it is one of this service's own pages; programs that are no browsers say nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from riskapi.api.access.callers import caller_of
from riskapi.api.frame.archive import Archive
from riskapi.api.frame.negotiation import HTML, PRODUCES
from riskapi.api.serving.current import Current
from riskapi.errors import Problem, RequestError, RiskapiError
from riskapi.store.keys import Scope
from riskapi.web import saved, watched
from riskapi.web.mishaps import mishap
from riskapi.web.reading import read_pairs
from riskapi.web.render import html
from riskapi.web.visit import Deed, Moved, Visit

#: What each form does, and what it needs: as the operations of the service.
DEEDS: Final[Mapping[str, tuple[Deed, Scope]]] = {
    saved.PATH: (saved.keep, Scope.ANALYST),
    f"{saved.PATH}/{{id:str}}/delete": (saved.delete, Scope.ADMIN),
    watched.PATH: (watched.watch, Scope.ANALYST),
    f"{watched.PATH}/{{id:str}}/{{item:str}}/forget": (watched.forget, Scope.ANALYST),
}
MOST_BYTES: Final = 32_000


def deed_routes(current: Current, clock: Callable[[], date], archive: Archive) -> list[HTTPRouteHandler]:
    """The routes of all forms."""
    return [_route(path, deed, scope, current, clock, archive) for path, (deed, scope) in DEEDS.items()]


def _route(  # noqa: PLR0913  # what a form needs
    path: str, deed: Deed, scope: Scope, current: Current, clock: Callable[[], date], archive: Archive
) -> HTTPRouteHandler:
    def work(request: Request[Any, Any, Any], raw: bytes) -> Response[Any]:
        caller, today = caller_of(request.scope), clock()
        with current.lease(caller.tenant) as workspace:
            try:
                _check_form(request.headers, raw)
                caller.require(scope)
                visit = Visit(workspace=workspace, today=today, pairs=read_pairs(raw), path=request.path_params,
                              caller=caller, archive=archive)  # fmt: skip
                found = deed(visit)
            except RiskapiError as error:
                mended = mishap(error, raw, is_part=False)
                if mended is None:
                    raise
                found = mended
            if isinstance(found, Moved):
                return Response(b"", status_code=303, headers={"location": found.address, "cache-control": "no-store"})
            common = {"versions": workspace.versions, "today": today, "here": path, "is_part": False, "keeps": True}
            return html(found.template, {**common, **found.context}, found.status)

    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        return await asyncio.to_thread(work, request, (await request.body())[: MOST_BYTES + 1])

    return HTTPRouteHandler(path, http_method=["POST"], name=f"web:POST {path}", opt={PRODUCES: HTML})(handle)


def _check_form(headers: Mapping[str, str], raw: bytes) -> None:
    """Raise where a browser says that the form is another site's, or where it is longer than any of ours."""
    if len(raw) > MOST_BYTES:
        hint = "leave something out"
        raise RequestError(Problem(code="too-long", detail=f"more than {MOST_BYTES:,} bytes were sent", hint=hint))
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_without = site is None and (origin is None or urlsplit(origin).netloc == headers.get("host"))
    if site != "same-origin" and not is_without:
        detail = "this was asked for by a page of another site"
        hint = "use the form on the page of the service"
        raise RequestError(Problem(code="foreign-form", field="Sec-Fetch-Site", detail=detail, hint=hint))
