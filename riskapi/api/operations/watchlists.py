"""/v1/watchlists and /v1/changes: saved questions, their newest results, and what moved.

Enters: questions, and cursors of those who read what moved. Leaves: lists and changes.
Each question is answered before it is kept, so that a list holds nothing that cannot be answered and changes have a
beginning. Who answers them again, says `riskapi.watch`.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from riskapi.api.frame.archive import CREATED
from riskapi.api.frame.keeping import archive_of, once, signature_of
from riskapi.api.frame.operation import Asked, Example, Kind, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.paging import LIMIT
from riskapi.api.frame.validators import NOT_MODIFIED, matches
from riskapi.api.http.problems import RefusedError
from riskapi.api.operations.watch_samples import (
    ITEM_ID,
    LIST_ID,
    QUESTION,
    THRESHOLDS,
    sample_change,
    sample_item,
    sample_list,
)
from riskapi.errors import NotFoundError, Problem, RequestError, UnsettledNameError
from riskapi.records.assessments import DeletedAnswer
from riskapi.records.watchlists import ChangesAnswer, WatchedItem, WatchlistAnswer, WatchlistRecord, WatchlistsAnswer
from riskapi.store import watch_feed, watchlists
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.errors import ConflictError
from riskapi.store.idempotency import Replay
from riskapi.store.keys import Scope
from riskapi.store.watch_feed import Wanted
from riskapi.store.watchlists import MOST_ITEMS, Item, NewItem
from riskapi.watch.model import read_change
from riskapi.watch.request import MOST_NEW, WantedItem, read_items, read_list
from riskapi.watch.rounds import first_state
from riskapi.workspace import Workspace

PATH: Final = "/v1/watchlists"
#: Names of fields in a whole body of questions.
MAX_FIELDS: Final = 10_000
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,9})(?:\.[0-9a-f]{1,64})?"')
_TAG_DIGITS: Final = 24
_LONGEST_CURSOR: Final = 200
_MOST_AFTER: Final = 1 << 62


# Lists


def create(workspace: Workspace, asked: Asked) -> Reply:
    """Keep a list."""
    wanted = read_list(asked.body)
    items = _answered(workspace, asked, wanted.items, {})

    def work(session: Session) -> str:
        return watchlists.create(session, asked.caller.tenant, wanted.name, items, signature_of(asked)).id

    return _kept(asked, "createWatchlist", {"body": asked.body}, work)


def list_all(_: Workspace, asked: Asked) -> WatchlistsAnswer:
    """Every list of the caller's tenant."""
    with archive_of(asked).store.read() as session:
        found = watchlists.watchlists(session, asked.caller.tenant)
    return WatchlistsAnswer(watchlists=tuple(map(WatchlistRecord.of, found)))


def show(_: Workspace, asked: Asked) -> Reply:
    """One list with the newest results."""
    return _shown(asked, asked.needed("id"))


def change(workspace: Workspace, asked: Asked) -> Reply:
    """Give a list another name and other items."""
    tenant, ident, seen = asked.caller.tenant, asked.needed("id"), _seen(asked)
    wanted = read_list(asked.body, most_items=MOST_ITEMS, needs_items=True)
    with archive_of(asked).store.read() as session:
        known = {canonical_json(item.question): item for item in watchlists.get(session, tenant, ident)[1]}
    items = _answered(workspace, asked, wanted.items, known)

    def work(session: Session) -> None:
        watchlists.change(session, tenant, ident, wanted.name, items, signature_of(asked), seen)

    archive_of(asked).write(work)
    return _shown(asked, ident, conditional=False)


def remove(_: Workspace, asked: Asked) -> DeletedAnswer:
    """Delete a list."""
    ident, seen = asked.needed("id"), _seen(asked)
    archive_of(asked).write(
        lambda session: watchlists.remove(session, asked.caller.tenant, ident, signature_of(asked), seen)
    )
    return DeletedAnswer(deleted=ident)


def add_items(workspace: Workspace, asked: Asked) -> Reply:
    """Add questions to a list."""
    tenant, ident = asked.caller.tenant, asked.needed("id")
    wanted = read_items(asked.body)
    with archive_of(asked).store.read() as session:
        watchlists.get(session, tenant, ident)  # an unknown list is told before questions are answered
    items = _answered(workspace, asked, wanted, {})

    def work(session: Session) -> str:
        watchlists.add(session, tenant, ident, items, signature_of(asked))
        return ident

    return _kept(asked, "addWatchlistItems", {"list": ident, "body": asked.body}, work)


