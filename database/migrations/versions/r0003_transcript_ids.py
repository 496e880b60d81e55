"""Ids of transcripts that are never used again, also after the newest one was deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

_COLUMNS = "id, guild_id, channel_id, thread_id, began_at"
_LINE_COLUMNS = "id, transcript_id, said_at, member_id, agent, name, words"


def upgrade() -> None:
    _renew(reuse=False)


def downgrade() -> None:
    _renew(reuse=True)


def _renew(*, reuse: bool) -> None:
    """Copy the tables of SQLite, which takes AUTOINCREMENT only in a new table. PostgreSQL's
    sequences give no id twice.

    The lines are copied first: deleting their transcripts would delete them. SQLite lets their
    foreign key follow the renamed table.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    time = sa.DateTime(timezone=True)
    op.create_table(
        "transcripts_new",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("began_at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sqlite_autoincrement=not reuse,
    )
    op.create_table(
        "transcript_lines_new",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("transcript_id", sa.Integer, nullable=False),
        sa.Column("said_at", time, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("agent", sa.String(64)),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcript_lines"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts_new.id"], ondelete="CASCADE",
            name="fk_transcript_lines_transcript_id",
        ),
    )  # fmt: skip
    for table, columns in (("transcripts", _COLUMNS), ("transcript_lines", _LINE_COLUMNS)):
        op.execute(f"INSERT INTO {table}_new ({columns}) SELECT {columns} FROM {table}")
    op.drop_table("transcript_lines")
    op.drop_table("transcripts")
    op.rename_table("transcripts_new", "transcripts")
    op.rename_table("transcript_lines_new", "transcript_lines")
    op.create_index("ix_transcripts_guild_id", "transcripts", ["guild_id"])
    for column in ("transcript_id", "said_at", "member_id"):
        op.create_index(f"ix_transcript_lines_{column}", "transcript_lines", [column])
