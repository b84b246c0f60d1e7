"""The tables of watchlists and webhooks. Enters: a store of version 0002. Leaves: one of version 0003."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
