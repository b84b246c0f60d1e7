"""The secrets of webhooks, derived and kept nowhere. Enters: keys of the settings. Leaves: the secret of a webhook.

A secret is HMAC-SHA256, under a key of RISKAPI_WEBHOOK_KEY, of the webhook's id and the generation of its secret. Who has
the store or a backup of it but not the settings can forge nothing, and there is no ciphertext to look after. The price:
without the key nothing can be signed. Several keys may stand in the setting, the one for new secrets first, so that it can be
changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from riskapi.errors import Problem, SettingsError
from riskapi.store.errors import ConflictError
from riskapi.store.webhooks import Webhook
from riskapi.watch.signature import PREFIX

FEWEST_CHARACTERS: Final = 32
VARIABLE: Final = "RISKAPI_WEBHOOK_KEY"
_HINT: Final = "`openssl rand -base64 32` makes one; keep it with the other secrets of the service"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys by their marks, the one for new secrets first."""

    keys: dict[str, bytes] = field(repr=False)

    @property
    def newest(self) -> str:
        """The mark of the key for new secrets; raises `ConflictError` where there is no key."""
        for mark in self.keys:
            return mark
        detail = "this service has no key to make secrets of webhooks with"
        hint = f"whoever runs the service sets {VARIABLE}; {_HINT}"
        raise ConflictError(Problem(code="webhooks-off", detail=detail, hint=hint))

    def secret(self, webhook: str, generation: int, mark: str) -> str | None:
        """The secret of a generation; None where the key of that mark is not there any more."""
        key = self.keys.get(mark)
        if key is None:
            return None
        digest = hmac.digest(key, f"secret of webhook {webhook}, generation {generation}".encode(), hashlib.sha256)
        return PREFIX + base64.b64encode(digest).decode()

    def secrets_of(self, webhook: Webhook, now: datetime) -> tuple[str, ...]:
        """Every secret that signs just now, the newest first; none where its key is not there any more."""
        newest = self.secret(webhook.id, webhook.generation, webhook.key_mark)
        overlaps = webhook.overlap_until is not None and now < webhook.overlap_until
        before = (
            self.secret(webhook.id, webhook.generation - 1, webhook.before_mark)
            if overlaps and webhook.before_mark
            else None
        )
        return tuple(secret for secret in (newest, before) if secret is not None)


def read_keyring(text: str) -> Keyring:
    """The keys of the setting, with commas between; an empty text is no key. Raises `SettingsError`."""
    keys = [part.strip() for part in text.split(",") if part.strip()]
    if any(len(key) < FEWEST_CHARACTERS for key in keys):
        detail = f"a key has fewer than {FEWEST_CHARACTERS} characters"
        raise SettingsError(Problem(code="setting-invalid", field=VARIABLE, detail=detail, hint=_HINT))
    return Keyring({_mark_of(key): key.encode() for key in keys})


def _mark_of(key: str) -> str:
    """What tells one key from another and nothing else of it."""
    return hmac.digest(key.encode(), b"mark of a webhook key", hashlib.sha256).hex()[:16]
