"""Called by Alembic: runs the migrations on the connection of `database.upgrade`."""

from __future__ import annotations

from alembic import context

from database.control.tables import ControlBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ControlBase.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
