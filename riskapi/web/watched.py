"""Watchlists: their lists with the newest results, and what moved in them and why. Puts questions into them, too.

Everything goes through the operations of /v1/watchlists, so that the page shows and allows what they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from riskapi.api.frame.operation import Asked, Operation, Reply, adapter_of
from riskapi.api.operations import watchlists
from riskapi.errors import Problem, RequestError
from riskapi.records.watchlists import ChangesAnswer, WatchedItem, WatchlistAnswer
from riskapi.web.places import places
from riskapi.web.question import read_question
from riskapi.web.saved import question_of
from riskapi.web.visit import Moved, Pairs, Shown, Visit

_BY_ID: Final[Mapping[str, Operation]] = {item.id: item for item in watchlists.OPERATIONS}
PATH: Final = "/watched"
#: Parameters of the form that are not of the question.
LIST: Final = "list"
LABEL: Final = "label"
PER_PAGE: Final = "50"
#: Days of which changes are shown where nobody says since when.
DAYS: Final = 30
_CAUSES: Final = {
    "rules": "the rules were changed",
    "dataset": "the data were changed",
    "edits": "editors changed what is on record",
    "engine": "the program was changed",
    "calendar": "a rule or fact began or ended on the day",
}


def show_watched(visit: Visit) -> Shown:
    """All lists, and what moved in them."""
    found = watchlists.list_all(visit.workspace, visit.asked(_BY_ID["listWatchlists"], []))
    pairs = _feed_pairs(visit)
    changes = _changes(watchlists.list_changes(visit.workspace, visit.asked(_BY_ID["listChanges"], pairs)))
    context = {"lists": found.watchlists, **_feed(visit, changes)}
    return Shown(template="watched.html", context=context)


def show_list(visit: Visit) -> Shown:
    """One list with its questions, and what moved in it; raises `NotFoundError`."""
    asked = visit.asked(_BY_ID["showWatchlist"], [])
    found: WatchlistAnswer = _read(WatchlistAnswer, watchlists.show(visit.workspace, asked))
    pairs = _feed_pairs(visit)
    reply = watchlists.list_changes_of(visit.workspace, visit.asked(_BY_ID["listWatchlistChanges"], pairs))
    context = {
        "record": found.watchlist,
        "items": [(item, _address(visit, item)) for item in found.items],
        **_feed(visit, _changes(reply)),
    }
    return Shown(template="watched_list.html", context=context)


def watch(visit: Visit) -> Moved:
    """Put the question of the form into the list of that name, which is made where there is none; then the list."""
    name = visit.text(LIST)
    if name is None:
        problem = Problem(code="no-name", field=LIST, detail="the list has no name", hint="type a name, new or known")
        raise RequestError(problem)
    question = replace(read_question(visit, LIST, LABEL), as_of="")  # watched from day to day
    item = {"question": question.body(visit.workspace.vocabulary), "label": visit.text(LABEL)}
    known = watchlists.list_all(visit.workspace, _asked(visit)).watchlists
    ident = next((one.id for one in known if one.name == name), None)
    if ident is None:
        reply = watchlists.create(visit.workspace, _asked(visit, body={"name": name, "items": [item]}))
        ident = _read(WatchlistAnswer, reply).watchlist.id
    else:
        watchlists.add_items(visit.workspace, _asked(visit, body={"items": [item]}, id=ident))
    return Moved(address=f"{PATH}/{ident}")


def forget(visit: Visit) -> Moved:
    """Take a question out of a list; then the list."""
    watchlists.remove_item(visit.workspace, _asked(visit, **visit.path))
    return Moved(address=f"{PATH}/{visit.path['id']}")


# Parts


def _asked(visit: Visit, *, body: object = None, **values: str) -> Asked:
    return Asked(values=values, today=visit.today, body=body, caller=visit.caller, archive=visit.archive)


def _feed_pairs(visit: Visit) -> Pairs:
    """What is asked of the feed: from a day on, or where the page before ended."""
    since = visit.text("since") or (visit.today - timedelta(days=DAYS)).isoformat()
    cursor = visit.text("cursor")
    others = visit.without("since", "cursor", "limit")
    return [*others, ("limit", PER_PAGE), ("cursor", cursor) if cursor else ("since", since)]


def _feed(visit: Visit, changes: ChangesAnswer) -> dict[str, Any]:
    return {
        "changes": changes.changes,
        "more": [("cursor", changes.cursor)] if changes.has_more else None,
        "since": visit.text("since") or (visit.today - timedelta(days=DAYS)).isoformat(),
        "causes": _CAUSES,
        "bands": {band.name: band.label for band in visit.workspace.card.bands},
        "country": places(visit.workspace),
    }


def _changes(reply: Reply) -> ChangesAnswer:
    found: ChangesAnswer = _read(ChangesAnswer, reply)
    return found


def _read(kind: type, reply: Reply) -> Any:  # noqa: ANN401  # of the kind that is asked for
    return adapter_of(kind).validate_json(reply.content)


def _address(visit: Visit, item: WatchedItem) -> str | None:
    """The address of the question, as of the day on which it was put last."""
    question = question_of({**item.question, "as_of": item.checked_on.isoformat()}, visit.workspace)
    return question.query() if question else None
