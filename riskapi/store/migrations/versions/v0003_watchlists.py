"""The tables of watchlists and webhooks. Enters: a store of version 0002. Leaves: one of version 0003."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


IDENT, HASH, TEXT, MOMENT = _key(120), _key(64), sa.Text(), sa.DateTime(timezone=True)
DAY, NUMBER, LONG, BYTES = sa.Date(), sa.Integer(), sa.BigInteger(), sa.LargeBinary()


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", IDENT, sa.ForeignKey("tenants.id"), nullable=False)


def _of(name: str, table: str) -> sa.Column[str]:
    return sa.Column(name, IDENT, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def _columns(**kinds: TypeEngine[Any]) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name, kind in kinds.items()]


def _may_be_null(**kinds: TypeEngine[Any]) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name, kind in kinds.items()]


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _id() -> sa.Column[str]:
    return sa.Column("id", IDENT, primary_key=True)


def upgrade() -> None:
    """Make the tables."""
    _watchlists()
    _items()
    _feed()
    _webhooks()
    _deliveries()


def _watchlists() -> None:
    op.create_table(
        "watchlists",
        _id(),
        _tenant(),
        *_columns(name=TEXT, version=NUMBER, created_at=MOMENT, created_by=TEXT, updated_at=MOMENT),
        *_may_be_null(token=HASH, lease_until=MOMENT),
    )
    _index("watchlists", "tenant", "created_at", "id")


def _items() -> None:
    op.create_table(
        "watchlist_items",
        _id(),
        _tenant(),
        _of("watchlist_id", "watchlists"),
        *_may_be_null(label=TEXT, thresholds=TEXT, changed_at=MOMENT, failure=TEXT),
        *_columns(question=TEXT, added_at=MOMENT, added_by=TEXT, serial=LONG, versions=TEXT),
        *_columns(as_of=DAY, scored_at=MOMENT, result=BYTES),
    )
    _index("watchlist_items", "tenant", "watchlist_id", "added_at", "id")


def _feed() -> None:
    op.create_table(
        "watch_heads",
        _tenant(),
        *_columns(seq=LONG),
        *_may_be_null(versions=TEXT, announced_at=MOMENT),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "watch_changes",
        _tenant(),
        *_columns(seq=LONG),
        _of("watchlist_id", "watchlists"),
        *_columns(item_id=IDENT, at=MOMENT, body=TEXT),
        sa.PrimaryKeyConstraint("tenant", "seq"),
    )
    _index("watch_changes", "watchlist_id", "seq")
    _index("watch_changes", "tenant", "at")


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        _id(),
        _tenant(),
        *_columns(url=TEXT, events=TEXT, created_at=MOMENT, created_by=TEXT, generation=NUMBER, key_mark=IDENT),
        *_may_be_null(label=TEXT, watchlists=TEXT, before_mark=IDENT, overlap_until=MOMENT),
        *_may_be_null(disabled_at=MOMENT, disabled_because=TEXT),
    )
    _index("webhooks", "tenant", "created_at", "id")


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        _id(),
        _tenant(),
        _of("webhook_id", "webhooks"),
        *_columns(event=IDENT, created_at=MOMENT, state=IDENT, attempts=NUMBER, tries=TEXT, body=BYTES),
        *_may_be_null(change_seq=LONG, due_at=MOMENT, token=HASH, lease_until=MOMENT, ended_at=MOMENT),
    )
    _index("webhook_deliveries", "webhook_id", "created_at", "id")
    _index("webhook_deliveries", "due_at")
    _index("webhook_deliveries", "tenant", "ended_at")
