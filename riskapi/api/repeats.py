"""Requests that are sent twice under one Idempotency-Key. Enters: a request, what decides its answer. Leaves: an attempt.

`Archive.once` works on an attempt; everything that stores takes it from here, so that a key means the same everywhere.
"""

from __future__ import annotations

import re
from typing import Final

from riskapi.api.operations import Asked
from riskapi.errors import Problem, RequestError
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.idempotency import Attempt

REPEATED: Final = "idempotency-replayed"
_USABLE_KEY: Final = re.compile(r"[!-~]{1,255}")


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
