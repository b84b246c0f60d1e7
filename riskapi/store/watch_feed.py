"""The change feed of a tenant: entries numbered in the order in which they were kept.

Enters: a session and an entry as JSON. Leaves: pages that neither skip nor repeat. Whoever appends holds the tenant's head
until his transaction ends, so an entry that can be seen is never followed by one with a smaller number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from riskapi.store.canonical import canonical_json
from riskapi.store.database import insert_missing
from riskapi.store.tables import WatchChangeRow, WatchHeadRow
from riskapi.store.watchlists import Item

MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; `body` is its JSON."""

    seq: int
    at: datetime
    watchlist: str
    item: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: of one list or all, after a number, not before a moment."""

    watchlist: str | None = None
    after: int = 0
    since: datetime | None = None


def hold(session: Session, tenant: str) -> WatchHeadRow:
    """The head of the feed, which nobody else moves until the transaction ends."""
    insert_missing(session, WatchHeadRow, tenant=tenant, seq=0, versions=None, announced_at=None)
    held = select(WatchHeadRow).where(WatchHeadRow.tenant == tenant).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one()


def append(session: Session, tenant: str, item: Item, entry: Callable[[int], object], now: datetime) -> tuple[int, str]:
    """Add what `entry` makes of its number; the number, and the entry as JSON."""
    head = hold(session, tenant)
    seq = head.seq + 1
    body = canonical_json(entry(seq))
    session.add(WatchChangeRow(tenant=tenant, seq=seq, watchlist_id=item.watchlist, item_id=item.id, at=now, body=body))
    session.flush()
    session.execute(update(WatchHeadRow).where(WatchHeadRow.tenant == tenant).values(seq=seq))
    return seq, body


def page(session: Session, tenant: str, wanted: Wanted, limit: int) -> tuple[tuple[Entry, ...], bool]:
    """Entries in order, and whether there are more."""
    conditions = [WatchChangeRow.tenant == tenant, WatchChangeRow.seq > wanted.after]
    if wanted.watchlist is not None:
        conditions.append(WatchChangeRow.watchlist_id == wanted.watchlist)
    if wanted.since is not None:
        conditions.append(WatchChangeRow.at >= wanted.since)
    shown = min(max(limit, 1), MOST_ON_A_PAGE)
    rows = session.scalars(
        select(WatchChangeRow).where(*conditions).order_by(WatchChangeRow.seq).limit(shown + 1)
    ).all()
    entries = tuple(
        Entry(seq=row.seq, at=row.at, watchlist=row.watchlist_id, item=row.item_id, body=row.body)
        for row in rows[:shown]
    )
    return entries, len(rows) > shown


def last(session: Session, tenant: str) -> int:
    """The number of the newest entry that there ever was; 0 before the first."""
    return session.scalar(select(func.max(WatchHeadRow.seq)).where(WatchHeadRow.tenant == tenant)) or 0


def remove_before(session: Session, tenant: str, before: datetime, *, limit: int = 500) -> int:
    """Delete at most `limit` entries that are older than `before`; how many there were."""
    old = select(WatchChangeRow.seq).where(WatchChangeRow.tenant == tenant, WatchChangeRow.at < before).limit(limit)
    gone = delete(WatchChangeRow).where(WatchChangeRow.tenant == tenant, WatchChangeRow.seq.in_(old))
    return len(session.execute(gone.returning(WatchChangeRow.seq)).all())
