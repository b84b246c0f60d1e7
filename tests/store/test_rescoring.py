"""Who may move results on: one worker for each list, over the result he read, with the rules and data that count."""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from riskapi.store import deliveries, rescoring, watch_feed, watchlists, webhooks
from riskapi.store.database import Store, open_store
from riskapi.store.rescoring import Round
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.watch_feed import Entry, Wanted
from riskapi.store.webhooks import NewWebhook
from riskapi.watch.rounds import Rescorer
from tests.store.killed_rescorer import main, work
from tests.store.telling import telling
from tests.store.watching import FIRST, NEXT, NOON, TODAY, Answers, Clock, items_in, make_list, signature, state

ROUNDS, TOGETHER, ITEMS = 1, 2, 12
NOW = Round(NEXT, NEXT, TODAY)


def entries(store: Store) -> list[Entry]:
    found: list[Entry] = []
    with store.read() as session:
        while more := watch_feed.page(session, DEFAULT_TENANT, Wanted(after=found[-1].seq if found else 0), 200)[0]:
            found += more
    return found


def taken(store: Store, ident: str, **later: float) -> rescoring.ListLease | None:
    with store.write() as session:
        return rescoring.take(session, DEFAULT_TENANT, ident, NOON + timedelta(**later))


def test_a_list_is_taken_by_one_worker_until_his_lease_ends(store: Store) -> None:
    ident = make_list(store).id
    first = taken(store, ident)
    assert first is not None
    assert taken(store, ident, seconds=59) is None
    assert taken(store, ident, seconds=61) is not None
    with store.write() as session:
        (item,) = rescoring.due_items(session, first, NOW)
        late = rescoring.settle(session, first, NOW, item, state(60, NEXT), is_change=True, now=NOON)
    assert not late, "who lost the lease must not write"
    assert items_in(store, ident)[0].serial == 1


def test_a_list_that_is_given_back_can_be_taken_at_once(store: Store) -> None:
    ident = make_list(store).id
    lease = taken(store, ident)
    assert lease is not None
    with store.write() as session:
        rescoring.give_back(session, lease)
    assert taken(store, ident) is not None


def due_since(store: Store, day: date) -> datetime | None:
    with store.read() as session:
        return rescoring.due_since(session, day)


def test_a_question_waits_from_the_beginning_of_the_first_day_that_it_has_no_result_of(store: Store) -> None:
    assert due_since(store, TODAY) is None
    make_list(store)
    assert due_since(store, TODAY) is None
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert due_since(store, TODAY + timedelta(days=1)) == midnight
    assert due_since(store, TODAY + timedelta(days=9)) == midnight


def test_a_question_waits_from_the_announcement_of_rules_and_data_that_its_result_is_not_by(store: Store) -> None:
    ident, answers = make_list(store, 2).id, Answers()
    rescorer = Rescorer(store=store, workspaces=answers.lease, now=Clock())
    rescorer.announce()
    assert due_since(store, TODAY) is None, "results by the versions that are announced are no older"
    answers.versions, announced = NEXT, NOON + timedelta(hours=3)
    with store.write() as session:
        rescoring.announce(session, NEXT, announced)
    assert due_since(store, TODAY) == announced
    rescored = Rescorer(store=store, workspaces=answers.lease, now=Clock(announced)).run(TODAY)
    assert (rescored.items, due_since(store, TODAY)) == (2, None)
    assert items_in(store, ident)[0].state.versions == NEXT


def test_a_result_follows_the_one_that_was_read_and_no_other(store: Store) -> None:
    lease = taken(store, make_list(store).id)
    assert lease is not None
    with store.read() as session:
        (item,) = rescoring.due_items(session, lease, NOW)
    kept = []
    for score in (60, 70):
        with store.write() as session:
            kept.append(rescoring.settle(session, lease, NOW, item, state(score, NEXT), is_change=True, now=NOON))
    assert kept == [True, False]
    assert items_in(store, lease.watchlist)[0].state.result["score"] == 60


