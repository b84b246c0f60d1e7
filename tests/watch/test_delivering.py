"""Messages leave the outbox at least once, signed, in time, and stop where they are not wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from riskapi.store import audit, deliveries, webhooks
from riskapi.store.database import Store
from riskapi.store.deliveries import Delivery, DeliveryState, Message
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.webhooks import NewWebhook, Webhook
from riskapi.watch.delivering import DELAYS, Deliverer, Passed
from riskapi.watch.keyring import read_keyring
from riskapi.watch.post import Poster
from riskapi.watch.signature import SeenIds, WebhookRefusedError, verify
from riskapi.watch.targets import read_policy
from tests.store.watching import NOON, Clock, signature
from tests.watch.receiver import Receiver, receiving, saying, taking

KEYS = read_keyring("k" * 32)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def deliverer(store: Store, clock: Clock, *receivers: Receiver, **more: Any) -> Deliverer:
    fields: dict[str, Any] = {
        "keyring": KEYS, "policy": read_policy([one.host for one in receivers]), "poster": Poster(patience=20),
        "fraction": lambda: 0.5,
    }  # fmt: skip
    return Deliverer(store=store, now=clock, **{**fields, **more})


def hook(store: Store, url: str) -> Webhook:
    with store.write() as session:
        new = NewWebhook(url=url, events=("watchlist.alert",))
        return webhooks.create(session, DEFAULT_TENANT, new, KEYS.newest, signature())


def enqueue(store: Store, webhook: Webhook, *bodies: bytes) -> list[Delivery]:
    with store.write() as session:
        return [
            deliveries.enqueue(session, webhook, Message(event="watchlist.alert", body=body), NOON) for body in bodies
        ]


def shown(store: Store, message: Delivery) -> Delivery:
    with store.read() as session:
        return deliveries.get(session, DEFAULT_TENANT, message.webhook, message.id)


def parts(request: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {name.lower(): value for name, value in pairs}, body


def secret(store: Store, webhook: Webhook, at: datetime = NOON) -> str:
    with store.read() as session:
        return KEYS.secrets_of(webhooks.get(session, DEFAULT_TENANT, webhook.id), at)[0]


def test_a_message_is_delivered_once_and_its_receiver_can_verify_it(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    webhook = hook(store, receiver.url)
    (message,) = enqueue(store, webhook, b'{"says":"moved"}')
    told: list[str] = []
    sender = deliverer(store, clock, receiver, told=told.append)
    assert (sender.run(), sender.run(), told) == (Passed(delivered=1), Passed(), ["delivered"])
    headers, body = parts(receiver.got[0])
    found = verify(secret(store, webhook), headers, body, clock().timestamp())
    assert (found.id, found.data) == (message.id, {"says": "moved"})
    after = shown(store, message)
    assert (after.state, after.attempts, after.due_at, after.tries[0].status) == (DeliveryState.DELIVERED, 1, None, 204)


def test_messages_of_one_webhook_arrive_in_their_order(store: Store, receiver: Receiver, clock: Clock) -> None:
    webhook = hook(store, receiver.url)
    for number in range(5):
        with store.write() as session:
            body = b'{"n":%d}' % number
            deliveries.enqueue(session, webhook, Message(event="watchlist.alert", body=body), clock())
    assert deliverer(store, clock, receiver).run() == Passed(delivered=5)
    assert [parts(request)[1] for request in receiver.got] == [b'{"n":%d}' % number for number in range(5)]


def test_a_message_that_fails_is_tried_ten_times_within_a_day_and_is_then_dead(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    receiver.answer = saying("500 Oh")
    (message,) = enqueue(store, hook(store, receiver.url), b"{}")
    sender = deliverer(store, clock, receiver)
    began, waits = clock.moment, []
    for _ in range(20):
        assert sender.run() == Passed(failed=1)
        assert sender.run() == Passed(), "not before its time"
        due = shown(store, message).due_at
        if due is None:
            break
        waits.append((due - clock.moment).total_seconds())
        clock.moment = due
    assert waits == pytest.approx(DELAYS, abs=1)
    assert 0.9 < (clock.moment - began) / timedelta(days=1) < 1.1
    dead = shown(store, message)
    assert (dead.state, dead.attempts, len(dead.tries)) == (DeliveryState.DEAD, 10, 10)
    ids = {parts(request)[0]["webhook-id"] for request in receiver.got}
    stamps = {parts(request)[0]["webhook-timestamp"] for request in receiver.got}
    assert ids == {message.id}
    assert len(stamps) == 10, "each attempt is signed anew"


def test_delays_are_spread_and_a_receiver_may_lengthen_them(store: Store, clock: Clock) -> None:
    waits = {
        fraction: deliverer(store, clock, fraction=lambda fraction=fraction: fraction).next_attempt(3, NOON)
        for fraction in (0.0, 1.0)
    }
    assert waits == {0.0: NOON + timedelta(seconds=240), 1.0: NOON + timedelta(seconds=400)}
    sender = deliverer(store, clock)
    assert sender.next_attempt(0, NOON, 120) == NOON + timedelta(seconds=120)
    assert sender.next_attempt(6, NOON, 1) == NOON + timedelta(seconds=DELAYS[6])
    assert sender.next_attempt(len(DELAYS), NOON) is None


def test_gone_switches_a_webhook_off_and_gives_up_what_waits(store: Store, receiver: Receiver, clock: Clock) -> None:
    receiver.answer = saying("410 Gone")
    webhook = hook(store, receiver.url)
    messages = enqueue(store, webhook, b"{}", b"{}")
    assert deliverer(store, clock, receiver).run() == Passed(failed=1)
    with store.read() as session:
        after = webhooks.get(session, DEFAULT_TENANT, webhook.id)
        log = [entry.action for entry in audit.entries(session, DEFAULT_TENANT)]
    assert after.disabled_at is not None
    assert not after.wants("watchlist.alert", "any")
    assert [shown(store, message).state for message in messages] == [DeliveryState.DEAD] * 2
    assert log == ["webhook.created", "webhook.switched-off"]
    assert len(receiver.got) == 1


def test_a_message_of_a_killed_sender_is_sent_again_under_its_id(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    webhook = hook(store, receiver.url)
    (message,) = enqueue(store, webhook, b"{}")
    with store.write() as session:
        killed = deliveries.claim(session, webhook.id, clock())
    assert killed is not None
    sender = deliverer(store, clock, receiver)
    assert sender.run() == Passed(), "somebody has it"
    clock.move(seconds=91)
    assert sender.run() == Passed(delivered=1)
    attempt = deliveries.Attempt(at=clock(), status=500, problem="late", seconds=1)
    with store.write() as session:
        assert not deliveries.finish(session, killed, attempt, None), "who lost the lease changes nothing"
    assert shown(store, message).state is DeliveryState.DELIVERED


def test_senders_side_by_side_send_each_message_once(store: Store, receiver: Receiver, clock: Clock) -> None:
    for _ in range(3):
        enqueue(store, hook(store, receiver.url), *[b"{}"] * 6)
    threads = [threading.Thread(target=deliverer(store, clock, receiver).run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliverer(store, clock, receiver).run()
    ids = [parts(request)[0]["webhook-id"] for request in receiver.got]
    assert (len(ids), len(set(ids))) == (18, 18)


def test_a_webhook_that_fails_holds_up_no_other(store: Store, receiver: Receiver, clock: Clock) -> None:
    with receiving(saying("500 Oh")) as broken:
        enqueue(store, hook(store, broken.url), *[b"{}"] * 3)
        enqueue(store, hook(store, receiver.url), *[b"{}"] * 3)
        assert deliverer(store, clock, receiver, broken).run() == Passed(delivered=3, failed=1)
        assert len(broken.got) == 1, "after a failure the others of this webhook wait"


def test_the_policy_of_now_counts_and_not_that_of_the_day_when_the_webhook_was_made(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    (message,) = enqueue(store, hook(store, receiver.url), b"{}")
    assert deliverer(store, clock).run() == Passed(failed=1)
    assert receiver.got == []
    assert shown(store, message).tries[0].problem


def test_a_redirect_to_the_inside_is_not_followed_and_counts_as_a_failure(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    with receiving() as inner:
        receiver.answer = saying("307 Temporary Redirect", f"Location: {inner.url}")
        (message,) = enqueue(store, hook(store, receiver.url), b"{}")
        deliverer(store, clock, receiver, inner).run()
        assert inner.got == []
    assert shown(store, message).tries[0].problem == "status 307: redirects are not followed"


def test_after_a_rotation_old_and_new_receivers_verify_until_the_overlap_is_over(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    webhook = hook(store, receiver.url)
    old = secret(store, webhook)
    with store.write() as session:
        webhooks.rotate(session, DEFAULT_TENANT, webhook.id, KEYS.newest, overlap=timedelta(hours=1),
                        signature=signature())  # fmt: skip
    new = secret(store, webhook)
    for hours, both in ((0.0, True), (2.0, False)):
        clock.move(hours=hours)
        enqueue(store, webhook, b"{}")
        deliverer(store, clock, receiver).run()
        headers, body = parts(receiver.got[-1])
        now = clock.moment.timestamp()
        assert verify(new, headers, body, now).data == {}
        if both:
            assert verify(old, headers, body, now).data == {}
        else:
            with pytest.raises(WebhookRefusedError):
                verify(old, headers, body, now)


def test_a_key_that_is_gone_from_the_settings_signs_nothing(store: Store, receiver: Receiver, clock: Clock) -> None:
    (message,) = enqueue(store, hook(store, receiver.url), b"{}")
    assert deliverer(store, clock, receiver, keyring=read_keyring("x" * 32)).run() == Passed(failed=1)
    assert receiver.got == []
    assert "rotate" in (shown(store, message).tries[0].problem or "")


def test_a_dead_message_can_be_sent_again_and_its_receiver_sees_that_he_had_it(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    webhook, seen = hook(store, receiver.url), SeenIds()
    (message,) = enqueue(store, webhook, b"{}")
    sender = deliverer(store, clock, receiver)
    sender.run()
    with store.write() as session:
        deliveries.send_again(session, DEFAULT_TENANT, webhook.id, message.id, signature(at=clock()))
    assert sender.run() == Passed(delivered=1)
    first, again = (parts(request) for request in receiver.got)
    assert verify(secret(store, webhook), *first, clock().timestamp(), seen=seen).id == message.id
    with pytest.raises(WebhookRefusedError, match="received before"):
        verify(secret(store, webhook), *again, clock().timestamp(), seen=seen)


def test_messages_are_forgotten_a_month_after_they_ended(store: Store, receiver: Receiver, clock: Clock) -> None:
    webhook = hook(store, receiver.url)
    enqueue(store, webhook, b"{}")
    sender = deliverer(store, clock, receiver)
    sender.run()
    waiting = enqueue(store, webhook, b"{}")[0]
    assert sender.clean() == 0
    clock.move(days=31)
    assert sender.clean() == 1
    with store.read() as session:
        assert [one.id for one in deliveries.page(session, webhook.id, None, limit=10)[0]] == [waiting.id]


def test_a_sender_that_is_told_to_stop_leaves_the_rest_to_the_next(
    store: Store, receiver: Receiver, clock: Clock
) -> None:
    enqueue(store, hook(store, receiver.url), *[b"{}"] * 3)
    stopped = deliverer(store, clock, receiver, stops=lambda: len(receiver.got) >= 1)
    assert stopped.run() == Passed(delivered=1)
    receiver.answer = taking
    assert deliverer(store, clock, receiver).run() == Passed(delivered=2)
