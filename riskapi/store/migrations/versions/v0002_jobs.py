"""The tables of jobs. Enters: a store of version 0001. Leaves: one of version 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


IDENT, HASH, TEXT, MOMENT = _key(120), _key(64), sa.Text(), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _jobs()
    op.create_index("ix_jobs_tenant_created_at_id", "jobs", ["tenant", "created_at", "id"])
    op.create_index("ix_jobs_state_free_at", "jobs", ["state", "free_at"])
    op.create_table(
        "job_chunks",
        sa.Column("job_id", IDENT, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tenant", IDENT, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", IDENT, primary_key=True),
        sa.Column("tenant", IDENT, sa.ForeignKey("tenants.id"), nullable=False),
        sa.Column("kind", IDENT, nullable=False),
        sa.Column("label", TEXT),
        sa.Column("state", IDENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("total", "done", "rows")),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        *(sa.Column(name, TEXT) for name in ("rule_set", "dataset", "engine")),
        sa.Column("token", HASH),
        sa.Column("taken_at", MOMENT),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("is_cancelling", sa.Boolean(), nullable=False),
        sa.Column("notes", TEXT, nullable=False),
        sa.Column("problems", TEXT),
    )
