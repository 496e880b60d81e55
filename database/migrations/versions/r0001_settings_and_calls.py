"""The settings of servers, who changed them, the running calls, and the members' choices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("changed_at", time, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.PrimaryKeyConstraint("guild_id", "name", name="pk_guild_settings"),
    )
    op.create_table(
        "setting_changes",
        sa.Column("id", key, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("old", sa.JSON),
        sa.Column("new", sa.JSON),
        sa.Column("changed_at", time, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_setting_changes"),
    )
    op.create_index("ix_setting_changes_guild", "setting_changes", ["guild_id", "changed_at"])
    op.create_table(
        "running_calls",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("text_channel_id", sa.BigInteger),
        sa.Column("since", time, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_running_calls"),
    )
    op.create_table(
        "member_choices",
        sa.Column("member_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hearing", sa.String(16)),
        sa.Column("follow", sa.Boolean),
        sa.Column("transcript", sa.Boolean),
        sa.Column("changed_at", time, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "guild_id", name="pk_member_choices"),
    )
    op.create_table(
        "bookkeeping",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_bookkeeping"),
    )


def downgrade() -> None:
    for table in (
        "bookkeeping", "member_choices", "running_calls", "setting_changes", "guild_settings",
    ):  # fmt: skip
        op.drop_table(table)
