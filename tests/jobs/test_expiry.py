from __future__ import annotations

from datetime import timedelta

from riskapi.jobs.expiry import expire
from riskapi.store import audit, retention
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.job_listing import JobFilter, page
from riskapi.store.retention import Retention
from tests.store.material import NOON, with_tenants
from tests.store.queued import done, put


def left(store: Store, tenant: str = "default") -> int:
    with store.read() as session:
        return page(session, tenant, JobFilter()).total


def test_results_go_when_they_are_too_old_and_the_log_notes_how_many(store: Store) -> None:
    done(store)
    done(store, NOON + timedelta(days=1))
    put(store)
    assert expire(store, 30, NOON + timedelta(days=30), by="service") == 0
    assert expire(store, 30, NOON + timedelta(days=30, seconds=1), by="service") == 1
    assert left(store) == 2
    with store.read() as session:
        *_, last = audit.entries(session, "default")
    assert (last.action, last.detail["jobs"], last.actor) == ("retention.applied", 1, "service")


def test_a_tenant_that_keeps_things_for_less_keeps_results_for_less(store: Store) -> None:
    with_tenants(store, "press")
    done(store)
    done(store, tenant="press")
    with store.write() as session:
        retention.choose(session, "press", Retention(2), Signature("Ben", NOON))
    assert expire(store, 30, NOON + timedelta(days=3), by="service") == 1
    assert (left(store), left(store, "press")) == (1, 0)
