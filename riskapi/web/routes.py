"""The addresses of the pages, and how a request becomes a page. Enters: the current workspace, a clock. Leaves: routes.

A page is a function of a `Visit`. It works in a thread, like an operation of the service, and on a lease of the workspace,
rendering included, so that a page is of one state. Problems become pages too, with what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from riskapi.api.access import Caller, caller_of
from riskapi.api.current import Current
from riskapi.api.negotiation import HTML, PRODUCES
from riskapi.api.query import query_pairs
from riskapi.api.text import can_be_shown
from riskapi.errors import Problem, RequestError, RiskapiError
from riskapi.store.keys import Scope
from riskapi.web import companies, compare, deals, downloads, home, matrix, result, rulebook, suggest, timeline, what_if
from riskapi.web.mishaps import mishap
from riskapi.web.render import html
from riskapi.web.static_files import static_route
from riskapi.web.visit import Page, Sent, Visit

#: Pages that score a deal, which takes a key of an analyst where the service asks for keys.
ASKING: Final[Mapping[str, Page]] = {
    "/deal": result.show_result,
    "/deal/rule": result.show_rule_part,
    "/deal/answer.json": downloads.answer_file,
    "/deal/rules.csv": downloads.rules_file,
    "/deal/brief.html": downloads.brief_file,
    "/deal/briefing.xlsx": downloads.workbook_file,
    "/what-if": what_if.show_what_if,
    "/what-if/live": what_if.show_live,
    "/what-if/ways": what_if.show_ways,
    "/timeline": timeline.show_timeline,
    "/compare": compare.show_comparison,
    "/matrix": matrix.show_matrix,
}
#: Pages that show what is on record.
READING: Final[Mapping[str, Page]] = {
    "/": home.home,
    "/rules": rulebook.show_rules,
    "/rules/{id:str}": rulebook.show_rule,
    "/companies": companies.show_companies,
    "/companies/{id:str}": companies.show_company,
    "/deals": deals.show_deals,
    "/deals/{id:str}": deals.show_deal,
    "/suggest": suggest.show_suggestions,
}
#: These are files, not pages: a reader of mail or a spreadsheet may ask for them by any type.
_FILES: Final = "/deal/"
MAX_VALUE: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the thread that makes a page needs of its request."""

    raw: bytes
    path: Mapping[str, str]
    caller: Caller
    is_part: bool


def page_routes(current: Current, clock: Callable[[], date]) -> list[HTTPRouteHandler]:
    """All pages and the files that they load."""
    return [static_route(), *(_route(path, page, current, clock) for path, page in {**ASKING, **READING}.items())]


def _route(path: str, page: Page, current: Current, clock: Callable[[], date]) -> HTTPRouteHandler:
    scope = Scope.ANALYST if path in ASKING else Scope.VIEWER

    def work(asked: Asked) -> Response[Any]:
        raw, is_part = asked.raw, asked.is_part
        today = clock()
        with current.lease() as workspace:
            common = {"versions": workspace.versions, "today": today, "here": path, "is_part": is_part}
            try:
                asked.caller.require(scope)
                visit = Visit(workspace=workspace, today=today, pairs=_read(raw), path=asked.path, is_part=is_part)
                found = page(visit)
            except RiskapiError as error:
                mended = mishap(error, raw, is_part=is_part)
                if mended is None:
                    raise
                found = mended
            if isinstance(found, Sent):
                return _file(found)
            return html(found.template, {**common, **found.context}, found.status)

    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        asked = Asked(
            raw=request.scope["query_string"],
            path=request.path_params,
            caller=caller_of(request.scope),
            is_part=request.headers.get("hx-request") == "true",
        )
        return await asyncio.to_thread(work, asked)

    opt = {} if path.startswith(_FILES) else {PRODUCES: HTML}
    return HTTPRouteHandler(path, http_method=["GET"], name=f"web:{path}", opt=opt)(handle)


def _read(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of the address; a field that was left empty says nothing."""
    pairs = [(name, value) for name, value in query_pairs(raw) if value.strip()]
    wrong = [name for name, value in pairs if len(value) > MAX_VALUE or not can_be_shown(_one_line(name + value))]
    if wrong:
        detail = "a value is too long or has characters that cannot be shown"
        raise RequestError(Problem(code="bad-value", field=wrong[0][:40], detail=detail, hint="type it again"))
    return pairs


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def _file(found: Sent) -> Response[bytes]:
    name = quote(found.file_name, safe="")
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in found.file_name)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
        "content-type": found.media_type,
        "cache-control": "no-store",
    }
    return Response(found.content, headers=headers)
