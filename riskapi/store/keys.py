"""API keys: who calls, for which tenant, and how much he may do.

Enters: a session, what a key is for, and the time. Leaves: the text of a new key, shown once, and the caller that a
presented key stands for. A key reads `rk_<id>_<secret>`. Of the secret, 256 random bits, only the SHA-256 is kept: a slow
hash guards what people choose and can be guessed, which random bits are not.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from riskapi.errors import NotFoundError, Problem, RequestError
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.canonical import sha256_of
from riskapi.store.database import Store, insert_missing
from riskapi.store.errors import ConflictError, KeyRefusedError, StoreError
from riskapi.store.tables import KeyRow, TenantRow
from riskapi.store.tenants import ensure_tenant
from riskapi.store.texts import check_texts

#: The last use of a key is noted at most this often.
NOTED_EVERY: Final = timedelta(minutes=1)
#: What the text of every key begins with.
PREFIX: Final = "rk_"
_ID_BYTES, _SECRET_BYTES = 8, 32
_FORM = re.compile(r"rk_([0-9a-f]{16})_([0-9a-f]{64})")
_NOBODY: Final = sha256_of("nobody")
_ASK: Final = "ask an administrator for a new one"
_UNKNOWN: Final = Problem(
    code="key-unknown", detail="the API key is not known", hint="see that it was copied whole: `rk_...`"
)
_REVOKED: Final = Problem(code="key-revoked", detail="the API key was revoked", hint=_ASK)
_EXPIRED: Final = Problem(code="key-expired", detail="the API key has expired", hint=_ASK)


class Scope(StrEnum):
    """What a key allows; each includes those before it."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    EDITOR = "editor"
    ADMIN = "admin"

    def allows(self, needed: Scope) -> bool:
        """Whether this scope is the needed one or a higher one."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as lists show it; `expires_at` None is never, `replaced_by` names the key it was rotated to."""

    id: str
    tenant: str
    name: str
    scope: Scope
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None
    last_used_at: datetime | None

    def works_at(self, now: datetime) -> bool:
        """Whether the key is accepted at that moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is for."""

    tenant: str
    name: str
    scope: Scope
    expires_at: datetime | None = None


