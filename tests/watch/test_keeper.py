"""The threads of the service: they begin, do their work by themselves, bear failures, and end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from riskapi.store import deliveries, rescoring, watch_feed, webhooks
from riskapi.store.database import Store
from riskapi.store.rescoring import Round
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.watch_feed import Wanted
from riskapi.store.webhooks import NewWebhook
from riskapi.watch.delivering import Deliverer
from riskapi.watch.keeper import Keeper
from riskapi.watch.keyring import read_keyring
from riskapi.watch.rounds import Done, Rescorer
from riskapi.watch.targets import read_policy
from tests.store.watching import FIRST, NEXT, NOON, TODAY, Answers, Clock, make_list, signature
from tests.watch.receiver import receiving

KEYS = read_keyring("k" * 32)


def keeper(store: Store, answers: Answers, hosts: tuple[str, ...] = (), **more: Any) -> Keeper:
    clock = Clock()
    sender = Deliverer(store=store, keyring=KEYS, policy=read_policy(hosts), now=clock)
    return Keeper(Rescorer(store=store, workspaces=answers.lease, now=clock), sender, lambda: TODAY, every=0.02, **more)


def wait_for(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not met():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def entries(store: Store) -> int:
    with store.read() as session:
        return len(watch_feed.page(session, DEFAULT_TENANT, Wanted(), 200)[0])


def test_a_change_of_data_reaches_the_receiver_without_anybody_asking(store: Store) -> None:
    make_list(store, items=2)
    answers, done = Answers(), list[Done]()
    with receiving() as receiver:
        with store.write() as session:
            new = NewWebhook(url=receiver.url, events=("watchlist.alert",))
            webhooks.create(session, DEFAULT_TENANT, new, KEYS.newest, signature())
        watch = keeper(store, answers, (receiver.host,), told=done.append)
        watch.start()
        try:
            wait_for(lambda: len(done) >= 2)
            assert entries(store) == 0
            answers.score_of, answers.versions = lambda *_: 80.0, NEXT
            wait_for(lambda: len(receiver.got) == 2)
        finally:
            watch.stop()
    assert entries(store) == 2
    assert sum(one.changes for one in done) == 2


def test_a_failure_is_borne_and_the_next_look_does_the_work(store: Store) -> None:
    make_list(store)
    answers = Answers(NEXT, lambda *_: 80.0)
    looks: list[int] = []

    def lease(tenant: str | None) -> Any:
        looks.append(1)
        if len(looks) < 4:
            raise ZeroDivisionError
        return Answers.lease(answers, tenant)

    answers.lease = lease  # type: ignore[method-assign]
    watch = keeper(store, answers)
    watch.start()
    try:
        wait_for(lambda: entries(store) == 1)
    finally:
        watch.stop()


def test_versions_are_announced_when_they_change_and_at_no_other_time(store: Store) -> None:
    make_list(store)
    answers = Answers(FIRST)
    watch = keeper(store, answers)
    watch.look()
    answers.versions = NEXT
    watch.look()
    with store.write() as session:
        rescoring.announce(session, FIRST, NOON)  # a worker with other rules was started meanwhile
    watch.look()
    with store.read() as session:
        assert rescoring.due_lists(session, DEFAULT_TENANT, Round(NEXT, NEXT, TODAY), NOON) == ()
        assert rescoring.due_lists(session, DEFAULT_TENANT, Round(FIRST, FIRST, TODAY), NOON) != ()


def test_stopping_ends_the_threads_even_before_they_were_started(store: Store) -> None:
    never = keeper(store, Answers())
    never.stop()
    watch = keeper(store, Answers())
    for _ in range(2):  # a service may be started again
        watch.start()
        watch.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("watch-")]


def test_now_and_then_old_messages_are_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[object] = []

    def remove_ended(*_: object) -> int:
        cleaned.append(1)
        return 0

    monkeypatch.setattr(deliveries, "remove_ended", remove_ended)
    monkeypatch.setattr("riskapi.watch.keeper._CLEANS_EVERY", 3)
    watch = keeper(store, Answers())
    for _ in range(6):
        watch.send()
    assert len(cleaned) == 2
