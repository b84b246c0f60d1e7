"""The addresses of the pages, and how a request becomes a page. Enters: the current workspace, a clock, a store. Leaves: routes.

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

from riskapi.api.access.callers import Caller, caller_of
from riskapi.api.frame.archive import Archive
from riskapi.api.frame.negotiation import HTML, PRODUCES
from riskapi.api.serving.current import Current
from riskapi.errors import RiskapiError
from riskapi.store.keys import Scope
from riskapi.web import (
    companies,
    compare,
    deals,
    downloads,
    home,
    matrix,
    result,
    rulebook,
    saved,
    suggest,
    timeline,
    watched,
    what_if,
)
from riskapi.web.deeds import deed_routes
from riskapi.web.mishaps import mishap
from riskapi.web.reading import read_pairs
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
    "/matrix/portfolio.xlsx": matrix.portfolio_file,
    "/matrix/rows.csv": matrix.rows_file,
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
#: Pages of what the service keeps.
KEPT: Final[Mapping[str, Page]] = {
    saved.PATH: saved.show_saved,
    f"{saved.PATH}/{{id:str}}": saved.show_one,
    f"{saved.PATH}/{{id:str}}/now": saved.show_difference,
    watched.PATH: watched.show_watched,
    f"{watched.PATH}/{{id:str}}": watched.show_list,
}
#: Those of them that score a deal.
KEPT_ASKING: Final = (f"{saved.PATH}/{{id:str}}/now",)
#: These are files, not pages: a reader of mail or a spreadsheet may ask for them by any type.
_FILES: Final = (".json", ".csv", ".html", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the thread that makes a page needs of its request."""

    raw: bytes
    path: Mapping[str, str]
    caller: Caller
    is_part: bool


def page_routes(current: Current, clock: Callable[[], date], archive: Archive | None = None) -> list[HTTPRouteHandler]:
    """All pages and the files that they load; those of kept answers only where the service keeps any."""
    pages = {**ASKING, **READING, **(KEPT if archive else {})}
    deeds = deed_routes(current, clock, archive) if archive else []
    return [static_route(), *(_route(path, page, current, clock, archive) for path, page in pages.items()), *deeds]


def _route(
    path: str, page: Page, current: Current, clock: Callable[[], date], archive: Archive | None
) -> HTTPRouteHandler:
    scope = Scope.ANALYST if path in ASKING or path in KEPT_ASKING else Scope.VIEWER

    def work(asked: Asked) -> Response[Any]:
        raw, is_part = asked.raw, asked.is_part
        today = clock()
        with current.lease(asked.caller.tenant) as workspace:
            common = {
                "versions": workspace.versions,
                "today": today,
                "here": path,
                "is_part": is_part,
                "keeps": archive is not None,
            }
            try:
                asked.caller.require(scope)
                visit = Visit(
                    workspace=workspace,
                    today=today,
                    pairs=read_pairs(raw),
                    path=asked.path,
                    is_part=is_part,
                    caller=asked.caller,
                    archive=archive,
                )
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

    opt = {} if path.endswith(_FILES) else {PRODUCES: HTML}
    return HTTPRouteHandler(path, http_method=["GET"], name=f"web:{path}", opt=opt)(handle)


def _file(found: Sent) -> Response[bytes]:
    name = quote(found.file_name, safe="")
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in found.file_name)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
        "content-type": found.media_type,
        "cache-control": "no-store",
    }
    return Response(found.content, headers=headers)
