"""The audit log: who did what to which thing, when; each entry carries the hash of the one before.

Enters: a session, a tenant, an act and the time. Leaves: entries, and the answer whether the chain still holds. There is one
chain for each tenant, so that a tenant can check its own export. An entry belongs to the transaction of the act that it
records: there is never one without the other. It holds ids and counts, never what was asked.

The hash is SHA-256 of the canonical JSON of all other fields. A chain alone does not show that its end was cut off by
somebody who can write to the database: note the head that `verify` tells, elsewhere, and give it to the next `verify`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from riskapi.errors import Problem, RequestError
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.database import insert_missing
from riskapi.store.tables import AuditHeadRow, AuditRow
from riskapi.store.texts import check_texts, is_storable

#: What the first entry names as the hash before it.
BEGINNING: Final = "0" * 64
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is recorded: `actor` did `action` (`assessment.created`) to `subject` (an id); `detail` holds ids and counts."""

    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who acts (the name of a key, or of whoever sits at the machine), and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it is stored; the fields in the order of exports."""

    tenant: str
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    hash: str

    def plain(self) -> dict[str, Any]:
        """JSON-ready fields; the hash is that of all others."""
        return {
            "tenant": self.tenant,
            "seq": self.seq,
            "at": written(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": dict(self.detail),
            "previous": self.previous,
            "hash": self.hash,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last entry of a chain; `seq` 0 where there is none."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a look through a chain found: `broken_at` is the first entry that is wrong, None where all are sound."""

    tenant: str
    entries: int
    head: Head
    broken_at: int | None = None
    reason: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed, left out or put in."""
        return self.broken_at is None


def written(moment: datetime) -> str:
    """A moment as exports and hashes have it: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append(session: Session, tenant: str, act: Act, now: datetime) -> Entry:
    """Add an entry inside the transaction of the act. Others who append for the tenant wait until it ends."""
    check_texts(actor=act.actor, action=act.action, subject=act.subject)
    insert_missing(session, AuditHeadRow, tenant=tenant, seq=0, hash=BEGINNING)
    # Another transaction may have moved the head since this session read it last.
    held = select(AuditHeadRow.seq, AuditHeadRow.hash).where(AuditHeadRow.tenant == tenant).with_for_update()
    seq, previous = session.execute(held).one()
    fields: dict[str, Any] = {
        "tenant": tenant,
        "seq": seq + 1,
        "at": now,
        "actor": act.actor,
        "action": act.action,
        "subject": act.subject,
        "detail": dict(act.detail or {}),
        "previous": previous,
    }
    digest = _hash_of(fields)
    session.add(AuditRow(**{**fields, "detail": canonical_json(fields["detail"]), "hash": digest}))
    moved = update(AuditHeadRow).where(AuditHeadRow.tenant == tenant).values(seq=seq + 1, hash=digest)
    session.flush()
    session.execute(moved)
    return Entry(**fields, hash=digest)


def _hash_of(fields: Mapping[str, Any]) -> str:
    return sha256_of(canonical_json({**fields, "at": written(fields["at"])}))


def head(session: Session, tenant: str) -> Head:
    """The last entry of the tenant's chain."""
    found = session.execute(select(AuditHeadRow.seq, AuditHeadRow.hash).where(AuditHeadRow.tenant == tenant)).first()
    return Head(seq=found.seq, hash=found.hash) if found else Head(seq=0, hash=BEGINNING)


def entries(session: Session, tenant: str, *, after: int = 0, limit: int | None = None) -> Iterator[Entry]:
    """The entries in order, a few hundred in memory at a time; those added meanwhile are left out."""
    yield from map(_entry, _rows(session, tenant, after=after, limit=limit))


