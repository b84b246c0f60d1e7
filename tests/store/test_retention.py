from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from riskapi.errors import NotFoundError, RequestError
from riskapi.store import assessments, audit, idempotency, retention
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.idempotency import Attempt
from riskapi.store.listing import Filter, page
from riskapi.store.retention import MOST_DAYS, Purged, Retention
from tests.store.material import HARMLESS, NOON, REFUSED, add, later, with_tenants

BY = Signature("Root", NOON)
DAY = NOON.date()


def choose(store: Store, days: int | None, tenant: str = "default") -> None:
    with store.write() as session:
        retention.choose(session, tenant, Retention(days), BY)


def chosen(store: Store, tenant: str = "default") -> Retention:
    with store.read() as session:
        return retention.retention_of(session, tenant)


def left(store: Store, tenant: str = "default") -> int:
    with store.read() as session:
        return page(session, tenant, Filter()).total


def purge(store: Store, **after: float) -> Purged:
    return retention.purge(store, Signature("Root", later(**after)))


def test_without_a_choice_everything_is_kept_for_ever(store: Store) -> None:
    add(store)
    assert chosen(store) == Retention(None)
    assert purge(store, days=36_000).assessments == 0
    assert left(store) == 1


def test_what_is_older_than_the_choice_goes_and_only_of_that_tenant(store: Store) -> None:
    with_tenants(store, "other")
    choose(store, 30)
    for day in (0, 1, 2):
        add(store, later(days=day))
        add(store, later(days=day), tenant="other")
    assert purge(store, days=30).assessments == 0
    assert purge(store, days=31, seconds=1).assessments == 2
    assert (left(store), left(store, "other")) == (1, 3)


def test_many_old_rows_go_in_several_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    remove = assessments.remove_before
    monkeypatch.setattr(assessments, "remove_before", lambda *given: remove(*given, limit=2))
    choose(store, 1)
    for _ in range(5):
        add(store)
    assert purge(store, days=2).assessments == 5


def test_storing_nothing_is_told_apart_and_clears_what_was_there(store: Store) -> None:
    add(store)
    choose(store, 0)
    assert chosen(store).stores_nothing
    assert not Retention(1).stores_nothing
    assert not Retention(None).stores_nothing
    purge(store, seconds=1)
    assert left(store) == 0


def test_answers_that_nobody_may_repeat_any_more_go_too(store: Store) -> None:
    idempotency.begin(store, Attempt(tenant="default", route="r", key="k", request_hash="0" * 64), NOON)
    assert purge(store, hours=23).attempts == 0
    assert purge(store, hours=24).attempts == 1


def test_the_choice_and_each_deletion_are_in_the_audit_log(store: Store) -> None:
    add(store)
    choose(store, 1)
    purge(store, days=2)
    purge(store, days=3)
    with store.read() as session:
        found = [(entry.action, dict(entry.detail)) for entry in audit.entries(session, "default")]
    before = audit.written(NOON + timedelta(days=1))
    assert found[1:] == [
        ("retention.chosen", {"days": 1}), ("retention.applied", {"assessments": 1, "before": before})
    ]  # fmt: skip


@pytest.mark.parametrize("days", [-1, MOST_DAYS + 1])
def test_a_time_that_cannot_be_kept_is_refused(days: int) -> None:
    with pytest.raises(RequestError):
        Retention(days)


def test_the_longest_time_is_still_a_date(store: Store) -> None:
    choose(store, MOST_DAYS)
    assert purge(store).assessments == 0


def test_a_tenant_that_is_not_there_has_no_choice(store: Store) -> None:
    for tenant in ("nobody", *HARMLESS, *REFUSED):
        with pytest.raises(NotFoundError):
            chosen(store, tenant)
        with pytest.raises(NotFoundError):
            choose(store, 1, tenant)


def test_requests_are_counted_by_day_and_kind_and_nothing_else_is_kept(store: Store) -> None:
    with_tenants(store, "other")

    def count(number: int) -> None:
        with store.write() as session:
            retention.count_request(session, "default", DAY + timedelta(days=number % 2), "score")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(30)))
    with store.write() as session:
        retention.count_request(session, "default", DAY, "matrix")
        retention.count_request(session, "other", DAY, "score")
    with store.read() as session:
        assert retention.counts(session, "default", DAY, DAY) == {(DAY, "matrix"): 1, (DAY, "score"): 15}
        assert sum(retention.counts(session, "default", DAY, DAY + timedelta(days=1)).values()) == 31
    assert left(store) == 0
