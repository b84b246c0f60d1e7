"""The change feed: whoever goes on with the last number he saw misses nothing and sees nothing twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from riskapi.store import audit, retention, watch_feed
from riskapi.store.database import Store
from riskapi.store.retention import Retention
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.tenants import ensure_tenant
from riskapi.store.watch_feed import Wanted
from tests.store.watching import NOON, items_in, make_list, signature

WRITERS, EACH = 4, 15


def numbers(store: Store, after: int = 0, limit: int = 200, tenant: str = DEFAULT_TENANT) -> list[int]:
    with store.read() as session:
        return [entry.seq for entry in watch_feed.page(session, tenant, Wanted(after=after), limit)[0]]


def test_a_reader_beside_several_writers_sees_each_entry_once_and_in_order(store: Store) -> None:
    item = items_in(store, make_list(store).id)[0]

    def write() -> None:
        for _ in range(EACH):
            with store.write() as session:
                watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads):
        seen += numbers(store, seen[-1] if seen else 0, limit=7)
    while more := numbers(store, seen[-1] if seen else 0, limit=7):
        seen += more
    assert seen == list(range(1, WRITERS * EACH + 1))


def test_an_entry_of_a_transaction_that_failed_leaves_no_gap(store: Store) -> None:
    item = items_in(store, make_list(store).id)[0]
    with pytest.raises(ZeroDivisionError), store.write() as session:
        watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq / 0}, NOON)
    with store.write() as session:
        assert watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON) == (1, '{"seq":1}')


def test_pages_are_those_of_one_list_or_all_and_from_a_moment_on(store: Store) -> None:
    one, two = (items_in(store, make_list(store, name=name).id)[0] for name in ("one", "two"))
    with store.write() as session:
        for hours, item in enumerate((one, two, one)):
            watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON + timedelta(hours=hours))
    with store.read() as session:
        of_one = watch_feed.page(session, DEFAULT_TENANT, Wanted(watchlist=one.watchlist), 10)
        later = watch_feed.page(session, DEFAULT_TENANT, Wanted(since=NOON + timedelta(hours=1)), 1)
    assert ([entry.seq for entry in of_one[0]], of_one[1]) == ([1, 3], False)
    assert ([entry.seq for entry in later[0]], later[1]) == ([2], True)


def test_tenants_have_feeds_of_their_own(store: Store) -> None:
    with store.write() as session:
        ensure_tenant(session, "other")
    items = {
        tenant: items_in(store, make_list(store, tenant=tenant).id, tenant)[0] for tenant in ("other", DEFAULT_TENANT)
    }
    with store.write() as session:
        for tenant, item in items.items():
            watch_feed.append(session, tenant, item, lambda seq: {"seq": seq}, NOON)
    assert numbers(store, tenant="other") == numbers(store) == [1]


def test_numbers_go_on_after_old_entries_were_deleted(store: Store) -> None:
    item = items_in(store, make_list(store).id)[0]
    with store.write() as session:
        for _ in range(3):
            watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON)
        assert watch_feed.remove_before(session, DEFAULT_TENANT, NOON + timedelta(days=1)) == 3
    with store.write() as session:
        watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON)
    assert numbers(store) == [4]


def test_retention_takes_old_changes_of_its_tenant_and_notes_how_many(store: Store) -> None:
    item = items_in(store, make_list(store).id)[0]
    signed = signature("cron", NOON + timedelta(days=40))
    with store.write() as session:
        for days in (0, 1, 35):
            watch_feed.append(session, DEFAULT_TENANT, item, lambda seq: {"seq": seq}, NOON + timedelta(days=days))
        retention.choose(session, DEFAULT_TENANT, Retention(30), signed)
    retention.purge(store, signed)
    assert numbers(store) == [3]
    with store.read() as session:
        last = list(audit.entries(session, DEFAULT_TENANT))[-1]
    assert (last.action, last.detail["changes"]) == ("retention.applied", 2)
