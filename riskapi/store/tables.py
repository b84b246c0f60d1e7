"""The tables of the store, as SQLAlchemy maps them; the migrations make the same tables.

Enters: nothing. Leaves: the mapped classes and their metadata. Moments are kept in UTC and come back with their time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import BigInteger, TypeDecorator

DEFAULT_TENANT: Final = "default"


class Instant(TypeDecorator[datetime]):
    """A moment to the microsecond; a naive one is a mistake of the caller."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; SQLite keeps no time zone, so it gets none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """In UTC, whatever the session of the database is set to."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _key_type(length: int) -> String:
    """A text that is compared byte by byte, whatever language the database speaks."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Ident = _key_type(120)
Hash = _key_type(64)


class Base(DeclarativeBase):
    """All tables of the store."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        }
    )


class TenantRow(Base):
    """An organisation whose rows no other sees; `retention_days` null keeps assessments for ever, 0 keeps none."""

    __tablename__ = "tenants"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    retention_days: Mapped[int | None]


def _tenant(*, primary_key: bool = False) -> Mapped[str]:
    return mapped_column(Ident, ForeignKey("tenants.id"), primary_key=primary_key, sort_order=-10)


class KeyRow(Base):
    """An API key; the secret itself is nowhere."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Ident)
    secret_hash: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    replaced_by: Mapped[str | None] = mapped_column(Ident)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)


class AssessmentRow(Base):
    """A stored assessment; `body` is the answer's JSON, compressed, `content_hash` that of the JSON."""

    __tablename__ = "assessments"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date]
    band: Mapped[str] = mapped_column(Ident)
    score: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    rule_set: Mapped[str] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(Text)
    engine: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Hash)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index(None, "tenant", "created_at", "id"), Index(None, "tenant", "label"))


class PartyRow(Base):
    """A key by which an assessment is found: a company's id, or a name in lower case."""

    __tablename__ = "assessment_parties"
    assessment_id: Mapped[str] = mapped_column(
        Ident, ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(_key_type(400), primary_key=True)
    tenant: Mapped[str] = _tenant()
    created_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "tenant", "key", "created_at", "assessment_id"),)


class AttemptRow(Base):
    """A request under an idempotency key; without `status` it is still being worked on, until `lease_until` at the latest."""

    __tablename__ = "idempotency"
    tenant: Mapped[str] = _tenant(primary_key=True)
    route: Mapped[str] = mapped_column(_key_type(200), primary_key=True)
    key: Mapped[str] = mapped_column(_key_type(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(Hash)
    token: Mapped[str] = mapped_column(Hash)
    lease_until: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditRow(Base):
    """One entry of a tenant's audit log. Triggers of the database refuse to change or delete it."""

    __tablename__ = "audit_entries"
    tenant: Mapped[str] = _tenant(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Hash)
    hash: Mapped[str] = mapped_column(Hash)
    __table_args__ = (Index(None, "tenant", "subject"),)


class AuditHeadRow(Base):
    """The last entry of a tenant's audit log: whoever appends holds this row."""

    __tablename__ = "audit_heads"
    tenant: Mapped[str] = _tenant(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Hash)


class EditRow(Base):
    """One version of a deal or claim that an editor wrote; `cells` null takes it back."""

    __tablename__ = "edits"
    tenant: Mapped[str] = _tenant(primary_key=True)
    kind: Mapped[str] = mapped_column(Ident, primary_key=True)
    entity_id: Mapped[str] = mapped_column(Ident, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)


class CountRow(Base):
    """How many requests of one kind a tenant made on a day: all that is kept where nothing is stored."""

    __tablename__ = "request_counts"
    tenant: Mapped[str] = _tenant(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Ident, primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
