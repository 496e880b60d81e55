"""A voice channel and the bot: where Discord shows the bot, how it leaves, whether it may join."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final, TypeAlias

import discord

from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.errors import DISCORD_FAILED, MayNotJoin
from translations import Text, joined, message

log = logging.getLogger(__name__)

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel

ENTRY: Final = ("view_channel", "connect")
"""Permissions without which Discord does not answer a request to join."""
_PERMISSIONS: Final = {
    # Translators: a permission, as in Discord's own client; so are the next two.
    "view_channel": message("view channel"),
    # Translators: a permission
    "connect": message("connect"),
    # Translators: a permission
    "speak": message("speak"),
}
_CONFIRM_TIMEOUT_S: Final = 2.0
"""How long to wait until Discord shows the bot in no channel; it takes about 100 ms."""
_POLL_S: Final = 0.02


def check_may_join(channel: VoiceChannel, rights: tuple[str, ...] = (*ENTRY, "speak")) -> None:
    """
    Raises:
        MayNotJoin: the bot lacks one of the ``rights`` there, or the channel is full.
    """
    me = channel.guild.me
    allowed = channel.permissions_for(me)
    missing = [name for name in rights if not getattr(allowed, name)]
    if missing:
        names = joined((_PERMISSIONS[name] for name in missing), ", ")
        raise MayNotJoin(
            message(
                "I lack these permissions in {channel}: {names}.",
                channel=channel.mention,
                names=names,
            )
        )
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and me.id not in channel.voice_states and not allowed.move_members:
        raise MayNotJoin(message("{channel} is full.", channel=channel.mention))


def join_refusal(channel: VoiceChannel) -> Text | None:
    """Why Discord would not answer a request to join, as a sentence; None if it would."""
    try:
        check_may_join(channel, ENTRY)
    except MayNotJoin as error:
        return error.text
    return None


def only_bots(guild: discord.Guild, user_ids: set[int]) -> bool:
    """Whether all these users are known to be bots. Also true of no users."""
    members = (guild.get_member(each) for each in user_ids)
    return all(member is not None and member.bot for member in members)


def shown_in(client: discord.Client, guild: discord.Guild) -> VoiceChannel | None:
    """The voice channel in which Discord shows the bot; None also where it is not a member.

    After a crash Discord may show a bot that has no voice connection.
    """
    known = client.get_guild(guild.id)
    me = known.get_member(client.user.id) if known is not None and client.user is not None else None
    return me.voice.channel if me is not None and me.voice is not None else None


async def clear_presence(client: discord.Client, guild: discord.Guild) -> None:
    """Leave the channel in which Discord shows a bot that has no voice connection in the guild.

    Discord's answer to a request to join that same channel leads to no connection. So a bot that
    wants to join leaves first.
    """
    requests, clock = voice_state_requests(client), asyncio.get_running_loop().time
    if shown_in(client, guild) is None or requests.offline(guild.id):
        return
    if not requests.expects_leave(guild.id, clock()):
        log.info("guild %s: Discord shows the bot in a call it has no connection to", guild.id)
        await leave_voice(client, guild)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CONFIRM_TIMEOUT_S):
            while shown_in(client, guild) is not None:  # noqa: ASYNC110 - the cache has no event
                await asyncio.sleep(_POLL_S)


async def leave_voice(client: discord.Client, guild: discord.Guild) -> None:
    """Ask Discord to leave voice in the guild. A failure is only logged."""
    requests, clock = voice_state_requests(client), asyncio.get_running_loop().time
    requests.add(guild.id, None, clock())
    try:
        await guild.change_voice_state(channel=None)
    except DISCORD_FAILED as error:
        requests.drop_latest(guild.id)
        log.warning("guild %s: could not leave the voice channel: %s", guild.id, error)
