"""Putting right, after a start or an outage, what Discord says of the bot and what it knows itself.

A call that was running when the bot went down goes on; a channel in which everybody sees a bot that
is not there is left. Looked at for each guild as soon as Discord has told what it is like.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import discord

from discord_bot.call.joining import announce_listening, check_may_join
from discord_bot.call.own_moves import own_moves
from discord_bot.call.presence import VoiceChannel, clear_presence, shown_in
from discord_bot.call.running_calls import RunningCall, RunningCalls
from discord_bot.call.supervisor import LONGEST_RETRY_S
from discord_bot.errors import DISCORD_FAILED, MayNotJoin, VoiceSessionError
from discord_bot.voice_session import TextChannel, VoiceSession
from tasks import OwnedTasks

log = logging.getLogger(__name__)

Join: TypeAlias = Callable[[VoiceChannel, TextChannel], Awaitable[VoiceSession]]
_GONE: Final = "the voice channel no longer exists"


class Returning:
    """Of one bot. ``sessions`` are its calls by guild, ``join`` begins one."""

    def __init__(
        self,
        client: discord.Client,
        calls: RunningCalls,
        sessions: Mapping[int, VoiceSession],
        join: Join,
    ) -> None:
        self._client = client
        self._calls = calls
        self._sessions = sessions
        self._join = join
        self._tasks = OwnedTasks(log)
        self._by_guild: dict[int, asyncio.Task[None]] = {}
        self._told: set[int] = set()
        """Guilds whose people know that the bot is not back yet."""

    def look(self, guild: discord.Guild) -> None:
        """Discord has just told, or told again, what a guild is like."""
        session = self._sessions.get(guild.id)
        if session is not None:
            session.renewed(guild)
            return
        running = self._by_guild.get(guild.id)
        if running is None or running.done():
            work = self._put_right(guild.id)
            self._by_guild[guild.id] = self._tasks.spawn(work, f"return to guild {guild.id}")

    async def aclose(self) -> None:
        """Come back to nothing any more."""
        await self._tasks.aclose()

    async def _put_right(self, guild_id: int) -> None:
        try:
            pause_s = 1.0
            while not await self._is_right(guild_id):
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RETRY_S)
        except Exception:
            log.exception("the bot's place in guild %s could not be put right", guild_id)

    async def _is_right(self, guild_id: int) -> bool:
        """Try; False to try again. A member may have called the bot meanwhile."""
        guild, call = self._client.get_guild(guild_id), self._calls.of(guild_id)
        if guild is None or guild.unavailable or guild_id in self._sessions:
            return True
        if own_moves(self._client).away:
            return False
        if call is None:
            await clear_presence(self._client, guild)
            return True
        channel = shown_in(self._client, guild) or guild.get_channel(call.channel_id)
        why_not = _why_not(channel)
        if why_not is not None or not isinstance(
            channel, discord.VoiceChannel | discord.StageChannel
        ):
            log.info("the call in guild %s is not taken up again: %s", guild_id, why_not)
            self._calls.ended(guild_id)
            await clear_presence(self._client, guild)
            text = await self._text_channel(guild, call, channel)
            await _tell(text, f"I was in a call when I went down. I do not come back: {why_not}.")
            return True
        return await self._come_back(guild, call, channel)

    async def _come_back(
        self, guild: discord.Guild, call: RunningCall, channel: VoiceChannel
    ) -> bool:
        text = await self._text_channel(guild, call, channel) or channel
        try:
            session = await self._join(channel, text)
        except VoiceSessionError as error:
            log.warning("the call in guild %s is not up again yet: %s", guild.id, error)
            if guild.id not in self._told:
                self._told.add(guild.id)
                await _tell(text, f"I am not back in the call yet. {error} I keep trying.")
            return False
        log.info("the call in guild %s goes on", guild.id)
        self._told.discard(guild.id)
        await announce_listening(session, channel, back=True)
        return True

    async def _text_channel(
        self, guild: discord.Guild, call: RunningCall, channel: object
    ) -> TextChannel | None:
        """Where the call was written of; or else the voice channel's own chat."""
        found: object = None
        if call.text_channel_id is not None:
            found = guild.get_channel_or_thread(call.text_channel_id)
            if found is None:
                try:
                    found = await guild.fetch_channel(call.text_channel_id)
                except DISCORD_FAILED as error:
                    log.warning("text channel %s cannot be found: %s", call.text_channel_id, error)
        for each in (found, channel):
            if isinstance(each, discord.abc.Messageable):
                return each
        return None


def _why_not(channel: object) -> str | None:
    """Why the bot stays out of a channel in which it was."""
    if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        return _GONE
    known = (channel.guild.get_member(each) for each in channel.voice_states)
    if all(member is not None and member.bot for member in known):
        return "everybody has left the channel"
    try:
        check_may_join(channel)
    except MayNotJoin as error:
        return str(error).removesuffix(".")
    return None


async def _tell(text: TextChannel | None, words: str) -> None:
    if text is None:
        return
    try:
        await text.send(words, allowed_mentions=discord.AllowedMentions.none())
    except DISCORD_FAILED as error:
        log.warning("could not post to the text channel: %s", error)
