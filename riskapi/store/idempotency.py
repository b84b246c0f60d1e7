"""Requests that are sent twice are worked on once: the second gets what the first got.

Enters: an idempotency key with tenant, route and the hash of the request, and the time. Leaves: a `Lease` to work under, or
the `Replay` of the first answer. `finish` belongs to the transaction of the work: either the work and its answer are
kept or neither is. Who crashes loses the lease after a while; who is too slow and comes back finds it taken, and his work is
rolled back.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from riskapi.errors import Problem
from riskapi.store.database import Store, insert_missing
from riskapi.store.errors import ConflictError
from riskapi.store.tables import AttemptRow
from riskapi.store.texts import check_texts

#: How long an answer is kept for repetition.
KEPT_FOR: Final = timedelta(hours=24)
#: How long an attempt may take before another may begin.
LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request under a key; `request_hash` is that of its body and whatever else decides the answer."""

    tenant: str
    route: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on an attempt; `token` shows that it is still the same right."""

    attempt: Attempt
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The answer that the first attempt got."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class InProgressError(ConflictError):
    """The same request is being worked on; `retry_after` is in seconds."""

    code = "request-in-progress"
    title = "The same request is being worked on"

    def __init__(self, retry_after: int) -> None:
        hint = f"ask again in a moment; if the first attempt has failed, the key is free in {retry_after} seconds"
        super().__init__(Problem(code=self.code, detail="a request with this key is being worked on", hint=hint))
        self.retry_after = retry_after


class KeyReusedError(ConflictError):
    """The key was used for another request."""

    code = "idempotency-key-reused"
    title = "The idempotency key was used for another request"


def begin(store: Store, attempt: Attempt, now: datetime) -> Lease | Replay:
    """Take the lease, or the first answer. Raises `InProgressError`, `KeyReusedError`, and `RequestError` for a bad key."""
    with store.write() as session:
        return begin_in(session, attempt, now)


def begin_in(session: Session, attempt: Attempt, now: datetime) -> Lease | Replay:
    """The same in an open transaction; the lease holds once that is committed."""
    check_texts(idempotency_key=attempt.key, route=attempt.route)
    token = secrets.token_hex(32)
    held = _held(session, attempt, token, now)
    if held.token == token:
        return Lease(attempt, token)
    if held.expires_at > now:
        if held.request_hash != attempt.request_hash:
            hint = "make a new key for each new request"
            raise KeyReusedError(Problem(code="idempotency-key-reused", field="Idempotency-Key", hint=hint,
                                         detail="the key was used for a request with another content"))  # fmt: skip
        if held.status is not None:
            return Replay(status=held.status, headers=json.loads(held.headers or "{}"), body=held.body or b"")
        if held.lease_until > now:
            raise InProgressError(max(1, round((held.lease_until - now).total_seconds())))
    _take(session, held, attempt, token, now)
    return Lease(attempt, token)


def _held(session: Session, attempt: Attempt, token: str, now: datetime) -> AttemptRow:
    """The row of the key, made where there is none; nobody else changes it until the transaction ends."""
    insert_missing(
        session, AttemptRow,
        tenant=attempt.tenant, route=attempt.route, key=attempt.key, request_hash=attempt.request_hash, token=token,
        lease_until=now + LEASE, expires_at=now + KEPT_FOR,
    )  # fmt: skip
    return session.scalars(select(AttemptRow).where(*_same(attempt)).with_for_update()).one()


def _same(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return AttemptRow.tenant == attempt.tenant, AttemptRow.route == attempt.route, AttemptRow.key == attempt.key


def _take(session: Session, held: AttemptRow, attempt: Attempt, token: str, now: datetime) -> None:
    held.request_hash, held.token = attempt.request_hash, token
    held.lease_until, held.expires_at = now + LEASE, now + KEPT_FOR
    held.status = held.headers = held.body = None
    session.flush()


def finish(session: Session, lease: Lease, replay: Replay) -> None:
    """Keep the answer, inside the transaction of the work. Raises `ConflictError` where the lease was lost: roll back."""
    kept = (
        update(AttemptRow)
        .where(*_same(lease.attempt), AttemptRow.token == lease.token, AttemptRow.status.is_(None))
        .values(status=replay.status, headers=json.dumps(dict(replay.headers)), body=replay.body)
        .returning(AttemptRow.key)
    )
    if not session.execute(kept).all():
        hint = "send the request again with the same key to get the other answer"
        detail = "the work took too long, and another attempt with the same key has begun"
        raise ConflictError(Problem(code="lease-lost", detail=detail, hint=hint))


def release(store: Store, lease: Lease) -> None:
    """Give the key free after work that failed, so that the request can be sent again at once."""
    with store.write() as session:
        session.execute(
            delete(AttemptRow).where(
                *_same(lease.attempt), AttemptRow.token == lease.token, AttemptRow.status.is_(None)
            )
        )


def remove_expired(session: Session, now: datetime, *, limit: int = 500) -> int:
    """Delete at most `limit` answers that nobody may repeat any more; how many there were."""
    keys = (AttemptRow.tenant, AttemptRow.route, AttemptRow.key)
    old = session.execute(select(*keys).where(AttemptRow.expires_at <= now).limit(limit)).all()
    for tenant, route, key in old:
        attempt = Attempt(tenant=tenant, route=route, key=key, request_hash="")
        session.execute(delete(AttemptRow).where(*_same(attempt), AttemptRow.expires_at <= now))
    return len(old)
