"""Into which voice channel the bot comes by itself: after a member it follows, or by a rule.

A server may have the bot join its `auto_join_channels` when enough members are in one of them, and
a member may ask it to follow them (/follow). After members have ended or moved a call, the channel
is declined: the rule waits until it was empty, and a member who was followed there is followed
again after they have left it.

Pure: reads discord.py's cache, the settings and the choices, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import discord

from database.guild_settings import GuildSettings
from database.member_choices import MemberChoices
from discord_bot.call.voice_channel import VoiceChannel, check_may_join
from discord_bot.errors import MayNotJoin, NotAllowed
from discord_bot.rights import (
    ServerRights,
    check_channel,
    check_may_begin,
    is_listed,
)
from translations import Text, message, plural, verbatim


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChannel:
    """A channel that the bot should join by itself."""

    channel: VoiceChannel
    by: Text
    """Who wants it, as the subject of a sentence."""
    reason: Text
    """A sentence for those in the channel: why the bot came."""


class Declined:
    """What members of one guild have declined by ending or moving a call.

    Keeps its own record of who is in a declined channel: by the time an event is handled,
    discord.py's cache may already have the next one.
    """

    def __init__(self) -> None:
        self._present: dict[int, set[int]] = {}
        """The humans in each declined channel, by their ids."""
        self._followed: set[tuple[int, int]] = set()
        """Members, and the channel in which each was followed."""

    def add(self, channel: VoiceChannel) -> None:
        """Members have ended or moved the call in a channel."""
        present = {member.id for member in humans(channel)}
        if present:
            self._present[channel.id] = present
            self._followed |= {(each, channel.id) for each in present}

    def moved(
        self, member: discord.Member, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """A member left a channel or entered one."""
        if after is not None and after.id in self._present and not member.bot:
            self._present[after.id].add(member.id)
        if before is not None:
            self._followed.discard((member.id, before.id))
            self._left(before.id, {member.id})

    def sync(self, guild: discord.Guild) -> None:
        """Discord has sent the guild again, perhaps without the moves meanwhile."""
        for channel_id in list(self._present):
            found = guild.get_channel(channel_id)
            present: set[int] = set()
            if isinstance(found, discord.VoiceChannel | discord.StageChannel):
                present = {each.id for each in humans(found)}
            self._left(channel_id, self._present[channel_id] - present)
            self._followed = {
                (member, channel)
                for member, channel in self._followed
                if channel != channel_id or member in present
            }

    def declines(self, channel: VoiceChannel, followed: discord.Member | None = None) -> bool:
        """Whether the bot does not come by the rule, or after the member ``followed``."""
        if followed is None:
            return channel.id in self._present
        return (followed.id, channel.id) in self._followed

    def _left(self, channel_id: int, members: set[int]) -> None:
        present = self._present.get(channel_id)
        if present is not None:
            present -= members
            if not present:
                del self._present[channel_id]


def humans(channel: VoiceChannel) -> list[discord.Member]:
    """The members in a channel that are known and are no bots."""
    found = (channel.guild.get_member(each) for each in channel.voice_states)
    return [each for each in found if each is not None and not each.bot]


def wanted_channel(
    guild: discord.Guild,
    settings: GuildSettings,
    choices: MemberChoices,
    rights: ServerRights,
    declined: Declined,
) -> WantedChannel | None:
    """The channel that the bot should join by itself; None for none. Following comes first."""
    found = (
        *_followed(guild, choices, rights, declined),
        *_by_rule(guild, settings, choices, rights, declined),
    )
    return next((each for each in found if _may_join(each.channel)), None)


def _followed(
    guild: discord.Guild, choices: MemberChoices, rights: ServerRights, declined: Declined
) -> Iterator[WantedChannel]:
    channels: list[VoiceChannel] = [*guild.voice_channels, *guild.stage_channels]
    present = [
        (member, channel)
        for channel in channels
        for member in humans(channel)
        if channel != guild.afk_channel and choices.of(guild.id, member.id).follow
    ]
    for member, channel in sorted(present, key=lambda each: each[0].id):
        if declined.declines(channel, member):
            continue
        try:
            check_may_begin(member, channel, rights)
        except NotAllowed:
            continue
        name = verbatim(discord.utils.escape_markdown(member.display_name))
        yield WantedChannel(
            channel=channel,
            by=name,
            reason=message("I follow {name}, who asked for it. `/follow` changes that.", name=name),
        )


def _by_rule(
    guild: discord.Guild,
    settings: GuildSettings,
    choices: MemberChoices,
    rights: ServerRights,
    declined: Declined,
) -> Iterator[WantedChannel]:
    for channel_id in settings.auto_join_channels:
        channel = guild.get_channel(channel_id)
        if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            continue
        counted = [
            each
            for each in humans(channel)
            if is_listed(each.id, each, rights)
            and choices.of(guild.id, each.id).hearing != "left_out"
        ]
        if len(counted) < settings.auto_join_members or declined.declines(channel):
            continue
        try:
            check_channel(channel, rights)
        except NotAllowed:
            continue
        yield WantedChannel(
            channel=channel,
            # Translators: the subject of "{name} has called me to {channel}."
            by=message("This server's rule"),
            reason=plural(
                "This server has me join by myself when {count} member is in this channel.",
                "This server has me join by myself when {count} members are in this channel.",
                count=settings.auto_join_members,
            ),
        )


def _may_join(channel: VoiceChannel) -> bool:
    try:
        check_may_join(channel)
    except MayNotJoin:
        return False
    return True
