"""The tables of jobs. Enters: a store of version 0001. Leaves: one of version 0002."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
