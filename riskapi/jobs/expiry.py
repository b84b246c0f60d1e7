"""Results that have grown too old. Enters: a store, days and the time. Leaves: a store without jobs that ended before."""

from __future__ import annotations

from datetime import datetime, timedelta

from riskapi.store import audit
from riskapi.store.audit import Act
from riskapi.store.database import Store
from riskapi.store.jobs import remove_ended
from riskapi.store.retention import Retention, retention_of, shorter
from riskapi.store.tenants import tenants


def expire(store: Store, days: int, now: datetime, *, by: str) -> int:
    """Delete jobs that ended more than so many days ago, or than their tenant keeps things; how many there were.

    The audit log of each tenant notes how many.
    """
    with store.read() as session:
        kept = {name: shorter(retention_of(session, name), Retention(days)).days or 0 for name in tenants(session)}
    return sum(_expire_tenant(store, tenant, now, own, by) for tenant, own in kept.items())


def _expire_tenant(store: Store, tenant: str, now: datetime, days: int, by: str) -> int:
    before, gone = now - timedelta(days=days), 0
    while True:
        with store.write() as session:
            removed = remove_ended(session, tenant, before)
            if not removed:
                return gone
            detail = {"before": audit.written(before), "jobs": removed}
            audit.append(session, tenant, Act(actor=by, action="retention.applied", subject=tenant, detail=detail), now)
        gone += removed
