"""Rejoins the calls that were running before a restart or an outage.

Runs for each guild as soon as Discord has sent it. A recorded call is joined again. Without one,
the bot leaves the channel in which Discord still shows it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import discord

from backoff import Backoff
from discord_bot.call.control import CallControl
from discord_bot.call.intents import Intent, IntentKind
from discord_bot.call.notices import KEEP_TRYING
from discord_bot.call.room_chat import TextChannel
from discord_bot.call.supervisor import FIRST_RETRY_S, LONGEST_RETRY_S
from discord_bot.call.voice_channel import (
    VoiceChannel,
    check_may_join,
    only_bots,
    shown_in,
)
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.errors import DISCORD_FAILED, MayNotJoin, VoiceSessionError
from discord_bot.guild_state import RunningCall, RunningCalls
from discord_bot.languages import public_language
from discord_bot.messages.posting import post_in
from tasks import OwnedTasks
from translations import Text, clause, message, sentences

log = logging.getLogger(__name__)

_DELETED: Final = message("the voice channel no longer exists")


class Rejoiner:
    """Rejoins the calls of one bot, which ``calls`` recorded. Every other intent comes first."""

    def __init__(self, client: discord.Client, calls: RunningCalls, control: CallControl) -> None:
        self._client = client
        self._calls = calls
        self._control = control
        self._tasks = OwnedTasks(log)
        self._by_guild: dict[int, asyncio.Task[None]] = {}
        self._notified: set[int] = set()
        """Guilds that were told that the bot has not rejoined yet."""

    def guild_available(self, guild: discord.Guild) -> None:
        """Discord has sent a guild, for the first time or again."""
        session = self._control.sessions.get(guild.id)
        if session is not None:
            session.guild_renewed(guild)
            return
        running = self._by_guild.get(guild.id)
        if running is None or running.done():
            work = self._restore(guild.id)
            self._by_guild[guild.id] = self._tasks.spawn(work, f"rejoin in guild {guild.id}")

    async def aclose(self) -> None:
        """Stop all attempts."""
        await self._tasks.aclose()

    async def _restore(self, guild_id: int) -> None:
        try:
            backoff = Backoff(FIRST_RETRY_S, LONGEST_RETRY_S)
            while not await self._try_restore(guild_id):
                wait_s = backoff.next_s()
                await asyncio.sleep(wait_s)
        except Exception:
            log.exception("guild %s: could not restore the bot's call", guild_id)

    async def _try_restore(self, guild_id: int) -> bool:
        """False to try again. If a member has used /join meanwhile, nothing is left to do."""
        guild, call = self._client.get_guild(guild_id), self._calls.of(guild_id)
        if guild is None or guild.unavailable or guild_id in self._control.sessions:
            return True
        if voice_state_requests(self._client).offline(guild_id):
            return False
        if call is None:
            await self._clear(guild)
            return True
        channel = shown_in(self._client, guild) or guild.get_channel(call.channel_id)
        refusal = _refusal(channel)
        if refusal is not None or not isinstance(
            channel, discord.VoiceChannel | discord.StageChannel
        ):
            log.info("guild %s: the call is not rejoined: %s", guild_id, refusal)
            await self._clear(guild)
            text = await self._text_channel(guild, call, channel)
            told = message(
                "I was in a call when I stopped. I do not rejoin it: {reason}.",
                reason=clause(refusal or _DELETED),
            )
            await self._post(guild, text, told)
            return True
        return await self._rejoin(guild, call, channel)

    async def _rejoin(self, guild: discord.Guild, call: RunningCall, channel: VoiceChannel) -> bool:
        text = await self._text_channel(guild, call, channel) or channel
        intent = Intent(kind=IntentKind.RESTORE, channel=channel, text=text)
        wanted = self._control.restore(guild, intent)
        if wanted is None:
            return False  # to look again: what else is wanted may come to nothing
        try:
            outcome = await wanted
        except VoiceSessionError as error:
            log.warning("guild %s: could not rejoin the call yet: %s", guild.id, error)
            if guild.id not in self._notified:
                self._notified.add(guild.id)
                told = sentences(
                    message("I have not rejoined the call yet."), error.text, KEEP_TRYING
                )
                await self._post(guild, text, told)
            return False
        if outcome.later is not None:
            return False
        log.info("guild %s: rejoined the call", guild.id)
        self._notified.discard(guild.id)
        return True

    async def _clear(self, guild: discord.Guild) -> None:
        """Forget the guild's call, and leave where Discord still shows the bot."""
        wanted = self._control.restore(guild, Intent(kind=IntentKind.RESTORE))
        if wanted is not None:
            await wanted

    async def _text_channel(
        self, guild: discord.Guild, call: RunningCall, channel: object
    ) -> TextChannel | None:
        """The call's text channel, or else the voice channel's own chat."""
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

    async def _post(self, guild: discord.Guild, place: TextChannel | None, text: Text) -> None:
        if place is None:
            return
        try:
            await post_in(place, guild.me, text, public_language(self._client, guild))
        except DISCORD_FAILED as error:
            log.warning("could not post to the text channel: %s", error)


def _refusal(channel: object) -> Text | None:
    """Why the bot does not rejoin a channel, as a clause or sentence; None if it does."""
    if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        return _DELETED
    if only_bots(channel.guild, set(channel.voice_states)):
        return message("everybody has left the channel")
    try:
        check_may_join(channel)
    except MayNotJoin as error:
        return error.text
    return None
