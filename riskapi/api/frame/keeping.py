"""What operations that keep something share. Enters: a request. Leaves: the archive, who signs, and work that is done once.

A request that is sent twice under one Idempotency-Key is done once; everything that is kept comes through here, so that a
key means the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from riskapi.api.frame.archive import Archive
from riskapi.api.frame.operation import Asked
from riskapi.errors import Problem, RequestError
from riskapi.store.audit import Signature
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.errors import StoreError
from riskapi.store.idempotency import Attempt, Replay

REPEATED: Final = "idempotency-replayed"
_USABLE_KEY: Final = re.compile(r"[!-~]{1,255}")


def archive_of(asked: Asked) -> Archive:
    """Where the service keeps things; raises `StoreError` where it keeps nothing."""
    if asked.archive is None:
        raise StoreError("this service was started without a store")
    return asked.archive


def signature_of(asked: Asked) -> Signature:
    """Who changes something, and when."""
    return Signature(asked.caller.signed, archive_of(asked).now())


def once(asked: Asked, route: str, content: object, work: Callable[[Session], Replay]) -> tuple[Replay, dict[str, str]]:
    """What `work` gives or gave under the key of the request, and the headers that say whether it is a repetition.

    `content` is what decides the answer. Raises what `attempt_of` and `Archive.once` raise.
    """
    replay, is_repeated = archive_of(asked).once(attempt_of(asked, route, content), work)
    return replay, repeated(is_repeated=is_repeated)


def repeated(*, is_repeated: bool) -> dict[str, str]:
    """The headers that say that an answer is the one to an earlier request."""
    return {REPEATED: "true"} if is_repeated else {}


def attempt_of(asked: Asked, route: str, content: object) -> Attempt | None:
    """The attempt at `route` with a content; None where the request has no key. Raises `RequestError` for one that is none."""
    key = asked.repeat_key
    if key is None:
        return None
    if not _USABLE_KEY.fullmatch(key):
        hint = "send 1 to 255 visible ASCII characters, for example a UUID"
        detail = "this cannot be the key of a request"
        raise RequestError(Problem(code="key-malformed", field="Idempotency-Key", detail=detail, hint=hint))
    request_hash = sha256_of(canonical_json(content))
    return Attempt(tenant=asked.caller.tenant, route=route, key=key, request_hash=request_hash)
