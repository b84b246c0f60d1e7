"""What alembic runs to upgrade. Enters: the open connection of `riskapi.store.migrate`. Leaves: upgraded tables."""

from __future__ import annotations

from alembic import context

from riskapi.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