def remove_item(_: Workspace, asked: Asked) -> Reply:
    """Take one question out of a list."""
    tenant, ident, item = asked.caller.tenant, asked.needed("id"), asked.needed("item")
    archive_of(asked).write(lambda session: watchlists.remove_item(session, tenant, ident, item, signature_of(asked)))
    return _shown(asked, ident, conditional=False)


# The feed


def list_changes(_: Workspace, asked: Asked) -> Reply:
    """Changes of all lists."""
    return _changes(asked, None)


def list_changes_of(_: Workspace, asked: Asked) -> Reply:
    """Changes of one list."""
    ident = asked.needed("id")
    with archive_of(asked).store.read() as session:
        watchlists.get(session, asked.caller.tenant, ident)
    return _changes(asked, ident)


def _changes(asked: Asked, ident: str | None) -> Reply:
    tenant = asked.caller.tenant
    cursor = asked.text("cursor")
    since = asked.values.get("since")
    wanted = Wanted(
        watchlist=ident,
        after=0 if cursor is None else _read_cursor(cursor, tenant, ident),
        since=datetime.combine(since, time.min, UTC) if isinstance(since, date) and cursor is None else None,
    )
    with archive_of(asked).store.read() as session:
        entries, has_more = watch_feed.page(session, tenant, wanted, asked.number("limit"))
        # Read in the same transaction: nothing up to here can be added later.
        end = entries[-1].seq if has_more else max(watch_feed.last(session, tenant), wanted.after)
    answer = ChangesAnswer(
        changes=tuple(read_change(entry.body) for entry in entries),
        cursor=_written_cursor(end, tenant, ident),
        has_more=has_more,
    )
    return _tagged(asked, adapter_of(ChangesAnswer).dump_json(answer))


def _cursor_mark(tenant: str, ident: str | None) -> str:
    return sha256_of(canonical_json([tenant, ident]))[:12]


def _written_cursor(after: int, tenant: str, ident: str | None) -> str:
    return urlsafe_b64encode(canonical_json([_cursor_mark(tenant, ident), after]).encode()).decode().rstrip("=")


def _read_cursor(text: str, tenant: str, ident: str | None) -> int:
    """The number after which to go on; a cursor of another list would leave changes out, so it is refused."""
    after = _after(text, _cursor_mark(tenant, ident))
    if after is None:
        hint = "take `cursor` of the answer before, or leave it out to begin with the oldest change"
        detail = "this is not a cursor of this feed"
        raise RequestError(Problem(code="bad-cursor", field="cursor", detail=detail, hint=hint))
    return after


def _after(text: str, mark: str) -> int | None:
    if len(text) > _LONGEST_CURSOR:
        return None
    try:
        found, after = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        return None
    return after if found == mark and type(after) is int and 0 <= after < _MOST_AFTER else None


# Parts


def _answered(
    workspace: Workspace, asked: Asked, wanted: Sequence[WantedItem], known: Mapping[str, Item]
) -> tuple[NewItem, ...]:
    """The items with their first results; those that are known keep theirs. Raises `RequestError` with every problem."""
    archive = archive_of(asked)
    if archive.stores_nothing(asked.caller.tenant):
        detail = "nothing is stored for this organisation, so nothing can be watched"
        hint = "choose a retention: `riskapi store retention`"
        raise ConflictError(Problem(code="keeps-nothing", detail=detail, hint=hint))
    now, items, problems, unsettled = archive.now(), [], [], True
    fresh = [item for item in wanted if canonical_json(item.question) not in known]
    if len(fresh) > MOST_NEW:
        detail = f"{len(fresh)} questions are new; one request may add {MOST_NEW}"
        raise RequestError(Problem(code="wrong-number", pointer="/items", detail=detail, hint="add them with several"))
    for item in wanted:
        state = None
        if canonical_json(item.question) not in known:
            try:
                state = first_state(workspace, json.loads(canonical_json(item.question)), asked.today, now)
            except RequestError as error:
                unsettled = unsettled and isinstance(error, UnsettledNameError)
                problems += [
                    replace(found, pointer=f"{item.pointer}/question{found.pointer or ''}", field=None)
                    for found in error.problems
                ]
        items.append(NewItem(question=item.question, label=item.label, thresholds=item.thresholds, state=state))
    if problems:
        raise (UnsettledNameError if unsettled else RequestError)(problems[:50])
    return tuple(items)


def _kept(asked: Asked, route: str, content: object, work: Callable[[Session], str]) -> Reply:
    """The list that `work` names, shown as it is once the work is on the disk; a repetition shows it as it is now."""

    def whole(session: Session) -> Replay:
        ident = work(session)
        return Replay(status=CREATED, headers={}, body=json.dumps({"id": ident}).encode())

    replay, again = once(asked, route, content, whole)
    ident = json.loads(replay.body)["id"]
    shown = _shown(asked, ident, conditional=False)
    headers = {**shown.headers, "location": f"{PATH}/{ident}", **again}
    return Reply(content=shown.content, status=CREATED, headers=headers)


