"""Keeps the people of a conversation the same as the humans in the call's channel."""

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
    ) -> None:
        self._room = room
        self._channel = channel
        self._tasks = tasks

    def moved(
        self, member: discord.Member, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """A member other than the bot joined, left or was moved."""
        channel = self._channel()
        if channel is None or before == after or member.bot:
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
            elif not member.bot:
                self._add(member)
        for user_id in self._room.people - set(channel.voice_states):
            self._room.person_left(user_id)

    async def _fetch(self, guild: discord.Guild, user_id: int) -> None:
        """Add a member who is not in discord.py's cache."""
        try:
            member = await guild.fetch_member(user_id)
        except DISCORD_FAILED as error:
            log.warning("member %s is unknown and will not be heard: %s", user_id, error)
            return
        channel = self._channel()
        if not member.bot and channel is not None and user_id in channel.voice_states:
            self._add(member)

    def _add(self, member: discord.Member) -> None:
        self._room.person_joined(Speaker(member.id, member.display_name))
