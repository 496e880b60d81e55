"""Keeps the people of a conversation the same as those who are heard in the call's channel:
humans, and the bots that the server chose."""

from __future__ import annotations

import logging
from collections.abc import Callable

import discord

from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import DISCORD_FAILED
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Speaker
from tasks import OwnedTasks

log = logging.getLogger(__name__)


class CallMembers:
    """The members of one call. ``channel`` returns its channel, or None when it has ended."""

    def __init__(
        self,
        room: PipelineOrchestrator,
        channel: Callable[[], VoiceChannel | None],
        tasks: OwnedTasks,
        hears_bot: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """``hears_bot(user_id)`` says whether another bot takes part."""
        self._room = room
        self._channel = channel
        self._tasks = tasks
        self._hears_bot = hears_bot

    def moved(
        self, member: discord.Member, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """A member other than the bot joined, left or was moved."""
        channel = self._channel()
        if channel is None or before == after or not self._takes_part(member):
            return
        if after == channel:
            self._add(member)
        elif before == channel:
            self._room.person_left(member.id)

    def sync(self) -> None:
        """Add the members who are in the channel, and remove the others."""
        channel = self._channel()
        if channel is None:
            return
        for user_id in channel.voice_states:
            member = channel.guild.get_member(user_id)
            if member is None:
                self._tasks.spawn(self._fetch(channel.guild, user_id), "fetch a member")
            elif self._takes_part(member):
                self._add(member)
        for user_id in self._room.people:
            member = channel.guild.get_member(user_id)
            gone = user_id not in channel.voice_states
            if gone or (member is not None and not self._takes_part(member)):
                self._room.person_left(user_id)

    async def _fetch(self, guild: discord.Guild, user_id: int) -> None:
        """Add a member who is not in discord.py's cache."""
        try:
            member = await guild.fetch_member(user_id)
        except DISCORD_FAILED as error:
            log.warning("member %s is unknown and will not be heard: %s", user_id, error)
            return
        channel = self._channel()
        if self._takes_part(member) and channel is not None and user_id in channel.voice_states:
            self._add(member)

    def _takes_part(self, member: discord.Member) -> bool:
        return not member.bot or self._hears_bot(member.id)

    def _add(self, member: discord.Member) -> None:
        self._room.person_joined(Speaker(member.id, member.display_name))