def entries_about(session: Session, tenant: str, subject: str) -> tuple[Entry, ...]:
    """What happened to one thing, by its id, in order."""
    if not is_storable(subject):
        return ()
    mine = (AuditRow.tenant == tenant, AuditRow.subject == subject)
    return tuple(_entry(row) for row in session.execute(select(*_COLUMNS).where(*mine).order_by(AuditRow.seq)))


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        tenant=row.tenant, seq=row.seq, at=row.at, actor=row.actor, action=row.action, subject=row.subject,
        detail=json.loads(row.detail), previous=row.previous, hash=row.hash,
    )  # fmt: skip


_COLUMNS = (
    AuditRow.tenant, AuditRow.seq, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.subject, AuditRow.detail,
    AuditRow.previous, AuditRow.hash,
)  # fmt: skip


def _rows(
    session: Session, tenant: str, *, after: int = 0, limit: int | None = None
) -> Iterator[Row[*tuple[Any, ...]]]:
    newest = session.scalar(select(func.max(AuditRow.seq)).where(AuditRow.tenant == tenant)) or 0
    last = newest if limit is None else min(newest, after + limit)
    while after < last:
        chunk = session.execute(
            select(*_COLUMNS)
            .where(AuditRow.tenant == tenant, AuditRow.seq > after, AuditRow.seq <= last)
            .order_by(AuditRow.seq)
            .limit(_CHUNK)
        ).all()
        if not chunk:
            return
        yield from chunk
        after = chunk[-1].seq


def verify(session: Session, tenant: str, *, noted: Head | None = None) -> Verification:
    """Look through the chain; with `noted`, a head that was told before, also see that it is still part of it.

    The session is one of `Store.read`, which sees one moment: what is added meanwhile is not mixed in.
    """
    told = head(session, tenant)
    previous, seq, noted_is_there = BEGINNING, 0, noted is None or (noted.seq == 0 and noted.hash == BEGINNING)
    for row in _rows(session, tenant):
        reason = _fault(row, seq + 1, previous)
        if reason:
            return Verification(tenant=tenant, entries=seq, head=told, broken_at=seq + 1, reason=reason)
        previous, seq = row.hash, row.seq
        noted_is_there = noted_is_there or (noted is not None and (noted.seq, noted.hash) == (seq, row.hash))
    reason = _fault_at_end(Head(seq=seq, hash=previous), told)
    if not reason and noted and not noted_is_there:
        missing = "is not in the log" if noted.seq > seq else "has another hash now"
        return Verification(
            tenant=tenant, entries=seq, head=told, broken_at=noted.seq, reason=f"the noted entry {noted.seq} {missing}"
        )
    broken_at = min(seq, told.seq) + 1 if reason else None
    return Verification(tenant=tenant, entries=seq, head=told, broken_at=broken_at, reason=reason)


def _fault(row: Row[*tuple[Any, ...]], wanted: int, previous: str) -> str | None:
    if row.seq != wanted:
        return f"entry {wanted} is missing"
    if row.previous != previous:
        return "it does not follow from the entry before"
    try:
        detail = json.loads(row.detail)
        fields = {
            "tenant": row.tenant, "seq": row.seq, "at": row.at, "actor": row.actor, "action": row.action,
            "subject": row.subject, "detail": detail, "previous": row.previous,
        }  # fmt: skip
        sound = _hash_of(fields) == row.hash and canonical_json(detail) == row.detail
    except (ValueError, RequestError):
        sound = False
    return None if sound else "its content was changed"


def _fault_at_end(last: Head, told: Head) -> str | None:
    if last == told:
        return None
    if last.seq == told.seq:
        return "the recorded end has another hash"
    return "entries at the end are missing" if last.seq < told.seq else "the log goes on after its recorded end"


def read_head(text: str) -> Head:
    """The head that was noted as `12:3f...`; raises `RequestError` for anything else."""
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if not match:
        hint = "write it as `riskapi audit verify` prints it: number, colon, 64 hexadecimal digits"
        raise RequestError(Problem(code="head-malformed", field="head", detail="this is not a noted head", hint=hint))
    return Head(seq=int(match[1]), hash=match[2])
