"""Tenants: whose rows are whose.

Enters: a session and a name. Leaves: a row that other rows refer to. Where no keys are used, everything belongs to `default`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from riskapi.errors import NotFoundError, Problem
from riskapi.store.database import insert_missing
from riskapi.store.tables import TenantRow
from riskapi.store.texts import check_texts, is_storable


def ensure_tenant(session: Session, tenant: str) -> None:
    """Make the tenant unless there is one of that name; raises `RequestError` for a name that cannot be one."""
    check_texts(tenant=tenant)
    insert_missing(session, TenantRow, id=tenant, retention_days=None)


def require_tenant(session: Session, tenant: str) -> None:
    """Raise `NotFoundError` where there is no such tenant: a misspelt one would look like one that has nothing."""
    if not is_storable(tenant) or session.scalar(select(TenantRow.id).where(TenantRow.id == tenant)) is None:
        hint = "`riskapi keys create --tenant NAME` makes one"
        detail = f"there is no tenant `{tenant[:64]}`"
        raise NotFoundError(Problem(code="tenant-unknown", field="tenant", detail=detail, hint=hint))


def tenants(session: Session) -> tuple[str, ...]:
    """The names of all tenants, sorted."""
    return tuple(session.scalars(select(TenantRow.id).order_by(TenantRow.id)))
