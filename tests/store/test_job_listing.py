from __future__ import annotations

import pytest

from riskapi.errors import RequestError
from riskapi.store.database import Store
from riskapi.store.job_listing import JobFilter, JobPage, page
from tests.store.material import HARMLESS, later, with_tenants
from tests.store.queued import put, taken


def listed(store: Store, tenant: str = "default", limit: int = 50, cursor: str | None = None, **wanted: str) -> JobPage:
    with store.read() as session:
        return page(session, tenant, JobFilter(**wanted), limit=limit, cursor=cursor)


def test_pages_go_on_where_they_ended_whatever_is_added_meanwhile(store: Store) -> None:
    with_tenants(store, "press")
    put(store, tenant="press")
    ids = [put(store, later(seconds=second)).id for second in (0, 0, 1, 2, 3)]
    found: list[str] = []
    cursor = None
    while True:
        one = listed(store, limit=2, cursor=cursor)
        assert one.total == 5
        found += [job.id for job in one.items]
        put(store, later(seconds=99))
        cursor = one.next_cursor
        if cursor is None:
            break
    assert found[:3] == ids[:1:-1]
    assert sorted(found) == sorted(ids)


def test_lists_are_narrowed_by_state_kind_and_label(store: Store) -> None:
    put(store, label="first")
    taken(store)
    put(store, kind="matrix", label="second")
    put(store, label=HARMLESS[0])
    assert [job.label for job in listed(store, state="running").items] == ["first"]
    assert listed(store, state="queued").total == 2
    assert [job.label for job in listed(store, kind="matrix").items] == ["second"]
    assert [job.label for job in listed(store, label=HARMLESS[0]).items] == [HARMLESS[0]]
    assert listed(store, label="a\x00b").total == 0
    assert listed(store, tenant="press").items == ()


def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    for second in range(3):
        put(store, later(seconds=second))
    cursor = listed(store, limit=1).next_cursor
    with pytest.raises(RequestError):
        listed(store, limit=1, cursor=cursor, state="done")
    with pytest.raises(RequestError):
        listed(store, tenant="press", limit=1, cursor=cursor)