def _shown(asked: Asked, ident: str, *, conditional: bool = True) -> Reply:
    with archive_of(asked).store.read() as session:
        found, items = watchlists.get(session, asked.caller.tenant, ident)
    answer = WatchlistAnswer(watchlist=WatchlistRecord.of(found), items=tuple(map(WatchedItem.of, items)))
    return _tagged(asked, adapter_of(WatchlistAnswer).dump_json(answer), f"{found.version}.", conditional=conditional)


def _tagged(asked: Asked, content: bytes, before: str = "", *, conditional: bool = True) -> Reply:
    """The answer with its ETag, or 304. Before the point stands the version that If-Match is held against."""
    tag = f'"{before}{sha256_of(content)[:_TAG_DIGITS]}"'
    if conditional and matches(asked.if_none_match, tag):
        return Reply(content=b"", status=NOT_MODIFIED, headers={"etag": tag})
    return Reply(content=content, headers={"etag": tag})


def _seen(asked: Asked) -> int | None:
    """The version that the change follows, None for `*`. Results that moved since do not count: nobody overwrites them."""
    given = (asked.if_match or "").strip()
    if not given:
        hint = "send If-Match with the ETag of the watchlist, or `*` for whatever is there"
        problem = Problem(code="precondition-required", field="If-Match", detail="If-Match is missing", hint=hint)
        raise RefusedError("precondition-required", problem)
    if given == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        detail = "If-Match holds no ETag of a watchlist"
        problem = Problem(
            code="precondition-failed", field="If-Match", detail=detail, hint="send the ETag of GET as it is"
        )
        raise RefusedError("precondition-failed", problem)
    return int(found[1])


# What the document shows


def _sample_answer(workspace: Workspace) -> WatchlistAnswer:
    return WatchlistAnswer(watchlist=WatchlistRecord.of(sample_list()), items=(WatchedItem.of(sample_item(workspace)),))


def _sample(workspace: Workspace, _: Asked) -> Reply:
    return Reply(content=adapter_of(WatchlistAnswer).dump_json(_sample_answer(workspace)))


def _sample_all(_: Workspace, __: Asked) -> WatchlistsAnswer:
    return WatchlistsAnswer(watchlists=(WatchlistRecord.of(sample_list()),))


def _sample_removed(_: Workspace, asked: Asked) -> DeletedAnswer:
    return DeletedAnswer(deleted=asked.needed("id"))


def _sample_changes(workspace: Workspace, asked: Asked) -> ChangesAnswer:
    cursor = _written_cursor(1, "default", asked.text("id"))
    return ChangesAnswer(changes=(sample_change(workspace),), cursor=cursor, has_more=False)


_ID: Final = Parameter(name="id", meaning="The id of a watchlist.", in_path=True, required=True)
_ITEM: Final = Parameter(name="item", meaning="The id of an item of the watchlist.", in_path=True, required=True)
_FEED: Final = (
    Parameter(
        name="since", kind=Kind.DATE, meaning="The first day (UTC) of which changes are told, where there is no cursor."
    ),
    replace(LIMIT, meaning="How many changes are told at most."),
    Parameter(name="cursor", meaning="Where to go on: `cursor` of the answer before.", max_length=_LONGEST_CURSOR),
)
_BODY_REFUSALS: Final = ("json-malformed", "body-too-large", "media-type-unsupported", UnsettledNameError.code)
_ONE: Final = {"id": LIST_ID}
_QUESTION: Final = {"question": QUESTION, "label": "electric cars in the United States", "thresholds": THRESHOLDS}
_LICENCE: Final = {"question": {**QUESTION, "deal": {**QUESTION["deal"], "type": "licence"}}}
_FOLLOWS: Final = (
    "The newest results are those of the rules and data of now, or of a moment ago while a round is under way."
)

