"""Webhooks in the store: whose they are, what they want, and that each change is audited without address or secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskapi.errors import NotFoundError
from riskapi.store import audit, deliveries, webhooks
from riskapi.store.database import Store
from riskapi.store.deliveries import Message
from riskapi.store.errors import ConflictError
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.tenants import ensure_tenant
from riskapi.store.webhooks import MOST_WEBHOOKS, NewWebhook, Webhook
from tests.store.watching import NOON, signature

URL = "https://hooks.example.org/token-in-the-path"


def make(store: Store, tenant: str = DEFAULT_TENANT, **more: object) -> Webhook:
    fields = {"url": URL, "events": ("watchlist.alert",), **more}
    with store.write() as session:
        return webhooks.create(session, tenant, NewWebhook(**fields), "mark1", signature())  # type: ignore[arg-type]


def test_a_webhook_comes_back_as_it_was_kept(store: Store) -> None:
    made = make(store, watchlists=("a", "b"), label="desk")
    with store.read() as session:
        assert webhooks.get(session, DEFAULT_TENANT, made.id) == made
        assert webhooks.webhooks(session, DEFAULT_TENANT) == (made,)
    assert (made.generation, made.key_mark, made.overlap_until, made.disabled_at) == (1, "mark1", None, None)


def test_it_wants_its_events_of_its_lists_until_it_is_switched_off(store: Store) -> None:
    made = make(store, watchlists=("a",))
    assert made.wants("watchlist.alert", "a")
    assert not made.wants("watchlist.alert", "b")
    assert not made.wants("watchlist.changed", "a")
    with store.write() as session:
        webhooks.switch_off(session, DEFAULT_TENANT, made.id, "gone", signature("service"))
        after = webhooks.get(session, DEFAULT_TENANT, made.id)
    assert not after.wants("watchlist.alert", "a")
    assert after.disabled_because == "gone"


def test_another_tenant_neither_sees_nor_changes_it(store: Store) -> None:
    made = make(store)
    with store.write() as session:
        ensure_tenant(session, "other")
    for attempt in (
        lambda session: webhooks.get(session, "other", made.id),
        lambda session: webhooks.rotate(session, "other", made.id, "m", overlap=timedelta(0), signature=signature()),
        lambda session: webhooks.remove(session, "other", made.id, signature()),
        lambda session: webhooks.switch_off(session, "other", made.id, "x", signature()),
    ):
        with pytest.raises(NotFoundError), store.write() as session:
            attempt(session)
    with store.read() as session:
        assert webhooks.webhooks(session, "other") == ()


def test_a_rotation_remembers_the_key_before_and_how_long_it_counts(store: Store) -> None:
    made = make(store)
    with store.write() as session:
        after = webhooks.rotate(
            session, DEFAULT_TENANT, made.id, "mark2", overlap=timedelta(hours=1), signature=signature()
        )
    assert (after.generation, after.key_mark, after.before_mark) == (2, "mark2", "mark1")
    assert after.overlap_until == NOON + timedelta(hours=1)


def test_the_audit_log_has_each_act_and_never_the_address(store: Store) -> None:
    made = make(store)
    with store.write() as session:
        webhooks.rotate(session, DEFAULT_TENANT, made.id, "mark2", overlap=timedelta(0), signature=signature())
    with store.write() as session:
        webhooks.remove(session, DEFAULT_TENANT, made.id, signature())
    with store.read() as session:
        log = [entry.plain() for entry in audit.entries(session, DEFAULT_TENANT)]
        assert audit.verify(session, DEFAULT_TENANT).is_sound
    assert [entry["action"] for entry in log] == ["webhook.created", "webhook.rotated", "webhook.deleted"]
    assert "hooks.example.org" not in str(log)


def test_with_a_webhook_its_messages_go(store: Store) -> None:
    made = make(store)
    with store.write() as session:
        deliveries.enqueue(session, made, Message(event="watchlist.alert", body=b"{}"), NOON)
    with store.write() as session:
        webhooks.remove(session, DEFAULT_TENANT, made.id, signature())
    with store.read() as session:
        assert deliveries.due_webhooks(session, NOON + timedelta(days=1)) == ()


def test_webhooks_are_bounded(store: Store) -> None:
    for _ in range(MOST_WEBHOOKS):
        make(store)
    with pytest.raises(ConflictError) as raised:
        make(store)
    assert raised.value.problems[0].code == "too-many-kept"
