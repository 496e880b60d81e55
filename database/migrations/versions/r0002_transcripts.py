"""The transcripts of calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "transcripts",
        sa.Column("id", key, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("began_at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
    )
    op.create_index("ix_transcripts_guild_id", "transcripts", ["guild_id"])
    op.create_table(
        "transcript_lines",
        sa.Column("id", key, nullable=False),
        sa.Column("transcript_id", key, nullable=False),
        sa.Column("said_at", time, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("agent", sa.String(64)),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcript_lines"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], ondelete="CASCADE",
            name="fk_transcript_lines_transcript_id",
        ),
    )  # fmt: skip
    for column in ("transcript_id", "said_at", "member_id"):
        op.create_index(f"ix_transcript_lines_{column}", "transcript_lines", [column])


def downgrade() -> None:
    op.drop_table("transcript_lines")
    op.drop_table("transcripts")
