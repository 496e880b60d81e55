"""A mark while the bot listens: in its nickname, or in the status of the voice channel.

The nickname gets a prefix that no member types by chance. It is taken off again when the call ends,
and at the next start after a crash: without the prefix it is the name that the bot had before. A
name that is too long for the prefix is not marked. Discord tells bots no voice channel's status, so
one that members had set is lost; it is cleared when the call ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import discord

from database.guild_settings import Mark
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import DISCORD_FAILED
from translations import Text, message

log = logging.getLogger(__name__)

PREFIX: Final = "👂 "
LONGEST_NAME: Final = 32
"""Discord's limit for a nickname."""
_NICKNAME_REFUSED: Final = message(
    "I could not mark my nickname while I listen: I need the permission Change Nickname, and a "
    "name of at most 30 characters."
)
_STATUS_REFUSED: Final = message(
    "I could not set this channel's status while I listen: I need the permission Set Voice "
    "Channel Status, and a voice channel that is no stage."
)


class ListeningMarks:
    """The marks of one bot in all guilds. ``mark_of`` returns what a guild chose."""

    def __init__(self, mark_of: Callable[[int], Mark], language: Callable[[discord.Guild], str]):
        self._mark_of = mark_of
        self._language = language
        self._wanted: dict[int, tuple[VoiceChannel, str]] = {}
        """Where the bot listens, and the agent's name, by guild."""
        self._status: dict[int, int] = {}
        """The channel whose status is set, by guild."""
        self._refused: set[tuple[int, Mark]] = set()
        """What each guild was told that it does not work."""
        self._changing = asyncio.Lock()

    async def show(
        self, channel: VoiceChannel, agent: str, tell: Callable[[Text], Awaitable[object]]
    ) -> None:
        """Mark that the bot listens in ``channel``, as its guild chose. ``tell`` tells the call,
        once, that it does not work."""
        guild = channel.guild
        self._wanted[guild.id] = (channel, agent)
        async with self._changing:
            refusal = await self._apply(guild)
        mark = self._mark_of(guild.id)
        if refusal is None:
            self._refused.discard((guild.id, mark))
        elif (guild.id, mark) not in self._refused:
            self._refused.add((guild.id, mark))
            await tell(refusal)

    async def hide(self, guild: discord.Guild, left: int | None = None) -> None:
        """The bot no longer listens in a guild. After a crash, ``left`` is the id of the channel
        in which it listened before."""
        self._wanted.pop(guild.id, None)
        if left is not None and self._mark_of(guild.id) == "status":
            self._status.setdefault(guild.id, left)
        async with self._changing:
            await self._apply(guild)

    async def _apply(self, guild: discord.Guild) -> Text | None:
        """Bring Discord to what is wanted now; why that does not work."""
        wanted = self._wanted.get(guild.id)
        mark: Mark = "none" if wanted is None else self._mark_of(guild.id)
        if mark != "nickname":
            await restore_nickname(guild)
        if mark != "status" or (wanted and self._status.get(guild.id) != wanted[0].id):
            await self._clear_status(guild)
        if mark == "nickname" and not await _mark_nickname(guild):
            return _NICKNAME_REFUSED
        if mark == "status" and wanted and not await self._set_status(*wanted):
            return _STATUS_REFUSED
        return None

    async def _set_status(self, channel: VoiceChannel, agent: str) -> bool:
        if not isinstance(channel, discord.VoiceChannel):
            return False
        words = message("{agent} is listening", agent=agent).to(self._language(channel.guild))
        try:
            await channel.edit(status=f"{PREFIX}{words}")
        except DISCORD_FAILED as error:
            log.warning("guild %s: the channel's status: %s", channel.guild.id, error)
            return False
        self._status[channel.guild.id] = channel.id
        return True

    async def _clear_status(self, guild: discord.Guild) -> None:
        channel = guild.get_channel(self._status.pop(guild.id, 0))
        if not isinstance(channel, discord.VoiceChannel):
            return
        try:
            await channel.edit(status=None)
        except DISCORD_FAILED as error:
            log.warning("guild %s: the channel's status is not cleared: %s", guild.id, error)


async def restore_nickname(guild: discord.Guild) -> None:
    """Take the mark off the bot's nickname."""
    me = guild.me
    if me.nick is None or not me.nick.startswith(PREFIX):
        return
    before = me.nick.removeprefix(PREFIX)
    try:
        await me.edit(nick=None if before == _own_name(me) else before)
    except DISCORD_FAILED as error:
        log.warning("guild %s: the nickname is not restored: %s", guild.id, error)


async def _mark_nickname(guild: discord.Guild) -> bool:
    me = guild.me
    name = me.nick or _own_name(me)
    if name.startswith(PREFIX):
        return True
    if len(PREFIX + name) > LONGEST_NAME:
        return False
    try:
        await me.edit(nick=PREFIX + name)
    except DISCORD_FAILED as error:
        log.warning("guild %s: the nickname is not marked: %s", guild.id, error)
        return False
    return True


def _own_name(me: discord.Member) -> str:
    return me.global_name or me.name
