"""Signatures of webhook messages, as https://www.standardwebhooks.com describes them. For senders and receivers alike.

Enters: a secret, the headers and the exact bytes of a message. Leaves: a signature, or a `Verified` message that is from the
holder of the secret, of the last minutes, and not seen before. Needs nothing but the standard library.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from riskapi.errors import Problem, RiskapiError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX: Final = "whsec_"
#: Seconds by which the clock of the sender may differ.
TOLERANCE: Final = 300
#: Ids that are remembered at least as long as their messages are accepted.
MOST_REMEMBERED: Final = 100_000
_VERSION: Final = "v1,"
_LONGEST_ID: Final = 256
_MOST_DIGITS: Final = 12
_MOST_SIGNATURES: Final = 16


class WebhookRefusedError(RiskapiError):
    """The message is not from the sender, is too old, or was received before."""

    code = "webhook-refused"
    title = "The message is not accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A message that can be believed; `data` is its JSON."""

    id: str
    timestamp: int
    data: Any


class SeenIds:
    """Remembers the ids of messages, so that one that is sent again by a stranger is refused; for several threads.

    One process remembers for itself: where several receive, keep the ids in their database and pass it with `verify(seen=...)`.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._until: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, ident: str, until: int, now: int) -> bool:
        """Remember an id until that second; False where it is remembered already. Full of live ids, nothing is new."""
        with self._lock:
            while self._until and next(iter(self._until.values())) < now:
                self._until.popitem(last=False)
            if ident in self._until or len(self._until) >= self._most:
                return False
            self._until[ident] = until
            return True

    def forget(self, ident: str) -> None:
        """Let a message in again whose work has failed."""
        with self._lock:
            self._until.pop(ident, None)


def sign(secrets: Iterable[str], ident: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message; each secret gives one signature, so that an old and a new one may hold at once."""
    signed = " ".join(_VERSION + _signature(secret, ident, str(timestamp), body) for secret in secrets)
    return {ID: ident, TIMESTAMP: str(timestamp), SIGNATURE: signed}


def verify(  # noqa: PLR0913  # a message in its parts, and how strict to be
    secret: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: float,
    *,
    seen: SeenIds | None = None,
    tolerance: int = TOLERANCE,
) -> Verified:
    """The message, if one of the secrets signed it within `tolerance` seconds of `now` and `seen` has not had it before.

    `body` is the request's body byte for byte, before it is parsed; `now` is in seconds since 1970 (`time.time()`). A
    sender repeats a message under the same id until it gets a 2xx: one that is refused as `webhook-replayed` was received
    before, so answer it with 2xx and do nothing; where the work with it failed, `seen.forget(id)` lets it in again. Raises
    `WebhookRefusedError`; which check failed is in the code of its problem.
    """
    given = {name.lower(): value for name, value in headers.items()}
    ident, moment, signatures = (given.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not ident or len(ident) > _LONGEST_ID or not signatures:
        raise _refused(f"the headers {ID}, {TIMESTAMP} and {SIGNATURE} are needed", code="webhook-unsigned")
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= _MOST_DIGITS):
        raise _refused(f"{TIMESTAMP} is not a number of seconds", code="webhook-unsigned")
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not _is_signed(secrets, ident, moment, body, signatures):
        raise _refused("no signature is that of this secret over this message", code="webhook-forged")
    if abs(now - int(moment)) > tolerance:
        raise _refused(f"the message is more than {tolerance} seconds old, or from the future", code="webhook-stale")
    # A repetition is accepted as long as its timestamp is, so its id is remembered as long.
    if seen is not None and not seen.is_new(ident, int(now) + 2 * tolerance + 1, int(now)):
        detail = "a message with this id was received before"
        raise _refused(detail, code="webhook-replayed", answer="answer with status 204")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _refused("the body is not JSON", code="webhook-unreadable") from None
    return Verified(id=ident, timestamp=int(moment), data=data)


def _is_signed(secrets: Iterable[str], ident: str, moment: str, body: bytes, signatures: str) -> bool:
    """Whether any pair fits; all are compared, so that time tells nothing."""
    given = [
        item.removeprefix(_VERSION) for item in signatures.split(" ")[:_MOST_SIGNATURES] if item.startswith(_VERSION)
    ]
    fits = False
    for secret in secrets:
        wanted = _signature(secret, ident, moment, body).encode()
        for item in given:
            fits |= hmac.compare_digest(wanted, item.encode(errors="replace"))
    return fits


def _signature(secret: str, ident: str, moment: str, body: bytes) -> str:
    content = b".".join((ident.encode(errors="replace"), moment.encode(), body))
    return base64.b64encode(hmac.digest(_key_of(secret), content, hashlib.sha256)).decode()


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        detail = f"a secret reads `{PREFIX}` and base64; see that it was copied whole"
        raise _refused(detail, code="webhook-secret") from None


def _refused(detail: str, *, code: str, answer: str = "answer with status 400") -> WebhookRefusedError:
    hint = f"{answer}, and do nothing with the message"
    return WebhookRefusedError(Problem(code=code, detail=detail, hint=hint))
