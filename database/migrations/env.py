"""Called by Alembic: runs the migrations on the connection of `database.upgrade`."""

from __future__ import annotations

from alembic import context

from database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite changes a column only by copying its table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