OPERATIONS = (
    Operation(
        id="createWatchlist", method="POST", path=PATH, tag="watchlists",
        summary="Save questions to be watched",
        description="Each question is answered at once, and again whenever rules or data change and when a day begins. "
        f"At most {MOST_NEW} questions in one request, {MOST_ITEMS} in one list.",
        run=create, sample=_sample, answers=WatchlistAnswer, takes_body=True, body_schema="WatchlistRequest",
        takes_key=True, is_tagged=True, scope=Scope.ANALYST, statuses=(CREATED,), refusals=_BODY_REFUSALS,
        max_fields=MAX_FIELDS,
        examples=(Example(name="carmakers", summary="One pairing, told of when its score crosses 50",
                          body={"name": "Carmakers", "items": [_QUESTION]}),),
    ),
    Operation(
        id="listWatchlists", path=PATH, tag="watchlists",
        summary="List the watchlists", description="Those of the caller's organisation, without their items.",
        run=list_all, sample=_sample_all, answers=WatchlistsAnswer,
        examples=(Example(name="all", summary="Every watchlist"),),
    ),
    Operation(
        id="showWatchlist", path=f"{PATH}/{{id}}", tag="watchlists",
        summary="Show a watchlist with the newest results", description=_FOLLOWS,
        run=show, sample=_sample, answers=WatchlistAnswer, is_tagged=True, refusals=(NotFoundError.code,),
        parameters=(_ID,), examples=(Example(name="carmakers", summary="One watchlist", values=_ONE),),
    ),
    Operation(
        id="changeWatchlist", method="PUT", path=f"{PATH}/{{id}}", tag="watchlists",
        summary="Give a watchlist another name and other items",
        description="The whole list as it shall be. A question that it has already keeps its id and its results; label and "
        "thresholds become those of the body.",
        run=change, sample=_sample, answers=WatchlistAnswer, takes_body=True, body_schema="WatchlistChange",
        takes_match=True, is_tagged=True, scope=Scope.ANALYST, max_fields=MAX_FIELDS,
        refusals=(*_BODY_REFUSALS, NotFoundError.code, ConflictError.code), parameters=(_ID,),
        examples=(Example(name="renamed", summary="Another name, the same question", values=_ONE,
                          body={"name": "Carmakers in the United States", "items": [_QUESTION]}),),
    ),
    Operation(
        id="deleteWatchlist", method="DELETE", path=f"{PATH}/{{id}}", tag="watchlists",
        summary="Delete a watchlist", description="With its items and its changes.",
        run=remove, sample=_sample_removed, answers=DeletedAnswer, takes_match=True, scope=Scope.ANALYST,
        refusals=(NotFoundError.code,), parameters=(_ID,),
        examples=(Example(name="deleted", summary="One watchlist", values=_ONE),),
    ),
    Operation(
        id="addWatchlistItems", method="POST", path=f"{PATH}/{{id}}/items", tag="watchlists",
        summary="Add questions to a watchlist",
        description=f"At most {MOST_NEW} in one request; one that the list has already is refused.",
        run=add_items, sample=_sample, answers=WatchlistAnswer, takes_body=True, body_schema="WatchItemsRequest",
        takes_key=True, is_tagged=True, scope=Scope.ANALYST, statuses=(CREATED,), max_fields=MAX_FIELDS,
        refusals=(*_BODY_REFUSALS, NotFoundError.code), parameters=(_ID,),
        examples=(Example(name="licence", summary="The same two, as a licence", values=_ONE, body={"items": [_LICENCE]}),),
    ),
    Operation(
        id="removeWatchlistItem", method="DELETE", path=f"{PATH}/{{id}}/items/{{item}}", tag="watchlists",
        summary="Take a question out of a watchlist", description="What was told of it stays in the change feed.",
        run=remove_item, sample=_sample, answers=WatchlistAnswer, is_tagged=True, scope=Scope.ANALYST,
        refusals=(NotFoundError.code,), parameters=(_ID, _ITEM),
        examples=(Example(name="removed", summary="One question", values={**_ONE, "item": ITEM_ID}),),
    ),
    Operation(
        id="listWatchlistChanges", path=f"{PATH}/{{id}}/changes", tag="watchlists",
        summary="What moved in a watchlist",
        description="In the order in which it was kept. Ask again with `cursor` to get what came since: nothing is left out or "
        "told twice. With If-None-Match the answer is 304 as long as there is nothing new.",
        run=list_changes_of, sample=_sample_changes, answers=ChangesAnswer, is_tagged=True,
        refusals=(NotFoundError.code,), parameters=(_ID, *_FEED),
        examples=(Example(name="carmakers", summary="Changes since a day", values={**_ONE, "since": "2026-11-01"}),),
    ),
    Operation(
        id="listChanges", path="/v1/changes", tag="watchlists",
        summary="What moved in all watchlists", description="Like the changes of one watchlist, for all of them.",
        run=list_changes, sample=_sample_changes, answers=ChangesAnswer, is_tagged=True, parameters=_FEED,
        examples=(Example(name="all", summary="Changes since a day", values={"since": "2026-11-01"}),),
    ),
)  # fmt: skip
