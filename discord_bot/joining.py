"""Coming into a voice channel: whether the bot may, and what it says there."""

from __future__ import annotations

from discord_bot.errors import MayNotJoin
from discord_bot.voice_session import VoiceChannel, VoiceSession


def check_may_join(channel: VoiceChannel) -> None:
    """
    Raises:
        MayNotJoin: the bot's permissions there, or the channel's limit, forbid it.
    """
    me = channel.guild.me
    allowed = channel.permissions_for(me)
    missing = [name for name in ("view_channel", "connect", "speak") if not getattr(allowed, name)]
    if missing:
        rights = ", ".join(name.replace("_", " ") for name in missing)
        raise MayNotJoin(f"I lack these permissions in {channel.mention}: {rights}.")
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and me.id not in channel.voice_states and not allowed.move_members:
        raise MayNotJoin(f"{channel.mention} is full.")


async def announce_listening(session: VoiceSession, channel: VoiceChannel) -> None:
    """Say in writing that everybody there is heard from now on."""
    name = session.room.persona.name
    await session.announce(f"{name} is listening in {channel.mention}. No audio is stored.")