def test_a_worker_with_older_rules_than_were_announced_writes_nothing(store: Store) -> None:
    ident = make_list(store).id
    with store.write() as session:
        rescoring.announce(session, NEXT, NOON)
    older = Round(FIRST, FIRST, TODAY + timedelta(days=1))
    with store.read() as session:
        assert rescoring.due_lists(session, DEFAULT_TENANT, older, NOON) == ()
    lease = taken(store, ident)
    assert lease is not None
    with store.write() as session:
        (item,) = rescoring.due_items(session, lease, older)
        assert not rescoring.settle(session, lease, older, item, state(1, FIRST), is_change=True, now=NOON)


def test_a_day_never_goes_back(store: Store) -> None:
    ident = make_list(store).id
    yesterday = Round(NEXT, NEXT, TODAY - timedelta(days=1))
    with store.read() as session:
        assert rescoring.due_lists(session, DEFAULT_TENANT, yesterday, NOON) == ()
        assert rescoring.due_lists(session, DEFAULT_TENANT, Round(FIRST, FIRST, TODAY), NOON) == ()
        assert rescoring.due_lists(session, DEFAULT_TENANT, NOW, NOON) == (ident,)
        tomorrow = Round(FIRST, FIRST, TODAY + timedelta(days=1))
        assert rescoring.due_lists(session, DEFAULT_TENANT, tomorrow, NOON) == (ident,)


def test_workers_side_by_side_make_one_entry_and_one_message_for_each_item(store: Store) -> None:
    make_list(store, items=ITEMS)
    with store.write() as session:
        hook = webhooks.create(session, DEFAULT_TENANT, NewWebhook(url="https://x.test", events=("watchlist.alert",)),
                               "mark", signature())  # fmt: skip
    answers = Answers(NEXT, lambda _question, _day: 80.0)
    workers = [Rescorer(store=store, workspaces=answers.lease, now=Clock()) for _ in range(4)]
    threads = [threading.Thread(target=worker.run, args=[TODAY]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers[0].run(TODAY)
    found = entries(store)
    assert [entry.seq for entry in found] == list(range(1, ITEMS + 1))
    assert len({entry.item for entry in found}) == ITEMS
    with store.read() as session:
        sent, _ = deliveries.page(session, hook.id, None, limit=200)
    assert sorted(message.change or 0 for message in sent) == list(range(1, ITEMS + 1))


def test_a_list_that_is_deleted_in_the_middle_ends_its_round(store: Store) -> None:
    ident = make_list(store, items=3).id

    def score_of(question: object, _: object) -> float:
        with store.write() as session:
            watchlists.remove(session, DEFAULT_TENANT, ident, signature())
        return 80.0

    answers = Answers(NEXT, score_of)
    done = Rescorer(store=store, workspaces=answers.lease, now=Clock()).run(TODAY)
    assert (done.changes, len(answers.asked)) == (0, 1)
    assert entries(store) == []


@pytest.mark.slow
def test_rounds_that_are_killed_lose_and_double_no_change(address: str) -> None:
    """Each entry goes from the result of the entry before, so that a lost or doubled one would show as a break."""
    with open_store(address) as store:
        make_list(store, items=ITEMS)
        number, now = 1, NOON
        for _ in range(ROUNDS):
            running = [telling(main, address, number, now) for _ in range(TOGETHER)]
            for process in running:
                process.word()
            time.sleep(random.uniform(0.05, 0.3))  # noqa: S311
            told = [heard for process in running for heard in process.kill()]
            # Later the leases of the killed are over, and what they left is done.
            now += timedelta(minutes=2)
            number = max([number, *told]) + 1
            work(store, number, now)
            number += 1
        _assert_whole(store, number - 1)


def _assert_whole(store: Store, newest: int) -> None:
    found = entries(store)
    assert [entry.seq for entry in found] == list(range(1, len(found) + 1))
    (listed,) = {entry.watchlist for entry in found}
    for item in items_in(store, listed):
        changes = [json.loads(entry.body) for entry in found if entry.item == item.id]
        path = [changes[0]["before"]["versions"]["dataset"]]
        for change in changes:
            assert change["before"]["versions"]["dataset"] == path[-1], "a change was lost or doubled"
            path.append(change["after"]["versions"]["dataset"])
        assert (path[0], path[-1]) == (FIRST.dataset, f"n{newest}")
        assert len(set(path)) == len(path)
        assert item.state.versions.dataset == f"n{newest}"
