"""The memory that the operator's agents share, as the bot on Discord knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from database.transcripts import TranscriptLine


class SharedMemory(Protocol):
    """Where lines of transcripts are kept for agents, beyond the call and the database."""

    def takes(self, guild_id: int) -> bool:
        """Whether the operator lets the transcripts of that guild in."""
        ...

    async def remember(self, guild_id: int, place: str, lines: Sequence[TranscriptLine]) -> None:
        """Keep what was said at ``place``. A failure is logged."""
        ...

    async def forget(self, member_id: int, guild_id: int | None = None) -> None:
        """Remove what is there of a member, of one guild or of all: at once, or as soon as the
        memory can be reached.

        Raises:
            StateError: the wish could not be kept.
        """
        ...

    async def forget_transcripts(self, guild_id: int) -> None:
        """Remove the transcripts of a guild; as `forget`."""
        ...

    async def forget_guild(self, guild_id: int) -> None:
        """Remove all that is there of a guild; as `forget`."""
        ...
