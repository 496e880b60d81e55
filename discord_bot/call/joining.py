"""Coming into a voice channel: whether the bot may, and what it says there."""

from __future__ import annotations

from typing import Final, Protocol

from discord_bot.call.presence import VoiceChannel
from discord_bot.errors import MayNotJoin
from pipeline.orchestrator import PipelineOrchestrator

ENTRY: Final = ("view_channel", "connect")
"""Without these Discord does not answer a request to join."""


class JoinedCall(Protocol):
    """A `VoiceSession`, as far as it is announced."""

    @property
    def room(self) -> PipelineOrchestrator: ...

    async def announce(self, text: str) -> bool: ...


def check_may_join(channel: VoiceChannel, rights: tuple[str, ...] = (*ENTRY, "speak")) -> None:
    """
    Raises:
        MayNotJoin: the bot lacks one of the ``rights`` there, or the channel's limit forbids it.
    """
    me = channel.guild.me
    allowed = channel.permissions_for(me)
    missing = [name for name in rights if not getattr(allowed, name)]
    if missing:
        names = ", ".join(name.replace("_", " ") for name in missing)
        raise MayNotJoin(f"I lack these permissions in {channel.mention}: {names}.")
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and me.id not in channel.voice_states and not allowed.move_members:
        raise MayNotJoin(f"{channel.mention} is full.")


async def announce_listening(
    session: JoinedCall, channel: VoiceChannel, *, back: bool = False
) -> None:
    """Say in writing that everybody there is heard from now on; ``back`` from an absence."""
    name = session.room.persona.name
    text = f"{name} is listening in {channel.mention}. No audio is stored."
    await session.announce(f"I am back: {text}" if back else text)
