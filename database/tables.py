"""The tables. Every column about a member says in its ``info`` what it is and why it is kept.

A change here needs a migration in ``migrations/versions``; a test compares both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

EVERYWHERE: Final = 0
"""In place of a guild's id: a member's choice for all servers. Discord gives no such id."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What is personal in a column: ``what`` it is, ``why`` it is kept, how long it is ``kept``.

    ``forgotten`` says whether `MemberRecords.forget` deletes it.
    """

    what: str
    why: str
    kept: str
    forgotten: bool = True


def _about(what: str, why: str, kept: str, *, forgotten: bool = True) -> dict[str, Any]:
    return {"personal": Personal(what, why, kept, forgotten)}


_AUDIT: Final = "so that a server's managers see who changed what"
_CHOICE: Final = "so that the member's choice lasts"
_ASKED: Final = "because the server keeps transcripts"
_RETENTION: Final = "as many days as the server chose (transcript_retention_days)"
_UNTIL_CHANGED: Final = "until the member changes it or is forgotten; leaving out outlasts both"
_RULES: Final = "a server's own rules may name members: who is heard, who may move a call"


class UtcTime(TypeDecorator[datetime]):
    """A time with UTC as its zone; SQLite itself keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only what it calls an INTEGER; it has 64 bits as well."""


NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class GuildSettingRow(Base):
    """A setting that a guild chose; without a row the operator's default holds."""

    __tablename__ = "guild_settings"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON, info=_about(
        "the ids of members in a server's lists", _RULES, "until the server changes it",
        forgotten=False,
    ))  # fmt: skip
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[int | None] = mapped_column(
        BigInteger, info=_about("who chose it", _AUDIT, "until the setting is changed")
    )


class SettingChangeRow(Base):
    """A change of a guild's setting. ``old`` and ``new`` are null where the default holds."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(64))
    old: Mapped[Any | None] = mapped_column(JSON(none_as_null=True), info=_about(
        "the ids of members in a server's lists", _RULES, "365 days", forgotten=False
    ))  # fmt: skip
    new: Mapped[Any | None] = mapped_column(JSON(none_as_null=True), info=_about(
        "the ids of members in a server's lists", _RULES, "365 days", forgotten=False
    ))  # fmt: skip
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[int | None] = mapped_column(
        BigInteger, info=_about("who changed it", _AUDIT, "365 days")
    )

    __table_args__ = (Index("ix_setting_changes_guild", "guild_id", "changed_at"),)


class RunningCallRow(Base):
    """The call of a guild, which the bot rejoins after a restart."""

    __tablename__ = "running_calls"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    text_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(UtcTime)


class MemberChoiceRow(Base):
    """What a member chose, in one guild or in all (`EVERYWHERE`); null where nothing."""

    __tablename__ = "member_choices"

    member_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False,
        info=_about("the member", _CHOICE, _UNTIL_CHANGED),
    )  # fmt: skip
    guild_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False,
        info=_about("a server that the member is in", _CHOICE, _UNTIL_CHANGED),
    )  # fmt: skip
    hearing: Mapped[str | None] = mapped_column(
        String(16), info=_about("left out of voice, or agreed to be heard", _CHOICE, _UNTIL_CHANGED)
    )
    follow: Mapped[bool | None] = mapped_column(
        Boolean, info=_about("asked the bot to follow them", _CHOICE, _UNTIL_CHANGED)
    )
    transcript: Mapped[bool | None] = mapped_column(
        Boolean, info=_about("agreed to stand in transcripts, or not", _CHOICE, _UNTIL_CHANGED)
    )
    changed_at: Mapped[datetime] = mapped_column(
        UtcTime, info=_about("when they chose", _CHOICE, _UNTIL_CHANGED)
    )


class BookkeepingRow(Base):
    """A number or a mark of the database itself, such as how often it was changed."""

    __tablename__ = "bookkeeping"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class TranscriptRow(Base):
    """The transcript of one call."""

    __tablename__ = "transcripts"
    # A line may still come for a transcript that was deleted: no id twice.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    began_at: Mapped[datetime] = mapped_column(UtcTime)


class TranscriptLineRow(Base):
    """What a member or an agent said in a call."""

    __tablename__ = "transcript_lines"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(
        ForeignKey("transcripts.id", ondelete="CASCADE"), index=True
    )
    said_at: Mapped[datetime] = mapped_column(
        UtcTime, index=True, info=_about("when it was said", _ASKED, _RETENTION)
    )
    member_id: Mapped[int | None] = mapped_column(
        BigInteger, index=True,
        info=_about("who said it, or was answered by the agent", _ASKED, _RETENTION),
    )  # fmt: skip
    agent: Mapped[str | None] = mapped_column(String(64))
    """The agent that said it; null for a member's words."""
    name: Mapped[str] = mapped_column(
        String(100), info=_about("the speaker's name at that time", _ASKED, _RETENTION)
    )
    words: Mapped[str] = mapped_column(Text, info=_about("what was said", _ASKED, _RETENTION))


GUILD_TABLES: Final = (GuildSettingRow, SettingChangeRow, RunningCallRow, TranscriptRow)
"""The tables of which a guild's rows go when the bot has left it, and their lines with them. Of
`MemberChoiceRow` who is left out stays."""
