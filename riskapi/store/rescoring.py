"""Who scores which watched questions again, so that each is moved on exactly once.

Enters: the versions and the day of a round, and the time. Leaves: lists that are due, the right to work on one, and results that
followed the one before them. A result is kept only by whoever holds the list's lease, over the very result that he read, and
only while his versions are those that were announced last: so a slow worker, one that was killed, and one that still
has older rules can neither lose, double nor undo a change.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from riskapi.assessment.answer import Versions
from riskapi.store import watch_feed
from riskapi.store.tables import WatchHeadRow, WatchItemRow, WatchlistRow
from riskapi.store.watchlists import Item, State, columns_of, item_of, versions_text

#: How long the lease of a list lasts without a result; each result prolongs it.
LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Round:
    """How a tenant's questions are answered: by which versions, as of which day.

    `base` are the versions of the shared rules and data, `versions` those of the tenant, with what his editors wrote.
    """

    base: Versions
    versions: Versions
    day: date

    @property
    def text(self) -> str:
        """The tenant's versions as they are kept."""
        return versions_text(self.versions)


@dataclass(frozen=True, slots=True)
class ListLease:
    """The right to move on the results of one list."""

    tenant: str
    watchlist: str
    name: str
    token: str


def watching(session: Session) -> tuple[str, ...]:
    """The tenants that have watchlists, sorted."""
    return tuple(session.scalars(select(WatchlistRow.tenant).distinct().order_by(WatchlistRow.tenant)))


def announce(session: Session, base: Versions, now: datetime) -> None:
    """Tell all workers that questions are answered from these rules and data from now on."""
    text = versions_text(base)
    for tenant in watching(session):
        head = watch_feed.hold(session, tenant)
        if head.versions != text:
            head.versions, head.announced_at = text, now
            session.flush()


def due_lists(session: Session, tenant: str, round_: Round, now: datetime) -> tuple[str, ...]:
    """The tenant's lists with results of other versions or an earlier day, that nobody works on."""
    announced = session.scalar(select(WatchHeadRow.versions).where(WatchHeadRow.tenant == tenant))
    if announced not in (None, versions_text(round_.base)):
        return ()
    free = or_(WatchlistRow.lease_until.is_(None), WatchlistRow.lease_until <= now)
    wanted = (
        select(WatchlistRow.id)
        .join(WatchItemRow, WatchItemRow.watchlist_id == WatchlistRow.id)
        .where(WatchlistRow.tenant == tenant, *_due(round_), free)
        .distinct()
        .order_by(WatchlistRow.id)
    )
    return tuple(session.scalars(wanted))


def due_since(session: Session, day: date) -> datetime | None:
    """Since when the watched question that waits longest does, of all tenants; None where every one is answered.

    It waits from the beginning of the first day that its result is not of, or from the announcement of rules and data that
    its result is not by. What a tenant's editors write is not looked at: it makes a question due, but waits from the next day.
    """
    stale = session.scalar(select(func.min(WatchItemRow.as_of)).where(WatchItemRow.as_of < day))
    announced = session.scalar(
        select(func.min(WatchHeadRow.announced_at))
        .join(WatchItemRow, WatchItemRow.tenant == WatchHeadRow.tenant)
        .where(WatchHeadRow.announced_at > WatchItemRow.scored_at, WatchItemRow.versions != WatchHeadRow.versions)
    )
    begun = None if stale is None else datetime.combine(stale + timedelta(days=1), time.min, UTC)
    return min((moment for moment in (begun, announced) if moment is not None), default=None)


def take(session: Session, tenant: str, ident: str, now: datetime) -> ListLease | None:
    """The right to work on a list, or None where somebody else has it or the list is gone."""
    token = secrets.token_hex(32)
    free = or_(WatchlistRow.lease_until.is_(None), WatchlistRow.lease_until <= now)
    taken = (
        update(WatchlistRow)
        .where(WatchlistRow.tenant == tenant, WatchlistRow.id == ident, free)
        .values(token=token, lease_until=now + LEASE)
        .returning(WatchlistRow.name)
    )
    row = session.execute(taken, execution_options={"synchronize_session": False}).first()
    return ListLease(tenant, ident, row.name, token) if row else None


def give_back(session: Session, lease: ListLease) -> None:
    """Leave the list to others."""
    mine = (WatchlistRow.id == lease.watchlist, WatchlistRow.token == lease.token)
    session.execute(
        update(WatchlistRow).where(*mine).values(token=None, lease_until=None),
        execution_options={"synchronize_session": False},
    )


def due_items(session: Session, lease: ListLease, round_: Round) -> tuple[Item, ...]:
    """The items of the list that this round has not scored yet."""
    wanted = select(WatchItemRow).where(WatchItemRow.watchlist_id == lease.watchlist, *_due(round_))
    return tuple(item_of(row) for row in session.scalars(wanted.order_by(WatchItemRow.added_at, WatchItemRow.id)))


def settle(  # noqa: PLR0913  # a result, what it follows, and the right to keep it
    session: Session, lease: ListLease, round_: Round, item: Item, state: State, *, is_change: bool, now: datetime
) -> bool:
    """Keep a new result over the one that `item` has; False where it may not be kept: then nothing is written."""
    held = (
        update(WatchlistRow)
        .where(WatchlistRow.id == lease.watchlist, WatchlistRow.token == lease.token)
        .values(lease_until=now + LEASE)
        .returning(WatchlistRow.id)
    )
    if not session.execute(held, execution_options={"synchronize_session": False}).all():
        return False
    if not _is_announced(session, lease.tenant, round_, now):
        return False
    values = columns_of(state) | ({"changed_at": now} if is_change else {})
    moved = (
        update(WatchItemRow)
        .where(WatchItemRow.id == item.id, WatchItemRow.serial == item.serial, *_due(round_))
        .values(serial=item.serial + 1, **values)
        .returning(WatchItemRow.id)
    )
    return bool(session.execute(moved, execution_options={"synchronize_session": False}).all())


def _is_announced(session: Session, tenant: str, round_: Round, now: datetime) -> bool:
    """Whether the versions of the round are those of the tenant's feed; the first ones become so."""
    head, base = watch_feed.hold(session, tenant), versions_text(round_.base)
    if head.versions is None:
        head.versions, head.announced_at = base, now
        session.flush()
    return head.versions == base


def _due(round_: Round) -> tuple[ColumnElement[bool], ...]:
    # A day never goes back: clocks of machines differ by some seconds around midnight.
    return (
        WatchItemRow.as_of <= round_.day,
        or_(WatchItemRow.versions != round_.text, WatchItemRow.as_of < round_.day),
    )
