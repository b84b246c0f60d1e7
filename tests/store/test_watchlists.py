"""Lists of watched questions: what is kept, who sees it, what a change leaves alone, and that each change is audited."""

from __future__ import annotations

import pytest

from riskapi.errors import NotFoundError, RequestError, RiskapiError
from riskapi.store import audit, watchlists
from riskapi.store.database import Store
from riskapi.store.errors import ConflictError
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.tenants import ensure_tenant
from riskapi.store.watchlists import MOST_ITEMS, MOST_LISTS, ChangedSinceError
from tests.store.watching import items_in, make_list, new_item, signature, state


def acts(store: Store) -> list[str]:
    with store.read() as session:
        log = audit.verify(session, DEFAULT_TENANT)
        assert log.is_sound, log.reason
        return [entry.action for entry in audit.entries(session, DEFAULT_TENANT)]


def test_a_list_comes_back_as_it_was_kept_in_the_order_of_its_items(store: Store) -> None:
    made = make_list(store, items=5)
    with store.read() as session:
        found, items = watchlists.get(session, DEFAULT_TENANT, made.id)
        assert watchlists.watchlists(session, DEFAULT_TENANT) == (found,)
    assert (found.name, found.version, found.items, found.created_by) == ("cars", 1, 5, "anna")
    assert [item.label for item in items] == [f"item {number}" for number in range(5)]
    assert items[0].question == {"parties": ["a0", "b"]}
    assert items[0].state == state()


def test_another_tenant_neither_sees_nor_changes_nor_deletes_a_list(store: Store) -> None:
    made = make_list(store)
    with store.write() as session:
        ensure_tenant(session, "other")
    attempts = (
        lambda session: watchlists.get(session, "other", made.id),
        lambda session: watchlists.change(session, "other", made.id, "mine", [], signature()),
        lambda session: watchlists.add(session, "other", made.id, [new_item(9)], signature()),
        lambda session: watchlists.remove_item(session, "other", made.id, items_in(store, made.id)[0].id, signature()),
        lambda session: watchlists.remove(session, "other", made.id, signature()),
    )
    for attempt in attempts:
        with pytest.raises(NotFoundError), store.write() as session:
            attempt(session)
    with store.read() as session:
        assert watchlists.watchlists(session, "other") == ()
        assert list(audit.entries(session, "other")) == []
    assert len(items_in(store, made.id)) == 1


def test_a_change_keeps_id_and_result_of_questions_that_stay(store: Store) -> None:
    made = make_list(store, items=3)
    before = items_in(store, made.id)
    with store.write() as session:
        wanted = [
            new_item(2, label="two", state=None),
            new_item(7),
            new_item(0, state=None, thresholds={"score": 40.0}),
        ]
        watchlists.change(session, DEFAULT_TENANT, made.id, "vans", wanted, signature("bert"))
    after = {item.label: item for item in items_in(store, made.id)}
    assert set(after) == {"item 0", "two", "item 7"}
    assert (after["two"].id, after["two"].state) == (before[2].id, before[2].state)
    assert (after["item 0"].id, after["item 0"].thresholds) == (before[0].id, {"score": 40.0})
    assert after["item 7"].added_by == "bert"


def test_a_change_that_follows_an_older_version_is_refused(store: Store) -> None:
    made = make_list(store)
    with store.write() as session:
        watchlists.change(session, DEFAULT_TENANT, made.id, "vans", [new_item(0, state=None)], signature(), seen=1)
    with pytest.raises(ChangedSinceError), store.write() as session:
        watchlists.change(session, DEFAULT_TENANT, made.id, "trucks", [], signature(), seen=1)
    with pytest.raises(ChangedSinceError), store.write() as session:
        watchlists.remove(session, DEFAULT_TENANT, made.id, signature(), seen=1)
    with store.read() as session:
        found, items = watchlists.get(session, DEFAULT_TENANT, made.id)
    assert (found.name, found.version, len(items)) == ("vans", 2, 1)


def test_a_known_question_that_was_removed_meanwhile_asks_for_another_try(store: Store) -> None:
    made = make_list(store)
    with pytest.raises(ConflictError) as raised, store.write() as session:
        watchlists.change(session, DEFAULT_TENANT, made.id, "vans", [new_item(5, state=None)], signature())
    assert raised.value.problems[0].code == "watchlist-stale"


def test_each_change_has_its_entry_in_the_audit_log_and_a_refused_one_has_none(store: Store) -> None:
    made = make_list(store)
    with store.write() as session:
        (added,) = watchlists.add(session, DEFAULT_TENANT, made.id, [new_item(1)], signature())
    with store.write() as session:
        watchlists.remove_item(session, DEFAULT_TENANT, made.id, added, signature())
    with pytest.raises(NotFoundError), store.write() as session:
        watchlists.remove_item(session, DEFAULT_TENANT, made.id, added, signature())
    with store.write() as session:
        watchlists.change(session, DEFAULT_TENANT, made.id, "vans", [], signature())
    with store.write() as session:
        watchlists.remove(session, DEFAULT_TENANT, made.id, signature())
    assert acts(store) == [
        "watchlist.created",
        "watchlist.items-added",
        "watchlist.item-removed",
        "watchlist.changed",
        "watchlist.deleted",
    ]


@pytest.mark.parametrize("name", ["", " ", "a\x00b", "x" * 121])
def test_a_name_that_cannot_be_kept_is_refused(store: Store, name: str) -> None:
    with pytest.raises(RequestError), store.write() as session:
        watchlists.create(session, DEFAULT_TENANT, name, [], signature())
    assert acts(store) == []


def test_the_same_question_is_watched_once_in_a_list(store: Store) -> None:
    made = make_list(store)
    with pytest.raises(ConflictError) as raised, store.write() as session:
        watchlists.add(session, DEFAULT_TENANT, made.id, [new_item(1), new_item(0)], signature())
    assert [problem.pointer for problem in raised.value.problems] == ["/items/1"]
    with pytest.raises(RequestError), store.write() as session:
        watchlists.create(session, DEFAULT_TENANT, "twice", [new_item(0), new_item(0)], signature())
    assert len(items_in(store, made.id)) == 1


def test_lists_and_items_are_bounded(store: Store) -> None:
    made = make_list(store, items=MOST_ITEMS)
    with pytest.raises(ConflictError) as raised, store.write() as session:
        watchlists.add(session, DEFAULT_TENANT, made.id, [new_item(1000)], signature())
    assert raised.value.problems[0].code == "too-many-kept"
    with store.write() as session:
        for _ in range(MOST_LISTS - 1):
            watchlists.create(session, DEFAULT_TENANT, "more", [], signature())
    with pytest.raises(ConflictError), store.write() as session:
        watchlists.create(session, DEFAULT_TENANT, "too many", [], signature())


@pytest.mark.parametrize("ident", ["", "x", "'; DROP TABLE watchlists; --", "\x00", "x" * 5000, "../etc/passwd"])
def test_an_id_that_is_none_is_not_found(store: Store, ident: str) -> None:
    make_list(store)
    for attempt in (
        lambda session: watchlists.get(session, DEFAULT_TENANT, ident),
        lambda session: watchlists.remove(session, DEFAULT_TENANT, ident, signature()),
    ):
        with pytest.raises(RiskapiError) as raised, store.write() as session:
            attempt(session)
        assert raised.value.problems[0].code == "watchlist-unknown"
