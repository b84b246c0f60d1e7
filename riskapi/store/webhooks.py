"""Webhooks: where a tenant wants to be told of changes.

Enters: a session, a tenant, an address that was checked before. Leaves: webhooks as they are kept. No secret is kept: it is
derived (`riskapi.watch.keyring`) from the webhook's id and generation, and a key of the settings of which `key_mark` is the
mark.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from riskapi.errors import NotFoundError, Problem
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.errors import ConflictError
from riskapi.store.ids import new_id
from riskapi.store.tables import WebhookRow
from riskapi.store.texts import check_texts
from riskapi.store.watchlists import is_id

MOST_WEBHOOKS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """Where to send which events; `watchlists` None is all of them, those of later too."""

    url: str
    events: tuple[str, ...]
    watchlists: tuple[str, ...] | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook. Until `overlap_until` the secret of the generation before, of `before_mark`, signs as well."""

    id: str
    tenant: str
    url: str
    label: str | None
    events: tuple[str, ...]
    watchlists: tuple[str, ...] | None
    created_at: datetime
    created_by: str
    generation: int
    key_mark: str
    before_mark: str | None
    overlap_until: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None

    def wants(self, event: str, watchlist: str) -> bool:
        """Whether it is told of an event of a list."""
        return (
            self.disabled_at is None
            and event in self.events
            and (self.watchlists is None or watchlist in self.watchlists)
        )


def create(session: Session, tenant: str, new: NewWebhook, key_mark: str, signature: Signature) -> Webhook:
    """Keep a webhook; raises `RequestError` for texts that cannot be kept, `ConflictError` where there are too many."""
    check_texts(url=new.url, label=new.label, actor=signature.by)
    ident = new_id(signature.at)
    _note(session, tenant, "webhook.created", ident, signature, events=list(new.events))
    there = session.scalar(select(func.count(WebhookRow.id)).where(WebhookRow.tenant == tenant)) or 0
    if there >= MOST_WEBHOOKS:
        detail = f"there are {MOST_WEBHOOKS} webhooks, which is the most"
        raise ConflictError(Problem(code="too-many-kept", detail=detail, hint="delete one that nobody needs"))
    row = WebhookRow(
        id=ident, tenant=tenant, url=new.url, label=new.label, events=json.dumps(new.events), generation=1,
        watchlists=None if new.watchlists is None else json.dumps(new.watchlists), created_at=signature.at,
        created_by=signature.by, key_mark=key_mark,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return webhook_of(row)


def webhooks(session: Session, tenant: str) -> tuple[Webhook, ...]:
    """All webhooks of the tenant, in the order of their making."""
    wanted = select(WebhookRow).where(WebhookRow.tenant == tenant).order_by(WebhookRow.created_at, WebhookRow.id)
    return tuple(map(webhook_of, session.scalars(wanted)))


def get(session: Session, tenant: str, ident: str) -> Webhook:
    """One webhook; raises `NotFoundError` where the tenant has none of that id."""
    return webhook_of(_row(session, tenant, ident))


def rotate(  # noqa: PLR0913  # a webhook, what it becomes, and who says so
    session: Session, tenant: str, ident: str, key_mark: str, *, overlap: timedelta, signature: Signature
) -> Webhook:
    """Begin the next generation of secrets; the one before signs as well until the overlap is over. Raises `NotFoundError`."""
    until = signature.at + overlap
    _note(session, tenant, "webhook.rotated", ident, signature, both_until=audit.written(until))
    row = _row(session, tenant, ident, holds=True)
    row.before_mark, row.key_mark = row.key_mark, key_mark
    row.generation += 1
    row.overlap_until = until
    session.flush()
    return webhook_of(row)


def remove(session: Session, tenant: str, ident: str, signature: Signature) -> None:
    """Delete a webhook and everything that was to be sent to it; raises `NotFoundError`."""
    _note(session, tenant, "webhook.deleted", ident, signature)
    row = _row(session, tenant, ident, holds=True)
    session.execute(delete(WebhookRow).where(WebhookRow.id == row.id))


def switch_off(session: Session, tenant: str, ident: str, because: str, signature: Signature) -> None:
    """Send nothing any more; raises `NotFoundError`. What waits for it is given up by whoever delivers."""
    _note(session, tenant, "webhook.switched-off", ident, signature)
    row = _row(session, tenant, ident, holds=True)
    row.disabled_at, row.disabled_because = signature.at, because
    session.flush()


def webhook_of(row: WebhookRow) -> Webhook:
    """The webhook of a row."""
    return Webhook(
        id=row.id, tenant=row.tenant, url=row.url, label=row.label, events=tuple(json.loads(row.events)),
        watchlists=None if row.watchlists is None else tuple(json.loads(row.watchlists)), created_at=row.created_at,
        created_by=row.created_by, generation=row.generation, key_mark=row.key_mark, before_mark=row.before_mark,
        overlap_until=row.overlap_until, disabled_at=row.disabled_at, disabled_because=row.disabled_because,
    )  # fmt: skip


def _row(session: Session, tenant: str, ident: str, *, holds: bool = False) -> WebhookRow:
    row = None
    if is_id(ident):
        wanted = select(WebhookRow).where(WebhookRow.tenant == tenant, WebhookRow.id == ident)
        held = wanted.with_for_update().execution_options(populate_existing=True)
        row = session.scalars(held if holds else wanted).one_or_none()
    if row is None:
        raise _unknown()
    return row


def _note(session: Session, tenant: str, action: str, ident: str, signature: Signature, **detail: Any) -> None:  # noqa: ANN401
    """The entry in the audit log, before any other row is held. Neither address nor secret is ever part of it."""
    if not is_id(ident):
        raise _unknown()
    audit.append(session, tenant, Act(actor=signature.by, action=action, subject=ident, detail=detail), signature.at)


def _unknown() -> NotFoundError:
    hint = "list the webhooks to see their ids"
    detail = "there is no webhook of this id"
    return NotFoundError(Problem(code="webhook-unknown", field="id", detail=detail, hint=hint))
