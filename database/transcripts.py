"""The transcripts of calls: what was said, by whom and when, as long as a guild keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from database.engine import Database
from database.errors import DatabaseError
from database.tables import TranscriptLineRow, TranscriptRow
from database.writer import ChangeWriter, Kept

_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """What was said. ``member_id`` is the speaker, or the member whom the ``agent`` answered."""

    at: datetime
    member_id: int | None
    name: str
    words: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class CallTranscript:
    """The transcript of one call, its lines in the order in which they were said."""

    id: int
    guild_id: int
    channel_id: int
    thread_id: int | None
    began_at: datetime
    lines: tuple[TranscriptLine, ...]


class Transcripts:
    """The transcripts of all guilds. They are in the database alone, not in memory."""

    def __init__(self, writer: ChangeWriter, database: Database | None) -> None:
        self._writer = writer
        self._database = database

    async def begin(self, guild_id: int, channel_id: int, thread_id: int | None = None) -> int:
        """Begin the transcript of a call; returns its id.

        Raises:
            ChangeNotKept: it could not be written.
        """
        began_at = datetime.now(UTC)
        made = 0

        async def write(_: Database, session: AsyncSession) -> None:
            nonlocal made
            row = TranscriptRow(
                guild_id=guild_id, channel_id=channel_id, thread_id=thread_id, began_at=began_at
            )
            session.add(row)
            await session.flush()
            made = row.id

        self._needed()
        await self._writer.write(write, counted=False)
        return made

    def add(self, transcript_id: int, line: TranscriptLine) -> Kept:
        """Add what was said. A transcript that was deleted meanwhile takes nothing."""
        words = _storable(line.words)
        name = _storable(line.name)[:_LONGEST_NAME]

        async def write(_: Database, session: AsyncSession) -> None:
            here = TranscriptRow.id == transcript_id
            if await session.scalar(select(TranscriptRow.id).where(here).with_for_update()) is None:
                return
            session.add(
                TranscriptLineRow(
                    transcript_id=transcript_id, said_at=line.at, member_id=line.member_id,
                    agent=line.agent, name=name, words=words,
                )
            )  # fmt: skip

        return self._writer.write(write, counted=False)

    async def of(self, guild_id: int, transcript_id: int | None = None) -> list[CallTranscript]:
        """The transcripts of a guild, the newest first; with an id that one alone, if it is there.

        Raises:
            SQLAlchemyError, OSError: the database cannot be read now.
        """
        database = self._needed()
        await self._writer.drain()
        which = [TranscriptRow.guild_id == guild_id]
        if transcript_id is not None:
            which.append(TranscriptRow.id == transcript_id)
        async with database.reading() as session:
            rows = await session.scalars(
                select(TranscriptRow).where(*which).order_by(TranscriptRow.id.desc())
            )
            return [await _read(session, row) for row in rows.all()]

    async def delete(self, guild_id: int, transcript_id: int | None = None) -> int:
        """Delete the transcripts of a guild, or one of them; returns how many.

        Raises:
            ChangeNotKept: they could not be deleted.
        """
        which = [TranscriptRow.guild_id == guild_id]
        if transcript_id is not None:
            which.append(TranscriptRow.id == transcript_id)
        count = 0

        async def write(_: Database, session: AsyncSession) -> None:
            nonlocal count
            count = await session.scalar(select(func.count(TranscriptRow.id)).where(*which)) or 0
            await session.execute(delete(TranscriptRow).where(*which))

        self._needed()
        await self._writer.write(write, counted=False)
        return count

    async def delete_lines_of(self, guild_id: int, member_id: int) -> int:
        """Delete what a member said in a guild, and what agents answered them; returns how many
        lines that were.

        Raises:
            ChangeNotKept: they could not be deleted.
        """
        calls = select(TranscriptRow.id).where(TranscriptRow.guild_id == guild_id)
        which = (
            TranscriptLineRow.member_id == member_id,
            TranscriptLineRow.transcript_id.in_(calls),
        )
        count = 0

        async def write(_: Database, session: AsyncSession) -> None:
            nonlocal count
            found = select(func.count()).select_from(TranscriptLineRow).where(*which)
            count = await session.scalar(found) or 0
            await session.execute(delete(TranscriptLineRow).where(*which))

        self._needed()
        await self._writer.write(write, counted=False)
        return count

    def _needed(self) -> Database:
        if self._database is None:
            raise DatabaseError("there is no database for transcripts")
        return self._database


async def purge_transcripts(session: AsyncSession, days: dict[int, int], now: datetime) -> None:
    """Delete what is older than each guild keeps it; ``days`` has those of every guild."""
    for guild_id, kept_days in days.items():
        calls = select(TranscriptRow.id).where(TranscriptRow.guild_id == guild_id)
        before = now - timedelta(days=kept_days)
        await session.execute(
            delete(TranscriptLineRow).where(
                TranscriptLineRow.transcript_id.in_(calls), TranscriptLineRow.said_at < before
            )
        )
        await session.execute(
            delete(TranscriptRow).where(
                TranscriptRow.guild_id == guild_id,
                TranscriptRow.began_at < before,
                ~exists().where(TranscriptLineRow.transcript_id == TranscriptRow.id),
            )
        )


async def guilds_with_transcripts(session: AsyncSession) -> Sequence[int]:
    """The ids of the guilds that have one."""
    return (await session.scalars(select(TranscriptRow.guild_id).distinct())).all()


async def _read(session: AsyncSession, row: TranscriptRow) -> CallTranscript:
    lines = await session.scalars(
        select(TranscriptLineRow)
        .where(TranscriptLineRow.transcript_id == row.id)
        .order_by(TranscriptLineRow.said_at, TranscriptLineRow.id)
    )
    return CallTranscript(
        row.id, row.guild_id, row.channel_id, row.thread_id, row.began_at,
        tuple(
            TranscriptLine(line.said_at, line.member_id, line.name, line.words, line.agent)
            for line in lines
        ),
    )  # fmt: skip


def _storable(text: str) -> str:
    """``text`` without what no database keeps: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
