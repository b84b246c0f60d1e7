"""Requests for watchlists and what moved in them. Leaves: a `Call`, unsent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskapi.client.call import Call, Received
from riskapi.client.reading import document, read_as, reader
from riskapi.client.writing import Day, as_json, delete_call, get_call, segment, stored
from riskapi.records.watchlists import ChangesAnswer, WatchlistAnswer, WatchlistRecord, WatchlistsAnswer


def watch(name: str, items: Sequence[Mapping[str, Any]], idempotency_key: str | None) -> Call[WatchlistAnswer]:
    """A new list."""
    body = {"name": name, "items": list(items)}
    return stored("/v1/watchlists", body, None, idempotency_key, reader(WatchlistAnswer))


def watchlists() -> Call[tuple[WatchlistRecord, ...]]:
    """All lists."""

    def read(received: Received) -> tuple[WatchlistRecord, ...]:
        return read_as(WatchlistsAnswer, document(received)).watchlists

    return Call(method="GET", path="/v1/watchlists", read=read)


def watchlist(watchlist_id: str) -> Call[WatchlistAnswer]:
    """One list with the newest results."""
    return get_call(_list_path(watchlist_id), WatchlistAnswer)


def change_watchlist(
    watchlist_id: str, name: str, items: Sequence[Mapping[str, Any]], version: int | None
) -> Call[WatchlistAnswer]:
    """A list as it shall be. Sent a second time it would follow a version that is gone."""
    return Call(
        method="PUT", path=_list_path(watchlist_id), body=as_json({"name": name, "items": list(items)}),
        headers=_if_match(version), read=reader(WatchlistAnswer), may_repeat=False,
    )  # fmt: skip


def add_to_watchlist(
    watchlist_id: str, items: Sequence[Mapping[str, Any]], idempotency_key: str | None
) -> Call[WatchlistAnswer]:
    """More questions in a list."""
    path = f"{_list_path(watchlist_id)}/items"
    return stored(path, {"items": list(items)}, None, idempotency_key, reader(WatchlistAnswer))


def remove_from_watchlist(watchlist_id: str, item_id: str) -> Call[WatchlistAnswer]:
    """A list without one of its questions."""
    path = f"{_list_path(watchlist_id)}/items/{segment(item_id)}"
    return Call(method="DELETE", path=path, read=reader(WatchlistAnswer), may_repeat=False)


def delete_watchlist(watchlist_id: str, version: int | None) -> Call[None]:
    """The end of a list."""
    return delete_call(_list_path(watchlist_id), _if_match(version))


def changes(watchlist_id: str | None, since: Day, cursor: str | None, page_size: int | None) -> Call[ChangesAnswer]:
    """What moved."""
    path = "/v1/changes" if watchlist_id is None else f"{_list_path(watchlist_id)}/changes"
    return get_call(path, ChangesAnswer, since=since, cursor=cursor, limit=page_size)


def _list_path(watchlist_id: str) -> str:
    return f"/v1/watchlists/{segment(watchlist_id)}"


def _if_match(version: int | None) -> dict[str, str]:
    return {"if-match": "*" if version is None else f'"{version}"'}
