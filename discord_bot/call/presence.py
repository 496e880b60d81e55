"""Where Discord shows the bot, which after a crash is not where it knows itself to be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final, TypeAlias

import discord

from discord_bot.call.own_moves import own_moves
from discord_bot.errors import DISCORD_FAILED

log = logging.getLogger(__name__)

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel

_CONFIRMED_S: Final = 2.0
"""How long to wait for Discord's word that the bot is out; it takes some 100 ms."""
_LOOK_S: Final = 0.02


def shown_in(client: discord.Client, guild: discord.Guild) -> VoiceChannel | None:
    """The voice channel in which everybody sees the bot; None where it is no member any more."""
    known = client.get_guild(guild.id)
    me = known.get_member(client.user.id) if known is not None and client.user is not None else None
    return me.voice.channel if me is not None and me.voice is not None else None


async def clear_presence(client: discord.Client, guild: discord.Guild) -> None:
    """Be shown in no channel of a guild in which the bot has no voice connection.

    Discord answers a request to join the channel that it shows us in already with nothing that
    leads to a connection; so whoever is to join goes out first.
    """
    moves, clock = own_moves(client), asyncio.get_running_loop().time
    if shown_in(client, guild) is None or moves.away:
        return
    if not moves.expects_leave(guild.id, clock()):
        log.info("in guild %s Discord shows the bot in a call that is none of its own", guild.id)
        await leave_voice(client, guild)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CONFIRMED_S):
            while shown_in(client, guild) is not None:  # noqa: ASYNC110 - the cache has no event
                await asyncio.sleep(_LOOK_S)


async def leave_voice(client: discord.Client, guild: discord.Guild) -> None:
    """Ask to be in no channel of the guild, without a word on whether it worked."""
    moves, clock = own_moves(client), asyncio.get_running_loop().time
    moves.asked(guild.id, None, clock())
    try:
        await guild.change_voice_state(channel=None)
    except DISCORD_FAILED as error:
        moves.unsent(guild.id)
        log.warning("could not leave voice in guild %s: %s", guild.id, error)
