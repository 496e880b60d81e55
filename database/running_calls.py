"""The running calls of all guilds, so that the bot rejoins them after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from database.engine import Database
from database.tables import RunningCallRow
from database.writer import ChangeWriter


@dataclass(frozen=True, slots=True)
class RunningCall:
    """The channels of a guild's call: the voice channel, and the text channel for its notices."""

    channel_id: int
    text_channel_id: int | None = None


class RunningCalls:
    """The running calls, in memory and in the database."""

    def __init__(self, writer: ChangeWriter) -> None:
        self._writer = writer
        self._calls: dict[int, RunningCall] = {}

    def of(self, guild_id: int) -> RunningCall | None:
        """The guild's call that is running, or was running when the bot stopped."""
        return self._calls.get(guild_id)

    def guilds(self) -> list[int]:
        """The ids of the guilds that have a call."""
        return list(self._calls)

    def add(self, guild_id: int, call: RunningCall) -> None:
        """Record a call that has begun or has moved to another channel."""
        if self._calls.get(guild_id) == call:
            return
        self._calls[guild_id] = call
        values = {
            "channel_id": call.channel_id,
            "text_channel_id": call.text_channel_id,
            "since": datetime.now(UTC),
        }

        async def write(database: Database, session: AsyncSession) -> None:
            await database.upsert(session, RunningCallRow, {"guild_id": guild_id}, values)

        self._writer.write(write)

    def remove(self, guild_id: int) -> bool:
        """Remove a call that has ended; False if there was none."""
        if self._calls.pop(guild_id, None) is None:
            return False

        async def write(_: Database, session: AsyncSession) -> None:
            here = RunningCallRow.guild_id == guild_id
            await session.execute(delete(RunningCallRow).where(here))

        self._writer.write(write)
        return True

    # -- for the store ------------------------------------------------------------------------

    def forget(self, guild_id: int) -> None:
        """Drop a guild from memory."""
        self._calls.pop(guild_id, None)

    async def load(self, session: AsyncSession) -> dict[int, RunningCall]:
        """What the database has; `take` puts it in place."""
        rows = await session.scalars(select(RunningCallRow))
        return {row.guild_id: RunningCall(row.channel_id, row.text_channel_id) for row in rows}

    def take(self, found: Mapping[int, RunningCall]) -> None:
        """Replace what is in memory."""
        self._calls = dict(found)
