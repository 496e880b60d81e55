"""What the bot tells the sensors of its calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from database.guild_settings import GuildSettings
from discord_bot.bot import VoiceBot
from discord_bot.rights import can_see
from discord_bot.voice_session import VoiceSession
from fleet.sensors.rooms import CallsNow, RoomMicrophone, RoomNow

LEVEL_OVER_S: Final = 1.0


def calls_of(bot: VoiceBot, settings_of: Callable[[int], GuildSettings]) -> CallsNow:
    """The calls of a bot. ``settings_of(guild_id)`` is what a server chose: names are shown where
    agents get what others say (``context_of_others``), and everyone sees the channel."""

    def now() -> Sequence[RoomNow]:
        return [
            _room(each, settings_of)
            for each in bot.sessions.values()
            if each.channel is not None and not each.over
        ]

    return now


def _room(call: VoiceSession, settings_of: Callable[[int], GuildSettings]) -> RoomNow:
    channel = call.channel
    assert channel is not None
    members = (call.guild.get_member(each) for each in channel.voice_states)
    return RoomNow(
        guild_id=call.guild.id,
        guild=call.guild.name,
        people=sum(1 for each in members if each is not None and not each.bot),
        heard=tuple(
            RoomMicrophone(each.speaker.name, each.speaking, each.level_db)
            for each in call.room.controls.heard(LEVEL_OVER_S)
            if call.consent.hears(call.guild, each.speaker.id)
        ),
        names=settings_of(call.guild.id).context_of_others and can_see(channel, None),
    )
