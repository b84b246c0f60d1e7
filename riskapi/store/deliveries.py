"""The outbox of webhooks: messages that wait, are being sent, were delivered, or were given up.

Enters: a message inside the transaction of what it tells. Leaves: the right to send one, and what became of it. A message has the
same id at every attempt. Who holds a lease and is killed has perhaps sent it: after the lease it is sent again.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from riskapi.errors import NotFoundError, Problem, RequestError
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.ids import new_id
from riskapi.store.tables import DeliveryRow, Instant, WebhookRow
from riskapi.store.watchlists import is_id
from riskapi.store.webhooks import Webhook, webhook_of

#: Longer than an attempt may take.
LEASE: Final = timedelta(seconds=90)
#: The attempts that are remembered of each message.
REMEMBERED: Final = 12
MOST_ON_A_PAGE: Final = 200


class DeliveryState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: `status` is the answer's, null where there was none; `problem` says what went wrong, null where nothing."""

    at: datetime
    status: int | None
    problem: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message for a webhook; `due_at` is when it is tried next, null once it was delivered or given up."""

    id: str
    webhook: str
    event: str
    change: int | None
    created_at: datetime
    state: DeliveryState
    due_at: datetime | None
    ended_at: datetime | None
    attempts: int
    tries: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The messages of all tenants that are kept; `oldest` is when the first of those that wait was written."""

    counts: Mapping[DeliveryState, int]
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to send a message; `attempts` are those before."""

    id: str
    tenant: str
    webhook: Webhook
    event: str
    body: bytes
    attempts: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be sent."""

    event: str
    body: bytes
    change: int | None = None


def enqueue(session: Session, webhook: Webhook, message: Message, now: datetime) -> Delivery:
    """Put a message into the outbox, to be sent at once."""
    row = DeliveryRow(
        id=f"msg_{new_id(now)}", tenant=webhook.tenant, webhook_id=webhook.id, event=message.event, due_at=now,
        change_seq=message.change, created_at=now, state=DeliveryState.WAITING.value, attempts=0, tries="[]",
        body=message.body,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _shown(row)


def due_webhooks(session: Session, now: datetime) -> tuple[str, ...]:
    """The webhooks for which messages wait that may be sent now."""
    wanted = select(DeliveryRow.webhook_id).where(*_free(now)).distinct().order_by(DeliveryRow.webhook_id)
    return tuple(session.scalars(wanted))


def claim(session: Session, webhook: str, now: datetime) -> Claim | None:
    """The right to send the oldest message that waits for the webhook, or None."""
    wanted = (
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
        .where(DeliveryRow.webhook_id == webhook, *_free(now))
        .order_by(DeliveryRow.due_at, DeliveryRow.created_at, DeliveryRow.id)
        .limit(1)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )
    found = session.execute(wanted).first()
    if found is None:
        return None
    row, hook = found
    row.token, row.lease_until = secrets.token_hex(32), now + LEASE
    session.flush()
    return Claim(
        id=row.id, tenant=row.tenant, webhook=webhook_of(hook), event=row.event, body=row.body, attempts=row.attempts,
        token=row.token,
    )  # fmt: skip


def finish(session: Session, claimed: Claim, attempt: Attempt, due_at: datetime | None) -> bool:
    """Note an attempt: without a problem the message is delivered, without `due_at` it is given up, else it waits.

    False where the lease was lost: somebody else notes his own attempt.
    """
    mine = select(DeliveryRow).where(DeliveryRow.id == claimed.id, DeliveryRow.token == claimed.token)
    row = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return False
    well = attempt.problem is None
    tries = [*json.loads(row.tries), {**asdict(attempt), "at": audit.written(attempt.at)}]
    row.tries = json.dumps(tries[-REMEMBERED:])
    row.attempts += 1
    row.token = row.lease_until = None
    row.due_at = None if well else due_at
    if row.due_at is None:
        row.state = (DeliveryState.DELIVERED if well else DeliveryState.DEAD).value
        row.ended_at = attempt.at
    session.flush()
    return True


def give_up_all(session: Session, webhook: str, now: datetime) -> None:
    """Give up everything that waits for a webhook that was switched off."""
    waiting = (DeliveryRow.webhook_id == webhook, DeliveryRow.state == DeliveryState.WAITING.value)
    values = {"state": DeliveryState.DEAD.value, "due_at": None, "ended_at": now, "token": None, "lease_until": None}
    session.execute(
        update(DeliveryRow).where(*waiting).values(**values), execution_options={"synchronize_session": False}
    )


def outbox(session: Session) -> Outbox:
    """How many messages are in each state, and since when the oldest waits."""
    rows = session.execute(select(DeliveryRow.state, func.count(DeliveryRow.id)).group_by(DeliveryRow.state))
    counts = dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): number for state, number in rows}
    waiting = DeliveryRow.due_at.is_not(None)  # only a message that waits has a time, and there is an index on it
    return Outbox(counts=counts, oldest=session.scalar(select(func.min(DeliveryRow.created_at)).where(waiting)))


