"""Secrets of webhooks: derived, different for each webhook and generation, and nowhere in what is kept or shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskapi.errors import SettingsError
from riskapi.store import webhooks
from riskapi.store.database import Store
from riskapi.store.errors import ConflictError
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.webhooks import NewWebhook, Webhook
from riskapi.watch.keyring import Keyring, read_keyring
from tests.store.watching import NOON, signature

OLD, NEW = "o" * 32, "n" * 40


def made(store: Store, keyring: Keyring) -> Webhook:
    with store.write() as session:
        new = NewWebhook(url="https://x.test/", events=("watchlist.alert",))
        return webhooks.create(session, DEFAULT_TENANT, new, keyring.newest, signature())


def test_each_webhook_and_generation_has_a_secret_of_its_own() -> None:
    keyring = read_keyring(OLD)
    mark = keyring.newest
    secrets = {keyring.secret(ident, generation, mark) for ident in ("a", "b") for generation in (1, 2)}
    assert len(secrets) == 4
    assert keyring.secret("a", 1, mark) in secrets, "and the same one each time"


def test_a_rotated_webhook_signs_with_both_secrets_until_the_overlap_is_over(store: Store) -> None:
    keyring = read_keyring(OLD)
    before = made(store, keyring)
    (old,) = keyring.secrets_of(before, NOON)
    with store.write() as session:
        after = webhooks.rotate(session, DEFAULT_TENANT, before.id, keyring.newest, overlap=timedelta(hours=1),
                                signature=signature())  # fmt: skip
    new, both = keyring.secrets_of(after, NOON)
    assert both == old != new
    assert keyring.secrets_of(after, NOON + timedelta(hours=1)) == (new,)


def test_a_new_key_in_the_settings_leaves_secrets_alone_until_they_are_rotated(store: Store) -> None:
    old = read_keyring(OLD)
    webhook = made(store, old)
    changing = read_keyring(f"{NEW}, {OLD}")
    assert changing.secrets_of(webhook, NOON) == old.secrets_of(webhook, NOON)
    with store.write() as session:
        rotated = webhooks.rotate(session, DEFAULT_TENANT, webhook.id, changing.newest, overlap=timedelta(hours=1),
                                  signature=signature())  # fmt: skip
    assert changing.secrets_of(rotated, NOON)[1:] == old.secrets_of(webhook, NOON)
    assert len(read_keyring(NEW).secrets_of(rotated, NOON)) == 1
    assert read_keyring(NEW).secrets_of(webhook, NOON) == (), "a key that is gone signs nothing"


def test_without_a_key_there_are_no_secrets_and_the_reason_is_told() -> None:
    with pytest.raises(ConflictError) as raised:
        _ = read_keyring("").newest
    assert raised.value.problems[0].code == "webhooks-off"
    assert "RISKAPI_WEBHOOK_KEY" in (raised.value.problems[0].hint or "")


def test_a_key_that_can_be_guessed_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as raised:
        read_keyring("hunter2")
    assert "hunter2" not in str(raised.value)


def test_neither_keys_nor_secrets_are_in_what_is_kept_or_printed(store: Store) -> None:
    keyring = read_keyring(OLD)
    webhook = made(store, keyring)
    (secret,) = keyring.secrets_of(webhook, NOON)
    with store.read() as session:
        kept = str(list(session.connection().exec_driver_sql("SELECT * FROM webhooks, audit_entries").all()))
    for text in (kept, repr(keyring), repr(webhook)):
        assert OLD not in text
        assert secret not in text
        assert secret.removeprefix("whsec_") not in text
