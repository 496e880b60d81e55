"""The memory bridge for the calls of the bot."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from app.fleet.memory import Memories
from database.transcripts import TranscriptLine
from discord_bot.shared_memory import SharedMemory
from fleet.memory.bridge import MemoryBridge
from fleet.memory.entries import TRANSCRIPT, entries, guild_tag, member_tag, new_id
from fleet.memory.forgetting import Forgetting
from settings import Settings
from state import StateError

log = logging.getLogger(__name__)


def room_memory(
    settings: Settings, memories: Memories | None, guild_name: Callable[[int], str]
) -> SharedMemory | None:
    """The memory for the calls of the bot; None if this machine has never written one."""
    if memories is None or memories.forgetting is None:
        return None
    guild_ids = settings.fleet.memory.transcript_guild_ids
    return RoomMemory(memories.bridge, memories.forgetting, guild_ids, guild_name)


class RoomMemory:
    """A `SharedMemory` over the bridge. ``guild_ids`` are those whose transcripts may go there.
    Without a ``bridge`` it only forgets."""

    def __init__(
        self,
        bridge: MemoryBridge | None,
        forgetting: Forgetting,
        guild_ids: Sequence[int],
        guild_name: Callable[[int], str],
    ) -> None:
        self._bridge = bridge
        self._forgetting = forgetting
        self._guild_ids = frozenset(guild_ids)
        self._guild_name = guild_name

    def takes(self, guild_id: int) -> bool:
        return self._bridge is not None and guild_id in self._guild_ids

    async def remember(self, guild_id: int, place: str, lines: Sequence[TranscriptLine]) -> None:
        if self._bridge is None:
            return
        where = f"call in {place}, {self._guild_name(guild_id)}"
        kept = [
            entry
            for line in lines
            for entry in entries(
                new_id(TRANSCRIPT, member_id=line.member_id, guild_id=guild_id),
                line.at,
                line.name,
                line.words,
                place=where,
            )
        ]
        try:
            await self._bridge.remember(kept)
        except StateError as error:
            log.error(
                "guild %s: %d lines of a transcript are not remembered: %s",
                guild_id,
                len(lines),
                error,
            )

    async def forget(self, member_id: int, guild_id: int | None = None) -> None:
        of_guild = [] if guild_id is None else [guild_tag(guild_id), TRANSCRIPT]
        await self._forgetting.forget([member_tag(member_id), *of_guild])

    async def forget_transcripts(self, guild_id: int) -> None:
        await self._forgetting.forget([guild_tag(guild_id), TRANSCRIPT])

    async def forget_guild(self, guild_id: int) -> None:
        await self._forgetting.forget([guild_tag(guild_id)])
