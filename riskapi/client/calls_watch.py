"""Requests for watchlists and what moved in them. Leaves: a `Call`, unsent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskapi.client.call import Call, Received
from riskapi.client.reading import document, read_as, reader
from riskapi.client.writing import Day, as_json, delete_call, get_call, segment, stored
from riskapi.records.watchlists import ChangesAnswer, WatchlistAnswer, WatchlistRecord, WatchlistsAnswer


def watch(
    name: str, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
) -> Call[WatchlistAnswer]:
    """Save questions that are put again whenever rules or data change.

    An item is `{"question": ..., "label": ..., "thresholds": {"score": ..., "moves_by": ...}}`; the question is like that
    of `ask`, without a day.
    """
    body = {"name": name, "items": list(items)}
    return stored("/v1/watchlists", body, None, idempotency_key, reader(WatchlistAnswer))


def watchlists() -> Call[tuple[WatchlistRecord, ...]]:
    """All lists, without their items."""

    def read(received: Received) -> tuple[WatchlistRecord, ...]:
        return read_as(WatchlistsAnswer, document(received)).watchlists

    return Call(method="GET", path="/v1/watchlists", read=read)


def watchlist(watchlist_id: str) -> Call[WatchlistAnswer]:
    """A list with the newest results."""
    return get_call(_list_path(watchlist_id), WatchlistAnswer)


def change_watchlist(
    watchlist_id: str, name: str, items: Sequence[Mapping[str, Any]], *, version: int | None = None
) -> Call[WatchlistAnswer]:
    """Give a list another name and other items, if it still has that `version`; None is whatever it has."""
    return Call(
        method="PUT", path=_list_path(watchlist_id), body=as_json({"name": name, "items": list(items)}),
        headers=_if_match(version), read=reader(WatchlistAnswer),
        may_repeat=False,  # a second time it would follow a version that is gone
    )  # fmt: skip


def add_to_watchlist(
    watchlist_id: str, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
) -> Call[WatchlistAnswer]:
    """Add questions to a list."""
    path = f"{_list_path(watchlist_id)}/items"
    return stored(path, {"items": list(items)}, None, idempotency_key, reader(WatchlistAnswer))


def remove_from_watchlist(watchlist_id: str, item_id: str) -> Call[WatchlistAnswer]:
    """Take a question out of a list."""
    path = f"{_list_path(watchlist_id)}/items/{segment(item_id)}"
    return Call(method="DELETE", path=path, read=reader(WatchlistAnswer), may_repeat=False)


def delete_watchlist(watchlist_id: str, *, version: int | None = None) -> Call[None]:
    """Delete a list, if it still has that `version`; None is whatever it has."""
    return delete_call(_list_path(watchlist_id), _if_match(version))


def changes(
    watchlist_id: str | None = None,
    *,
    since: Day = None,
    cursor: str | None = None,
    page_size: int | None = None,
) -> Call[ChangesAnswer]:
    """What moved in a list, or in all. Keep the `cursor` of the answer and give it next time: nothing is missed."""
    path = "/v1/changes" if watchlist_id is None else f"{_list_path(watchlist_id)}/changes"
    return get_call(path, ChangesAnswer, since=since, cursor=cursor, limit=page_size)


def _list_path(watchlist_id: str) -> str:
    return f"/v1/watchlists/{segment(watchlist_id)}"


def _if_match(version: int | None) -> dict[str, str]:
    return {"if-match": "*" if version is None else f'"{version}"'}