def page(
    session: Session, webhook: str, state: DeliveryState | None, *, limit: int, before: str | None = None
) -> tuple[tuple[Delivery, ...], bool]:
    """Messages of a webhook, the newest first, those older than the one called `before`; and whether there are more.

    Raises `RequestError` where there is none called so.
    """
    conditions = [DeliveryRow.webhook_id == webhook]
    if state is not None:
        conditions.append(DeliveryRow.state == state.value)
    if before is not None:
        conditions.append(_older(session, webhook, before))
    shown = min(max(limit, 1), MOST_ON_A_PAGE)
    wanted = select(DeliveryRow).where(*conditions).order_by(DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
    rows = session.scalars(wanted.limit(shown + 1)).all()
    return tuple(map(_shown, rows[:shown])), len(rows) > shown


def _older(session: Session, webhook: str, before: str) -> ColumnElement[bool]:
    mine = select(DeliveryRow.created_at).where(DeliveryRow.webhook_id == webhook, DeliveryRow.id == before)
    at = session.scalar(mine) if is_id(before) else None
    if at is None:
        hint = "take `next_cursor` of the page before, or leave it out to begin anew"
        detail = "this is not a cursor of this list"
        raise RequestError(Problem(code="bad-cursor", field="cursor", detail=detail, hint=hint))
    place = tuple_(DeliveryRow.created_at, DeliveryRow.id)
    return place < tuple_(literal(at, Instant()), literal(before, DeliveryRow.id.type))


def get(session: Session, tenant: str, webhook: str, ident: str) -> Delivery:
    """One message; raises `NotFoundError`."""
    return _shown(_row(session, tenant, webhook, ident))


def send_again(session: Session, tenant: str, webhook: str, ident: str, signature: Signature) -> Delivery:
    """Put a message that was delivered or given up back, under its own id. Raises `NotFoundError`."""
    known = _row(session, tenant, webhook, ident).id
    act = Act(actor=signature.by, action="webhook.sent-again", subject=webhook, detail={"message": known})
    audit.append(session, tenant, act, signature.at)
    row = _row(session, tenant, webhook, ident, holds=True)
    if row.state != DeliveryState.WAITING.value:
        row.state, row.due_at, row.ended_at, row.attempts = DeliveryState.WAITING.value, signature.at, None, 0
        session.flush()
    return _shown(row)


def remove_ended(session: Session, before: datetime, *, limit: int = 500) -> int:
    """Delete at most `limit` messages that ended before; how many there were."""
    old = select(DeliveryRow.id).where(DeliveryRow.ended_at < before).limit(limit)
    gone = session.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(old)).returning(DeliveryRow.id))
    return len(gone.all())


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return DeliveryRow.due_at <= now, or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now)


def _row(session: Session, tenant: str, webhook: str, ident: str, *, holds: bool = False) -> DeliveryRow:
    row = None
    if is_id(ident) and is_id(webhook):
        mine = (DeliveryRow.tenant == tenant, DeliveryRow.webhook_id == webhook, DeliveryRow.id == ident)
        held = select(DeliveryRow).where(*mine).with_for_update().execution_options(populate_existing=True)
        row = session.scalars(held if holds else select(DeliveryRow).where(*mine)).one_or_none()
    if row is None:
        detail = "the webhook has no message of this id"
        hint = "list its deliveries; those that ended a month ago are gone"
        raise NotFoundError(Problem(code="delivery-unknown", field="delivery", detail=detail, hint=hint))
    return row


def _shown(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id, webhook=row.webhook_id, event=row.event, change=row.change_seq, created_at=row.created_at,
        state=DeliveryState(row.state), due_at=row.due_at, ended_at=row.ended_at, attempts=row.attempts,
        tries=tuple(map(_attempt, json.loads(row.tries))),
    )  # fmt: skip


def _attempt(told: dict[str, Any]) -> Attempt:
    return Attempt(**{**told, "at": datetime.fromisoformat(told["at"])})
