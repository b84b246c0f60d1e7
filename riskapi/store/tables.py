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


class JobRow(Base):
    """Long work: what was asked, how far it is, and who works on it.

    `free_at` is when somebody may take it: since then it waits, or then the lease of `token` ends. Chunks that were written
    belong to the versions `rule_set`, `dataset`, `engine`; null before the first.
    """

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    kind: Mapped[str] = mapped_column(Ident)
    label: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Ident)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    as_of: Mapped[date]
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    total: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    chunks: Mapped[int]
    seconds: Mapped[float]
    rule_set: Mapped[str | None] = mapped_column(Text)
    dataset: Mapped[str | None] = mapped_column(Text)
    engine: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(Hash)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    free_at: Mapped[datetime] = mapped_column(Instant)
    crashes: Mapped[int]
    restarts: Mapped[int]
    is_cancelling: Mapped[bool]
    notes: Mapped[str] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (Index(None, "tenant", "created_at", "id"), Index(None, "state", "free_at"))


class JobChunkRow(Base):
    """Rows of a job's result, `first` and following, as a Parquet file."""

    __tablename__ = "job_chunks"
    job_id: Mapped[str] = mapped_column(Ident, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str] = _tenant()
    first: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class WatchlistRow(Base):
    """A named list of saved questions. `token` holds the right to score it again until `lease_until`."""

    __tablename__ = "watchlists"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    token: Mapped[str | None] = mapped_column(Hash)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)


class WatchItemRow(Base):
    """A saved question with its newest result; `serial` counts results, so that no two writers follow the same one.

    `versions` and `as_of` tell for which versions and day it was scored last, whether that gave a result or a `failure`; `result`
    is the last result that there was, compressed.
    """

    __tablename__ = "watchlist_items"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    watchlist_id: Mapped[str] = mapped_column(Ident, ForeignKey("watchlists.id", ondelete="CASCADE"))
    label: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    thresholds: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[str] = mapped_column(Text)
    serial: Mapped[int] = mapped_column(BigInteger)
    versions: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date]
    scored_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(Text)
    result: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index(None, "tenant", "watchlist_id", "added_at", "id"),)


class WatchHeadRow(Base):
    """The end of a tenant's change feed, and the versions from which it is written just now."""

    __tablename__ = "watch_heads"
    tenant: Mapped[str] = _tenant(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    versions: Mapped[str | None] = mapped_column(Text)
    announced_at: Mapped[datetime | None] = mapped_column(Instant)


class WatchChangeRow(Base):
    """One entry of a tenant's change feed; numbers follow the order in which entries were kept."""

    __tablename__ = "watch_changes"
    tenant: Mapped[str] = _tenant(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    watchlist_id: Mapped[str] = mapped_column(Ident, ForeignKey("watchlists.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(Ident)
    at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "watchlist_id", "seq"), Index(None, "tenant", "at"))


class WebhookRow(Base):
    """Where changes are sent. Secrets are derived from a key of the settings, the id and `generation`: none is kept here.

    `key_mark` tells which key; until `overlap_until` the secret of the generation before signs as well.
    """

    __tablename__ = "webhooks"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    url: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    events: Mapped[str] = mapped_column(Text)
    watchlists: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    generation: Mapped[int]
    key_mark: Mapped[str] = mapped_column(Ident)
    before_mark: Mapped[str | None] = mapped_column(Ident)
    overlap_until: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_because: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (Index(None, "tenant", "created_at", "id"),)


class DeliveryRow(Base):
    """A message for a webhook: the outbox. `due_at` null: it was delivered or given up; else when it may be tried."""

    __tablename__ = "webhook_deliveries"
    id: Mapped[str] = mapped_column(Ident, primary_key=True)
    tenant: Mapped[str] = _tenant()
    webhook_id: Mapped[str] = mapped_column(Ident, ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(Ident)
    change_seq: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Ident)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    token: Mapped[str | None] = mapped_column(Hash)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int]
    tries: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        Index(None, "webhook_id", "created_at", "id"),
        Index(None, "due_at"),
        Index(None, "tenant", "ended_at"),
    )
