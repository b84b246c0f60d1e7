"""How long questions and answers are kept, for each tenant; nothing at all is a choice too.

Enters: a number of days, and the time. Leaves: what the service may store, and a store without what is too old. Where
nothing is stored, requests are answered and only counted. The audit log is kept whatever is chosen: it holds ids, no questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from riskapi.errors import Problem, RequestError
from riskapi.store import assessments, audit, idempotency, watch_feed
from riskapi.store.audit import Act, Signature
from riskapi.store.database import Store, insert_missing
from riskapi.store.tables import CountRow, TenantRow
from riskapi.store.tenants import require_tenant
from riskapi.store.texts import check_texts

#: The longest that can be said in days: a hundred years.
MOST_DAYS: Final = 36_525


@dataclass(frozen=True, slots=True)
class Retention:
    """`days` None keeps for ever, 0 stores nothing."""

    days: int | None = None

    def __post_init__(self) -> None:
        if self.days is not None and not 0 <= self.days <= MOST_DAYS:
            detail = f"{self.days} days cannot be kept"
            hint = f"0 stores nothing; the longest is {MOST_DAYS:,} days; for ever has no number"
            raise RequestError(Problem(code="retention-malformed", field="days", detail=detail, hint=hint))

    @property
    def stores_nothing(self) -> bool:
        """Whether a request leaves nothing but a count."""
        return self.days == 0

    def __str__(self) -> str:
        if self.days is None:
            return "for ever"
        return "nothing is stored" if self.stores_nothing else f"{self.days} days"


WORDS: Final = {"forever": Retention(None), "nothing": Retention(0)}


def read_retention(text: str) -> Retention:
    """Days, `forever` or `nothing`; raises `RequestError` for anything else."""
    if text in WORDS:
        return WORDS[text]
    # 0 could be meant as no limit or as nothing at all, and the second deletes what was kept.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_DAYS)) and int(text) > 0):
        detail = f"`{text[:40]}` is no time to keep something"
        hint = "write a number of days, `forever` or `nothing`"
        raise RequestError(Problem(code="retention-malformed", field="keep", detail=detail, hint=hint))
    return Retention(int(text))


def shorter(one: Retention, other: Retention) -> Retention:
    """The one that keeps less."""
    return min(one, other, key=lambda item: MOST_DAYS + 1 if item.days is None else item.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How much was deleted."""

    assessments: int
    attempts: int


def retention_of(session: Session, tenant: str) -> Retention:
    """What the tenant chose; raises `NotFoundError` where there is no such tenant."""
    require_tenant(session, tenant)
    return Retention(session.scalar(select(TenantRow.retention_days).where(TenantRow.id == tenant)))


def choose(session: Session, tenant: str, retention: Retention, signature: Signature) -> None:
    """Change what the tenant keeps; older rows go at the next `purge`."""
    retention_of(session, tenant)
    session.execute(update(TenantRow).where(TenantRow.id == tenant).values(retention_days=retention.days))
    act = Act(actor=signature.by, action="retention.chosen", subject=tenant, detail={"days": retention.days})
    audit.append(session, tenant, act, signature.at)


def purge(store: Store, signature: Signature, at_most: Retention | None = None) -> Purged:
    """Delete what no tenant keeps any longer, some hundred rows at a time so that others can write in between.

    `at_most` is how long anything is kept, whatever a tenant chose.
    """
    with store.read() as session:
        rows = session.execute(select(TenantRow.id, TenantRow.retention_days)).all()
    limit = at_most or Retention()
    chosen = {row.id: shorter(Retention(row.retention_days), limit).days for row in rows}
    gone = sum(_purge_tenant(store, tenant, days, signature) for tenant, days in chosen.items() if days is not None)
    attempts = 0
    while True:
        with store.write() as session:
            removed = idempotency.remove_expired(session, signature.at)
        attempts += removed
        if not removed:
            return Purged(assessments=gone, attempts=attempts)


def _purge_tenant(store: Store, tenant: str, days: int, signature: Signature) -> int:
    before = signature.at - timedelta(days=days)
    gone = 0
    while True:
        with store.write() as session:
            removed = assessments.remove_before(session, tenant, before)
            changes = watch_feed.remove_before(session, tenant, before)
            if not removed and not changes:
                return gone
            detail = {"before": audit.written(before), "assessments": removed}
            detail |= {"changes": changes} if changes else {}
            audit.append(
                session,
                tenant,
                Act(actor=signature.by, action="retention.applied", subject=tenant, detail=detail),
                signature.at,
            )
        gone += removed


def count_request(session: Session, tenant: str, day: date, kind: str) -> None:
    """Count one request of a kind (the name of an operation)."""
    check_texts(action=kind)
    insert_missing(session, CountRow, tenant=tenant, day=day, kind=kind, requests=0)
    mine = (CountRow.tenant == tenant, CountRow.day == day, CountRow.kind == kind)
    session.execute(update(CountRow).where(*mine).values(requests=CountRow.requests + 1))


def counts(session: Session, tenant: str, first: date, last: date) -> dict[tuple[date, str], int]:
    """Requests by day and kind, both ends included."""
    rows = session.execute(
        select(CountRow.day, CountRow.kind, CountRow.requests)
        .where(CountRow.tenant == tenant, CountRow.day >= first, CountRow.day <= last)
        .order_by(CountRow.day, CountRow.kind)
    )
    return {(row.day, row.kind): row.requests for row in rows}
