"""The outbox: who may send a message, what is noted of it, and what comes back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from riskapi.errors import NotFoundError, RequestError
from riskapi.store import deliveries, webhooks
from riskapi.store.database import Store
from riskapi.store.deliveries import REMEMBERED, Attempt, Claim, Delivery, DeliveryState, Message
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.webhooks import NewWebhook, Webhook
from tests.store.watching import NOON, signature

FAILED = Attempt(at=NOON, status=500, problem="status 500", seconds=0.1)
WELL = Attempt(at=NOON, status=204, problem=None, seconds=0.1)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def hook(store: Store) -> Webhook:
    with store.write() as session:
        new = NewWebhook(url="https://x.test/", events=("watchlist.alert",))
        return webhooks.create(session, DEFAULT_TENANT, new, "mark", signature())


def put(store: Store, hook: Webhook, number: int = 1) -> list[Delivery]:
    with store.write() as session:
        return [
            deliveries.enqueue(session, hook, Message(event="watchlist.alert", body=b"{}", change=place),
                               NOON + timedelta(seconds=place))
            for place in range(number)
        ]  # fmt: skip


def claim(store: Store, hook: Webhook, **later: float) -> Claim | None:
    with store.write() as session:
        return deliveries.claim(session, hook.id, NOON + timedelta(**later))


def finish(store: Store, claimed: Claim | None, attempt: Attempt, due_at: object = None) -> bool:
    assert claimed is not None
    with store.write() as session:
        return deliveries.finish(session, claimed, attempt, due_at)  # type: ignore[arg-type]


def shown(store: Store, message: Delivery) -> Delivery:
    with store.read() as session:
        return deliveries.get(session, DEFAULT_TENANT, message.webhook, message.id)


def test_the_oldest_message_comes_first_and_to_one_sender_alone(store: Store, hook: Webhook) -> None:
    first, second = put(store, hook, 2)
    one, two, none = (claim(store, hook, minutes=1) for _ in range(3))
    assert one
    assert two
    assert (one.id, two.id, none) == (first.id, second.id, None)
    assert (one.body, one.webhook, one.attempts) == (b"{}", hook, 0)


def test_the_outbox_is_counted_with_the_moment_of_the_message_that_waits_longest(store: Store, hook: Webhook) -> None:
    with store.read() as session:
        assert deliveries.outbox(session).oldest is None
    _, second, _ = put(store, hook, 3)
    assert finish(store, claim(store, hook, minutes=1), FAILED)
    with store.read() as session:
        found = deliveries.outbox(session)
    assert found.counts == {DeliveryState.WAITING: 2, DeliveryState.DELIVERED: 0, DeliveryState.DEAD: 1}
    assert found.oldest == second.created_at
    assert finish(store, claim(store, hook, minutes=1), WELL)
    assert finish(store, claim(store, hook, minutes=1), WELL)
    with store.read() as session:
        assert deliveries.outbox(session).oldest is None


def test_senders_at_the_same_moment_get_different_messages(store: Store, hook: Webhook) -> None:
    put(store, hook, 12)
    got: list[str] = []

    def take() -> None:
        while found := claim(store, hook, minutes=1):
            got.append(found.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while found := claim(store, hook, minutes=1):
        got.append(found.id)
    assert (len(got), len(set(got))) == (12, 12)


def test_a_message_that_was_taken_is_free_again_when_its_lease_ends(store: Store, hook: Webhook) -> None:
    (message,) = put(store, hook)
    lost = claim(store, hook)
    assert claim(store, hook, seconds=89) is None
    again = claim(store, hook, seconds=91)
    assert again
    assert again.id == message.id
    assert not finish(store, lost, WELL)
    assert finish(store, again, WELL)
    assert not finish(store, again, FAILED), "it is noted once"
    assert shown(store, message).state is DeliveryState.DELIVERED


def test_a_failed_message_waits_for_its_time_and_remembers_its_last_attempts(store: Store, hook: Webhook) -> None:
    (message,) = put(store, hook)
    for _ in range(REMEMBERED + 3):
        with store.read() as session:
            assert deliveries.due_webhooks(session, LATER) == (hook.id,)
        assert finish(store, claim(store, hook, minutes=5), FAILED, LATER)
        with store.read() as session:
            assert deliveries.due_webhooks(session, LATER - timedelta(seconds=1)) == ()
    after = shown(store, message)
    assert (after.state, after.due_at, after.attempts) == (DeliveryState.WAITING, LATER, REMEMBERED + 3)
    assert after.tries == (FAILED,) * REMEMBERED


def test_a_message_that_is_given_up_is_dead_and_can_be_sent_again(store: Store, hook: Webhook) -> None:
    (message,) = put(store, hook)
    assert finish(store, claim(store, hook), FAILED, None)
    assert shown(store, message).state is DeliveryState.DEAD
    with store.write() as session:
        again = deliveries.send_again(session, DEFAULT_TENANT, hook.id, message.id, signature(at=LATER))
    assert (again.state, again.due_at, again.attempts, len(again.tries)) == (DeliveryState.WAITING, LATER, 0, 1)
    with store.write() as session:
        deliveries.give_up_all(session, hook.id, LATER)
    assert shown(store, message).state is DeliveryState.DEAD


def test_pages_go_from_the_newest_to_the_oldest_and_leave_nothing_out(store: Store, hook: Webhook) -> None:
    wanted = [message.id for message in put(store, hook, 5)][::-1]
    finish(store, claim(store, hook), WELL)
    seen: list[str] = []
    more = True
    while more:
        with store.read() as session:
            found, more = deliveries.page(session, hook.id, None, limit=2, before=seen[-1] if seen else None)
        seen += [message.id for message in found]
    assert seen == wanted
    with store.read() as session:
        (delivered,), _ = deliveries.page(session, hook.id, DeliveryState.DELIVERED, limit=9)
        assert delivered.id == wanted[-1]
        for cursor in ("msg_none", "'; --", "\x00"):
            with pytest.raises(RequestError):
                deliveries.page(session, hook.id, None, limit=9, before=cursor)


def test_a_message_of_another_tenant_or_webhook_is_not_found(store: Store, hook: Webhook) -> None:
    (message,) = put(store, hook)
    with store.read() as session:
        for tenant, webhook, ident in (
            ("other", hook.id, message.id),
            (DEFAULT_TENANT, "x", message.id),
            (DEFAULT_TENANT, hook.id, "\x00"),
        ):
            with pytest.raises(NotFoundError):
                deliveries.get(session, tenant, webhook, ident)


def test_only_messages_that_ended_are_forgotten(store: Store, hook: Webhook) -> None:
    put(store, hook, 3)
    finish(store, claim(store, hook), WELL)
    finish(store, claim(store, hook, minutes=1), FAILED)
    with store.write() as session:
        assert deliveries.remove_ended(session, NOON) == 0
        assert deliveries.remove_ended(session, LATER, limit=1) == 1
        assert deliveries.remove_ended(session, LATER) == 1
        assert len(deliveries.page(session, hook.id, None, limit=9)[0]) == 1
