from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from riskapi.errors import RequestError
from riskapi.store import assessments
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.listing import Filter, Page
from riskapi.store.listing import page as page_of
from riskapi.store.tables import AssessmentRow
from tests.store.material import NOON, REFUSED, add, later, with_tenants

BY = Signature("Root", NOON)


def page(store: Store, tenant: str = "default", limit: int = 50, cursor: str | None = None, **wanted: Any) -> Page:
    with store.read() as session:
        return page_of(session, tenant, Filter(**wanted), limit=limit, cursor=cursor)


def ids(store: Store, **wanted: Any) -> set[str]:
    return {item.id for item in page(store, **wanted).items}


def test_a_cursor_of_another_tenant_is_refused(store: Store) -> None:
    with_tenants(store, "other")
    for _ in range(2):
        add(store)
    cursor = page(store, limit=1).next_cursor
    with pytest.raises(RequestError):
        page(store, "other", cursor=cursor)


def test_asking_for_such_a_text_finds_nothing(store: Store) -> None:
    add(store)
    for text in REFUSED:
        assert page(store, party=text).items == page(store, label=text).items == page(store, band=text).items == ()


def test_a_wildcard_is_a_letter_like_any_other(store: Store) -> None:
    add(store, label="abc", parties=("abc",))
    assert ids(store, label="%") == ids(store, party="a%") == ids(store, party="___") == set()


def test_each_filter_narrows_the_list_and_ranges_include_their_ends(store: Store) -> None:
    first = add(store, NOON, as_of=date(2020, 1, 1), band="low", label="a", parties=("byd", "BYD"))
    second = add(store, later(hours=1), as_of=date(2021, 1, 1), band="high", label="b", parties=("ford", "Ford Motor"))
    one, two = {first.id}, {second.id}
    assert ids(store, party="BYD") == ids(store, party="byd") == one
    assert ids(store, party="  ford   MOTOR ") == two
    assert ids(store, label="a") == ids(store, band="low") == one
    assert ids(store, as_of_from=date(2020, 1, 2)) == ids(store, as_of_from=date(2021, 1, 1)) == two
    assert ids(store, as_of_to=date(2020, 12, 31)) == ids(store, as_of_to=date(2020, 1, 1)) == one
    assert ids(store, created_from=later(seconds=1)) == ids(store, created_from=later(hours=1)) == two
    assert ids(store, created_to=later(minutes=59)) == ids(store, created_to=NOON) == one
    assert ids(store, created_from=NOON, created_to=later(hours=1), band="high", party="ford") == two
    assert ids(store, band="high", label="a") == set()


def test_the_newest_comes_first_and_the_last_page_has_no_cursor(store: Store) -> None:
    made = [add(store, later(minutes=minute)) for minute in range(5)]
    first = page(store, limit=3)
    second = page(store, limit=3, cursor=first.next_cursor)
    assert [item.id for item in (*first.items, *second.items)] == [item.id for item in reversed(made)]
    assert (first.total, second.total, second.next_cursor) == (5, 5, None)


def test_a_list_may_go_from_the_oldest_to_the_newest(store: Store) -> None:
    made = [add(store, later(minutes=minute)) for minute in range(5)]
    first = page(store, limit=3, oldest_first=True)
    second = page(store, limit=3, oldest_first=True, cursor=first.next_cursor)
    assert [item.id for item in (*first.items, *second.items)] == [item.id for item in made]
    with pytest.raises(RequestError):
        page(store, cursor=first.next_cursor)


def test_a_page_that_is_exactly_full_is_the_last_one(store: Store) -> None:
    for minute in range(3):
        add(store, later(minutes=minute))
    assert page(store, limit=3).next_cursor is None


def test_an_empty_list_is_one_page(store: Store) -> None:
    assert page(store) == Page(items=(), total=0, next_cursor=None)


def test_a_page_holds_no_more_than_is_allowed_and_no_less_than_one(store: Store) -> None:
    for _ in range(3):
        add(store)
    assert len(page(store, limit=0).items) == len(page(store, limit=-5).items) == 1
    assert len(page(store, limit=10**9).items) == 3


moves = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=12)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=25
)
@given(before=st.lists(st.integers(0, 3), max_size=12), between=moves, limit=st.integers(1, 4), ascending=st.booleans())
def test_turning_pages_shows_each_row_once_while_others_are_added(
    store: Store, before: list[int], between: list[tuple[int, bool]], limit: int, ascending: bool
) -> None:
    # Rows of one moment are many, so that the order by id decides; some of the later ones bear an earlier time.
    with store.write() as session:
        for ident in session.scalars(select(AssessmentRow.id)).all():
            assessments.remove(session, "default", ident, BY)
    expected = [add(store, later(minutes=minute)).id for minute in before]
    added: set[str] = set()
    seen: list[str] = []
    cursor, step = None, 0
    while True:
        found = page(store, limit=limit, cursor=cursor, oldest_first=ascending)
        assert found.total == len(before)
        seen += [item.id for item in found.items]
        if found.next_cursor is None:
            break
        cursor = found.next_cursor
        minutes, is_late = between[step % len(between)]
        added.add(add(store, later(days=1, minutes=minutes) if is_late else later(days=2)).id)
        step += 1
    assert len(seen) == len(set(seen))
    assert set(seen) == set(expected)
    assert not added & set(seen)


def test_turning_pages_while_threads_write_shows_every_old_row_once(store: Store) -> None:
    old = {add(store, later(minutes=random.randint(0, 20))).id for _ in range(40)}  # noqa: S311
    seen: list[str] = []

    def write(number: int) -> None:
        add(store, later(hours=1, seconds=number))

    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(write, number) for number in range(40)]
        cursor: str | None = None
        found = page(store, limit=7, created_to=later(minutes=30))
        while True:
            seen += [item.id for item in found.items]
            cursor = found.next_cursor
            if cursor is None:
                break
            found = page(store, limit=7, cursor=cursor, created_to=later(minutes=30))
        for outcome in written:
            outcome.result()
    assert sorted(seen) == sorted(old)
