"""Bots, the versions of their configuration, tokens, events, the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c0001"
down_revision: str | None = None

_TIME = sa.DateTime(timezone=True)
_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "control_bots",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("desired_version", sa.Integer),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("report", sa.JSON),
        sa.Column("last_seen_at", _TIME),
        sa.Column("metrics", sa.JSON),
        sa.Column("metrics_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_control_bots"),
    )
    op.create_table(
        "control_versions",
        sa.Column("bot_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("paths", sa.JSON, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("restart_needed", sa.JSON, nullable=False),
        sa.Column("answered_at", _TIME),
        sa.PrimaryKeyConstraint("bot_id", "version", name="pk_control_versions"),
        _of_bot("control_versions"),
    )
    op.create_table(
        "control_tokens",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("is_operator", sa.Boolean, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("bot_id", sa.String(64)),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_control_tokens"),
        _of_bot("control_tokens"),
    )
    op.create_table(
        "control_events",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("bot_id", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_control_events"),
        _of_bot("control_events"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_control_events_bot_id", "control_events", ["bot_id", "event_id"], unique=True
    )
    op.create_table(
        "control_audit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("bot_id", sa.String(64)),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_control_audit"),
    )


def downgrade() -> None:
    for table in ("audit", "events", "tokens", "versions", "bots"):
        op.drop_table(f"control_{table}")


def _of_bot(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bot_id"], ["control_bots.id"], ondelete="CASCADE", name=f"fk_{table}_bot_id"
    )
