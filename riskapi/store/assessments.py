"""Stored assessments: what was asked, what was answered, and everything needed to answer it again.

Enters: an answer with its inputs, and the time. Leaves: the same bytes whenever they are asked for.
Every function takes the tenant; an id of another tenant is not found.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from riskapi.assessment.answer import Answer, Versions, to_json
from riskapi.errors import NotFoundError, Problem
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.ids import new_id
from riskapi.store.shown import AssessmentRecord
from riskapi.store.tables import AssessmentRow, PartyRow
from riskapi.store.texts import check_texts, is_storable

CREATED: Final = "assessment.created"
DELETED: Final = "assessment.deleted"
_COMPRESSION: Final = 3  # an answer shrinks to an eighth; higher levels cost more than they save
_KEY_LENGTH: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """What is to be kept. `inputs` is the question as JSON with its day filled in, `body` the answer's exact bytes."""

    inputs: Mapping[str, Any]
    question: str
    as_of: date
    band: str
    score: float
    low: float
    high: float
    versions: Versions
    parties: tuple[str, ...]
    body: bytes
    created_by: str
    label: str | None = None

    @classmethod
    def of(
        cls,
        answer: Answer,
        inputs: Mapping[str, Any],
        *,
        created_by: str,
        label: str | None = None,
        body: bytes | None = None,
    ) -> NewAssessment:
        """From the answer object; `body` where its bytes were made before."""
        names = [name for party in answer.parties for name in (party.company_id, party.name, party.asked_as) if name]
        return cls(
            inputs=inputs, question=answer.question, as_of=answer.as_of, band=answer.band.name, score=answer.score,
            low=answer.low, high=answer.high, versions=answer.versions, parties=tuple(names),
            body=to_json(answer) if body is None else body, created_by=created_by, label=label,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A stored assessment; `body` is the answer's JSON, byte for byte."""

    summary: AssessmentRecord
    inputs: Mapping[str, Any]
    body: bytes

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are those that were stored."""
        return sha256_of(self.body) == self.summary.content_hash


def add(session: Session, tenant: str, new: NewAssessment, now: datetime) -> AssessmentRecord:
    """Keep an assessment; raises `RequestError` for texts or inputs that cannot be kept.

    The entry in the audit log bears the content hash, so that bytes and hash cannot be exchanged together unnoticed.
    """
    check_texts(label=new.label, actor=new.created_by, question=new.question)
    row = AssessmentRow(
        id=new_id(now), tenant=tenant, created_at=now, created_by=new.created_by, label=new.label,
        question=new.question, as_of=new.as_of, band=new.band, score=new.score, low=new.low, high=new.high,
        rule_set=new.versions.rule_set, dataset=new.versions.dataset, engine=new.versions.engine,
        inputs=canonical_json(new.inputs), content_hash=sha256_of(new.body),
        body=zlib.compress(new.body, _COMPRESSION),
    )  # fmt: skip
    session.add(row)
    session.flush()
    keys = sorted({party_key(name) for name in new.parties if is_storable(name)})
    session.add_all([PartyRow(assessment_id=row.id, tenant=tenant, key=key, created_at=now) for key in keys])
    session.flush()
    detail = {"content_hash": row.content_hash}
    audit.append(session, tenant, Act(actor=row.created_by, action=CREATED, subject=row.id, detail=detail), now)
    return summary_of(row)


def get(session: Session, tenant: str, ident: str) -> Stored:
    """The assessment of that id; raises `NotFoundError` where the tenant has none."""
    row = None
    if is_storable(ident):
        wanted = select(AssessmentRow).where(AssessmentRow.tenant == tenant, AssessmentRow.id == ident)
        row = session.scalars(wanted).one_or_none()
    if row is None:
        raise _unknown()
    return Stored(summary=summary_of(row), inputs=json.loads(row.inputs), body=zlib.decompress(row.body))


def logged_hash(session: Session, tenant: str, ident: str) -> str | None:
    """The content hash that the audit log noted when the assessment was stored; None where it notes none."""
    for entry in audit.entries_about(session, tenant, ident):
        if entry.action == CREATED:
            return str(entry.detail.get("content_hash"))
    return None


def remove(session: Session, tenant: str, ident: str, signature: Signature) -> None:
    """Delete one assessment; raises `NotFoundError` where the tenant has none of that id."""
    wanted = delete(AssessmentRow).where(AssessmentRow.tenant == tenant, AssessmentRow.id == ident)
    if not is_storable(ident) or not session.execute(wanted.returning(AssessmentRow.id)).all():
        raise _unknown()
    audit.append(session, tenant, Act(actor=signature.by, action=DELETED, subject=ident), signature.at)


def remove_before(session: Session, tenant: str, before: datetime, *, limit: int = 500) -> int:
    """Delete at most `limit` assessments that are older than `before`, the oldest first; how many there were.

    `riskapi.store.retention` calls it, and notes the number in the audit log.
    """
    old = (
        select(AssessmentRow.id)
        .where(AssessmentRow.tenant == tenant, AssessmentRow.created_at < before)
        .order_by(AssessmentRow.created_at)
        .limit(limit)
    )
    gone = session.execute(delete(AssessmentRow).where(AssessmentRow.id.in_(old)).returning(AssessmentRow.id))
    return len(gone.all())


#: The columns of a summary.
SUMMARY: Final = tuple(
    getattr(AssessmentRow, name)
    for name in (
        "id", "created_at", "created_by", "label", "question", "as_of", "band", "score", "low", "high", "rule_set",
        "dataset", "engine", "content_hash",
    )
)  # fmt: skip


def party_key(name: str) -> str:
    """What a party is found by: case and spaces do not count."""
    return " ".join(name.split()).casefold()[:_KEY_LENGTH]


def summary_of(row: AssessmentRow | Row[*tuple[Any, ...]]) -> AssessmentRecord:
    """The summary of a row that has at least the columns of `SUMMARY`."""
    return AssessmentRecord(
        id=row.id, created_at=row.created_at, created_by=row.created_by, label=row.label, question=row.question,
        as_of=row.as_of, band=row.band, score=row.score, low=row.low, high=row.high, content_hash=row.content_hash,
        versions=Versions(engine=row.engine, rule_set=row.rule_set, dataset=row.dataset),
    )  # fmt: skip


def _unknown() -> NotFoundError:
    hint = "list the assessments to see their ids; those that were deleted are gone"
    detail = "there is no assessment of this id"
    return NotFoundError(Problem(code="assessment-unknown", field="id", detail=detail, hint=hint))
