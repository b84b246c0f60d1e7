"""The first tables. Enters: an empty database. Leaves: every table, the triggers of the audit log, the default tenant.

The types are written out and not taken from `riskapi.store.tables`: a step stays what it was when the tables move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


IDENT, HASH, TEXT, MOMENT = _key(120), _key(64), sa.Text(), sa.DateTime(timezone=True)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", IDENT, sa.ForeignKey("tenants.id"), nullable=False)


def _column(name: str, kind: TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    tenants = op.create_table(
        "tenants", sa.Column("id", IDENT, primary_key=True), sa.Column("retention_days", sa.Integer)
    )
    op.bulk_insert(tenants, [{"id": "default", "retention_days": None}])
    _keys()
    _assessments()
    _idempotency()
    _audit()
    _edits_and_counts()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", IDENT, primary_key=True),
        _tenant(),
        *(_column(name, kind) for name, kind in (("name", TEXT), ("scope", IDENT), ("secret_hash", HASH))),
        _column("created_at", MOMENT),
        _column("created_by", TEXT),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("replaced_by", IDENT),
        sa.Column("last_used_at", MOMENT),
    )
    op.create_index("ix_api_keys_tenant_created_at_id", "api_keys", ["tenant", "created_at", "id"])


def _assessments() -> None:
    texts = ("rule_set", "dataset", "engine", "inputs")
    op.create_table(
        "assessments",
        sa.Column("id", IDENT, primary_key=True),
        _tenant(),
        _column("created_at", MOMENT),
        _column("created_by", TEXT),
        sa.Column("label", TEXT),
        _column("question", TEXT),
        _column("as_of", sa.Date()),
        _column("band", IDENT),
        *(_column(name, sa.Double()) for name in ("score", "low", "high")),
        *(_column(name, TEXT) for name in texts),
        _column("content_hash", HASH),
        _column("body", sa.LargeBinary()),
    )
    op.create_index("ix_assessments_tenant_created_at_id", "assessments", ["tenant", "created_at", "id"])
    op.create_index("ix_assessments_tenant_label", "assessments", ["tenant", "label"])
    op.create_table(
        "assessment_parties",
        sa.Column("assessment_id", IDENT, sa.ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", _key(400), primary_key=True),
        _tenant(),
        _column("created_at", MOMENT),
    )
    columns = ["tenant", "key", "created_at", "assessment_id"]
    op.create_index(f"ix_assessment_parties_{'_'.join(columns)}", "assessment_parties", columns)


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        _tenant(),
        _column("route", _key(200)),
        _column("key", _key(255)),
        _column("request_hash", HASH),
        _column("token", HASH),
        _column("lease_until", MOMENT),
        _column("expires_at", MOMENT),
        sa.Column("status", sa.Integer),
        sa.Column("headers", TEXT),
        sa.Column("body", sa.LargeBinary),
        sa.PrimaryKeyConstraint("tenant", "route", "key"),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])


def _audit() -> None:
    texts = ("actor", "action", "subject", "detail")
    op.create_table(
        "audit_entries",
        _tenant(),
        _column("seq", sa.BigInteger()),
        _column("at", MOMENT),
        *(_column(name, TEXT) for name in texts),
        _column("previous", HASH),
        _column("hash", HASH),
        sa.PrimaryKeyConstraint("tenant", "seq"),
    )
    op.create_index("ix_audit_entries_tenant_subject", "audit_entries", ["tenant", "subject"])
    op.create_table(
        "audit_heads",
        _tenant(),
        _column("seq", sa.BigInteger()),
        _column("hash", HASH),
        sa.PrimaryKeyConstraint("tenant"),
    )


def _edits_and_counts() -> None:
    op.create_table(
        "edits",
        _tenant(),
        _column("kind", IDENT),
        _column("entity_id", IDENT),
        _column("version", sa.Integer()),
        sa.Column("cells", TEXT),
        _column("reason", TEXT),
        _column("written_by", TEXT),
        _column("written_at", MOMENT),
        sa.PrimaryKeyConstraint("tenant", "kind", "entity_id", "version"),
    )
    op.create_table(
        "request_counts",
        _tenant(),
        _column("day", sa.Date()),
        _column("kind", IDENT),
        _column("requests", sa.BigInteger()),
        sa.PrimaryKeyConstraint("tenant", "day", "kind"),
    )


def _guard_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entries_no_{change.lower()} BEFORE {change} ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
        )
    # INSERT OR REPLACE deletes the old row without asking the trigger for deletions.
    op.execute(
        "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries "
        "WHEN EXISTS (SELECT 1 FROM audit_entries WHERE tenant = NEW.tenant AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION riskapi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION riskapi_refuse_change()"
    )