def create(session: Session, new: NewKey, signature: Signature) -> tuple[ApiKey, str]:
    """Make a key, and its tenant where there is none; the text is shown to its holder and kept nowhere."""
    by, now = signature.by, signature.at
    check_texts(name=new.name, actor=by)
    if new.expires_at is not None and new.expires_at <= now:
        raise RequestError(
            Problem(code="expires-in-the-past", field="expires", detail="the key would have expired before it was made",
                    hint="name a later day, or none")
        )  # fmt: skip
    ensure_tenant(session, new.tenant)
    ident, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    row = KeyRow(
        id=ident, tenant=new.tenant, name=new.name, scope=new.scope.value, secret_hash=sha256_of(secret),
        created_at=now, created_by=by, expires_at=new.expires_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    detail = {
        "name": new.name,
        "scope": new.scope.value,
        "expires": audit.written(new.expires_at) if new.expires_at else None,
    }
    audit.append(session, new.tenant, Act(actor=by, action="key.created", subject=ident, detail=detail), now)
    return _shown(row), f"rk_{ident}_{secret}"


def adopt(session: Session, text: str, new: NewKey, signature: Signature) -> ApiKey:
    """Take a key whose text was made elsewhere, unless its id is known; one that was revoked or has ended stays so.

    Raises `RequestError` for a text that is no key, `ConflictError` where the id is known with another secret.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        hint = "write `rk_`, 16 hexadecimal digits, `_`, 64 hexadecimal digits; make the digits at random"
        raise RequestError(
            Problem(code="key-malformed", field="key", detail="this is not the text of a key", hint=hint)
        )
    ident, secret = match.groups()
    ensure_tenant(session, new.tenant)
    made_now = {
        "scope": new.scope.value,
        "secret_hash": sha256_of(secret),
        "created_at": signature.at,
        "tenant": new.tenant,
    }
    # Several workers start at once: one makes the key, the others find it.
    session.execute(select(TenantRow.id).where(TenantRow.id == new.tenant).with_for_update())
    known = session.get(KeyRow, ident)
    if known is None:
        insert_missing(
            session, KeyRow, id=ident, name=new.name, created_by=signature.by, expires_at=new.expires_at, **made_now
        )
        known = session.get_one(KeyRow, ident, populate_existing=True)
        detail = {"name": new.name, "scope": new.scope.value, "expires": None}
        act = Act(actor=signature.by, action="key.created", subject=ident, detail=detail)
        audit.append(session, new.tenant, act, signature.at)
    if not hmac.compare_digest(known.secret_hash, sha256_of(secret)):
        detail_told = f"the store knows key {ident} with another secret"
        raise ConflictError(Problem(code="key-differs", field="key", detail=detail_told, hint="make a new text"))
    return _shown(known)


def authenticate(store: Store, presented: str, now: datetime) -> ApiKey:
    """The key of the presented text; raises `KeyRefusedError`. Its last use is noted at most once a minute.

    Unknown ids and wrong secrets take the same way and get the same words; only who holds the secret is told that the
    key has expired or was revoked.
    """
    match = _FORM.fullmatch(presented)
    ident, secret = match.groups() if match else ("", "")
    with store.read() as session:
        row = session.get(KeyRow, ident)
        fits = hmac.compare_digest(sha256_of(secret), row.secret_hash if row else _NOBODY)
        key = _shown(row) if row else None
    if key is None or not fits:
        raise KeyRefusedError(_UNKNOWN)
    if key.revoked_at is not None:
        raise KeyRefusedError(_REVOKED)
    if not key.works_at(now):
        raise KeyRefusedError(_EXPIRED)
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        _note_use(store, ident, now)
    return key


def _note_use(store: Store, ident: str, now: datetime) -> None:
    due = KeyRow.last_used_at.is_(None) | (KeyRow.last_used_at <= now - NOTED_EVERY)
    try:
        with store.write() as session:
            session.execute(update(KeyRow).where(KeyRow.id == ident, due).values(last_used_at=now))
    except StoreError:
        return  # a full disk must not lock out those who only read


def rotate(
    session: Session, tenant: str, ident: str, *, overlap: timedelta, signature: Signature
) -> tuple[ApiKey, str]:
    """A new key like the old one, which works until the overlap is over. Raises `NotFoundError`, `ConflictError`.

    The new key has the old one's time to live, counted from now; one without an end stays so.
    """
    by, now = signature.by, signature.at
    row = _row(session, tenant, ident)
    old = _shown(row)
    if not old.works_at(now) or old.replaced_by:
        detail = f"key {ident} was replaced, was revoked, or has expired"
        raise ConflictError(Problem(code="key-not-in-use", field="id", detail=detail, hint="create a new key instead"))
    expires_at = now + (old.expires_at - old.created_at) if old.expires_at else None
    new = NewKey(tenant=tenant, name=old.name, scope=old.scope, expires_at=expires_at)
    made, text = create(session, new, signature)
    until = now + overlap
    row.expires_at = min(until, old.expires_at) if old.expires_at else until
    row.replaced_by = made.id
    session.flush()
    detail_of_act = {"replaced_by": made.id, "works_until": audit.written(row.expires_at)}
    audit.append(session, tenant, Act(actor=by, action="key.rotated", subject=ident, detail=detail_of_act), now)
    return made, text


def revoke(session: Session, tenant: str, ident: str, signature: Signature) -> ApiKey:
    """End a key at once and for good; one that was revoked before stays as it is. Raises `NotFoundError`."""
    row = _row(session, tenant, ident)
    if row.revoked_at is None:
        row.revoked_at = signature.at
        session.flush()
        audit.append(session, tenant, Act(actor=signature.by, action="key.revoked", subject=ident), signature.at)
    return _shown(row)


def keys(session: Session, tenant: str | None = None) -> tuple[ApiKey, ...]:
    """All keys in the order of their making; of one tenant, or of all for those who run the service."""
    wanted = select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)
    if tenant is not None:
        wanted = wanted.where(KeyRow.tenant == tenant)
    return tuple(_shown(row) for row in session.scalars(wanted))


def any_in_use(session: Session, now: datetime) -> bool:
    """Whether at least one key is accepted now."""
    return any(key.works_at(now) for key in keys(session))


def any_made(session: Session) -> bool:
    """Whether a key was ever made, whatever became of it."""
    return session.scalar(select(KeyRow.id).limit(1)) is not None


def _row(session: Session, tenant: str, ident: str) -> KeyRow:
    wanted = select(KeyRow).where(KeyRow.tenant == tenant, KeyRow.id == ident).with_for_update()
    row = session.scalars(wanted).one_or_none() if re.fullmatch(r"[0-9a-f]{16}", ident) else None
    if row is None:
        hint = "`riskapi keys list` shows the ids: the part between the underscores"
        raise NotFoundError(Problem(code="key-id-unknown", field="id", detail="no key has this id", hint=hint))
    return row


def _shown(row: KeyRow) -> ApiKey:
    return ApiKey(
        id=row.id, tenant=row.tenant, name=row.name, scope=Scope(row.scope), created_at=row.created_at,
        created_by=row.created_by, expires_at=row.expires_at, revoked_at=row.revoked_at, replaced_by=row.replaced_by,
        last_used_at=row.last_used_at,
    )  # fmt: skip
