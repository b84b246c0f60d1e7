"""Answers about watchlists: lists, their items, and what moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from riskapi.watch.model import Change, Thresholds, WatchedResult, read_result, read_thresholds

if TYPE_CHECKING:
    from riskapi.store.watchlists import Item, Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistRecord:
    """A list without its items; `version` rises with each change that a person makes."""

    id: str
    name: str
    version: int
    items: int
    created_at: datetime
    created_by: str
    updated_at: datetime

    @classmethod
    def of(cls, found: Watchlist) -> WatchlistRecord:
        """The record of what the store tells."""
        return cls(**{name: getattr(found, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedItem:
    """A question that is watched: `checked_on` is the day as of which it was put last, `changed_at` when its result last moved.

    `result` is the last that there was; `failure` says why there is no newer one, null where there is.
    """

    id: str
    question: dict[str, Any]
    label: str | None
    thresholds: Thresholds | None
    added_at: datetime
    added_by: str
    checked_at: datetime
    checked_on: date
    changed_at: datetime | None
    result: WatchedResult
    failure: str | None

    @classmethod
    def of(cls, item: Item) -> WatchedItem:
        """The item of what the store tells."""
        state = item.state
        return cls(
            id=item.id, question=dict(item.question), label=item.label, thresholds=read_thresholds(item.thresholds),
            added_at=item.added_at, added_by=item.added_by, checked_at=state.scored_at, checked_on=state.as_of,
            changed_at=item.changed_at, result=read_result(state.result), failure=state.failure,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistAnswer:
    """A list with its items, the oldest first."""

    watchlist: WatchlistRecord
    items: tuple[WatchedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistsAnswer:
    """All lists, in the order of their making."""

    watchlists: tuple[WatchlistRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesAnswer:
    """Changes in the order in which they were kept; `cursor` goes on after the last of them, now or later.

    It is there even where nothing is new. `has_more` says whether more can be had at once.
    """

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool
