"""The simulated Discord's guilds, channels and members, and how the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeVar

import discord

from simulators.discord.accounts import Member, User
from simulators.discord.api_objects import BLANK_GUILD, Json, role_payload, snowflake
from simulators.discord.errors import UnknownPlace
from simulators.discord.roles import GuildRole, Overwrite, implied, merged, with_overwrites

Emit = Callable[[str, Json, int], None]
"""Sends a gateway event: its name, its data, and the id of the guild it happened in."""

_OWNER_ID: Final = 1
_MEMBER_OVERWRITE: Final = 1
EVERYONE: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    read_message_history=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    use_application_commands=True,
    connect=True,
    speak=True,
    use_voice_activation=True,
    request_to_speak=True,
    stream=True,
    change_nickname=True,
    create_public_threads=True,
    create_private_threads=True,
    send_messages_in_threads=True,
    set_voice_channel_status=True,
)
"""What @everyone may do in a new guild."""
BOT_PERMISSIONS: Final = discord.Permissions(
    view_channel=True, send_messages=True, attach_files=True, connect=True, speak=True
)
"""The permissions that the bot is invited with: those of the README's link, and no more. In a guild
it has those of @everyone as well."""


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1
    VOICE = 2
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13


@dataclass(eq=False)
class VoiceState:
    """Where a member is in voice; ``suppress`` is being audience, or not allowed to speak."""

    member: Member
    channel: VoiceChannel
    session_id: str
    self_mute: bool = False
    self_deaf: bool = False
    mute: bool = False
    deaf: bool = False
    suppress: bool = False
    requested_to_speak_at: str | None = None
    """When the audience of a stage asked to speak, in ISO 8601."""

    def payload(self) -> Json:
        return voice_state_payload(self.member, self.channel.guild, self.session_id) | {
            "channel_id": str(self.channel.id),
            "self_mute": self.self_mute,
            "self_deaf": self.self_deaf,
            "mute": self.mute,
            "deaf": self.deaf,
            "suppress": self.suppress,
            "request_to_speak_timestamp": self.requested_to_speak_at,
        }


def voice_state_payload(member: Member, guild: SimulatedGuild, session_id: str) -> Json:
    """The state of a member who is in no channel."""
    return {
        "guild_id": str(guild.id),
        "channel_id": None,
        "user_id": str(member.user.id),
        "member": member.payload(),
        "session_id": session_id,
        "deaf": False,
        "mute": False,
        "self_deaf": False,
        "self_mute": False,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
    }


@dataclass(eq=False)
class TextChannel:
    guild: SimulatedGuild
    name: str
    id: int = field(default_factory=snowflake)
    forbidden: discord.Permissions = field(default_factory=discord.Permissions.none)
    """Permissions that the bot lacks in this channel."""
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    """What the channel allows and denies, by role or member."""
    nsfw: bool = False
    """Age-restricted."""

    type = ChannelType.TEXT

    def forbid(self, **permissions: bool) -> None:
        """Take permissions from the bot in this channel, e.g. ``forbid(connect=True)``."""
        self.forbidden = discord.Permissions(**permissions)
        self.guild.emit("CHANNEL_UPDATE", self.payload(), self.guild.id)

    def payload(self) -> Json:
        overwrite = {
            "id": str(self.guild.bot.user.id),
            "type": _MEMBER_OVERWRITE,
            "allow": "0",
            "deny": str(self.forbidden.value),
        }
        payload: Json = {
            "id": str(self.id),
            "type": self.type.value,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": list(self.guild.channels).index(self.id),
            "permission_overwrites": [overwrite] if self.forbidden.value else [],
            "nsfw": False,
            "parent_id": None,
            "topic": None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
        }
        own = [each.payload() for each in self.overwrites.values()]
        overwrites = merged(*payload["permission_overwrites"], *own)
        return payload | {"permission_overwrites": overwrites, "nsfw": self.nsfw}

    def hide(self, *members: Member) -> None:
        """Make the channel private: besides the bot, only these members can see it."""
        guild, see = self.guild, {"view_channel": True, "connect": True}
        hidden = Overwrite(guild.id, False).changed(dict.fromkeys(see, False))
        self.overwrites = {guild.id: hidden}
        for key in (guild.bot.user.id, *(member.user.id for member in members)):
            self.overwrites[key] = Overwrite(key, True).changed(dict(see))
        guild.emit("CHANNEL_UPDATE", self.payload(), guild.id)

    @property
    def home(self) -> TextChannel:
        """Where the permissions come from: the channel itself, or a thread's channel."""
        return self

    @property
    def listed(self) -> bool:
        """The bot can see it; of threads, only the active ones."""
        return self.guild.permissions(self.guild.bot, self).view_channel

    def overwrite(
        self, subject: Member | GuildRole | SimulatedGuild, **permissions: bool | None
    ) -> None:
        """Allow (True), deny (False) or inherit (None) permissions in this channel.

        The subject is a member, a role, or the guild for @everyone.
        """
        member = isinstance(subject, Member)
        key = subject.user.id if isinstance(subject, Member) else subject.id
        old = self.overwrites.get(key, Overwrite(key, member))
        self.overwrites[key] = old.changed(permissions)
        self.guild.emit("CHANNEL_UPDATE", self.payload(), self.guild.id)


@dataclass(eq=False)
class DirectChannel:
    """The direct channel between the bot and one member, who may have blocked it."""

    user: User
    id: int = field(default_factory=snowflake)
    shut: bool = False

    @property
    def name(self) -> str:
        return f"@{self.user.name}"

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "type": ChannelType.DM.value,
            "last_message_id": None,
            "recipients": [self.user.payload()],
        }


@dataclass(eq=False)
class VoiceChannel(TextChannel):
    """A voice channel, which has a text chat as well; ``dave`` is end-to-end encryption."""

    dave: bool = True
    status: str | None = None
    """The line below the channel's name; it is no field of the channel object."""
    region: str | None = None
    """The voice region; None for an automatic choice."""

    type = ChannelType.VOICE

    def payload(self) -> Json:
        voice = {"bitrate": 64000, "user_limit": 0, "video_quality_mode": 1}
        return super().payload() | voice | {"rtc_region": self.region}


@dataclass(eq=False)
class StageChannel(VoiceChannel):
    """A stage channel: no end-to-end encryption; the bot enters as audience, without speech."""

    dave: bool = False

    type = ChannelType.STAGE


@dataclass(eq=False)
class StageInstance:
    """A live stage with a topic (API reference, "Stage Instance Resource")."""

    channel: StageChannel
    topic: str
    privacy_level: int = 2
    id: int = field(default_factory=snowflake)

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "guild_id": str(self.channel.guild.id),
            "channel_id": str(self.channel.id),
            "topic": self.topic,
            "privacy_level": self.privacy_level,
            "discoverable_disabled": True,
            "guild_scheduled_event_id": None,
        }


C = TypeVar("C", bound=TextChannel)


@dataclass(eq=False)
class SimulatedGuild:
    """A Discord server."""

    name: str
    bot: Member
    emit: Emit
    dave: bool = True
    id: int = field(default_factory=snowflake)
    channels: dict[int, TextChannel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    voice_states: dict[int, VoiceState] = field(default_factory=dict)
    threads: dict[int, TextChannel] = field(default_factory=dict)
    stages: dict[int, StageInstance] = field(default_factory=dict)
    """The live stages by their channels."""
    roles: dict[int, GuildRole] = field(default_factory=dict)
    everyone: discord.Permissions = EVERYONE
    """The permissions of @everyone."""
    locale: str = "en-US"
    """The guild's preferred language."""

    def add_text_channel(self, name: str) -> TextChannel:
        return self._add(TextChannel(self, name))

    def add_voice_channel(self, name: str, *, dave: bool | None = None) -> VoiceChannel:
        """``dave`` says whether calls in it are end-to-end encrypted; default: as the simulator."""
        return self._add(VoiceChannel(self, name, dave=self.dave if dave is None else dave))

    def add_stage_channel(self, name: str) -> StageChannel:
        return self._add(StageChannel(self, name))

    def _add(self, channel: C) -> C:
        self.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", channel.payload(), self.id)
        return channel

    def admit(self, member: Member) -> None:
        """Make an account a member with a role of its own, and send the events."""
        self.members[member.user.id] = member
        role = {"guild_id": str(self.id), "role": member.role()}
        self.emit("GUILD_ROLE_CREATE", role, self.id)
        self.emit("GUILD_MEMBER_ADD", member.payload() | {"guild_id": str(self.id)}, self.id)

    def remove(self, member: Member) -> None:
        """End a membership, and send the events."""
        del self.members[member.user.id]
        role = {"guild_id": str(self.id), "role_id": str(member.role_id)}
        self.emit("GUILD_ROLE_DELETE", role, self.id)
        gone = {"guild_id": str(self.id), "user": member.user.payload()}
        self.emit("GUILD_MEMBER_REMOVE", gone, self.id)

    def permissions(
        self, member: Member, channel: TextChannel | None = None
    ) -> discord.Permissions:
        """What a member may do, in a channel or in the guild."""
        value = self.everyone.value | member.permissions.value
        for role in member.roles:
            value |= role.permissions.value
        if discord.Permissions(value).administrator:
            return discord.Permissions.all()
        if channel is not None:
            value = self._in_channel(value, member, channel)
            channel = channel.home
        if channel is not None and member is self.bot:
            value &= ~channel.forbidden.value
        return discord.Permissions(value)

    def grant(self, member: Member, **permissions: bool) -> None:
        """Give permissions to a member's own role, or with False take them."""
        member.permissions = discord.Permissions(member.permissions.value)
        member.permissions.update(**permissions)
        role = {"guild_id": str(self.id), "role": member.role()}
        self.emit("GUILD_ROLE_UPDATE", role, self.id)

    def _in_channel(self, value: int, member: Member, channel: TextChannel) -> int:
        parent = channel.home
        value = with_overwrites(
            value,
            parent.overwrites.values(),
            everyone_id=self.id,
            role_ids=member.role_ids,
            member_id=member.user.id,
        )
        if member is self.bot:
            value &= ~parent.forbidden.value
        return implied(value, voice=isinstance(channel, VoiceChannel), thread=parent is not channel)

    def payload(self, *, all_members: bool, voice: bool) -> Json:
        """As in GUILD_CREATE. Without the presence intent only those in voice are members."""
        members = [
            member
            for member in self.members.values()
            if all_members or member is self.bot or member.user.id in self.voice_states
        ]
        states = [_without(state.payload(), "guild_id") for state in self.voice_states.values()]
        roles = [role_payload(self.id, "@everyone", self.everyone)]
        roles += [role.payload() for role in self.roles.values()]
        roles += [member.role() for member in self.members.values()]
        return BLANK_GUILD | {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(_OWNER_ID),
            "roles": roles,
            "member_count": len(self.members),
            "members": [member.payload() for member in members],
            "channels": [channel.payload() for channel in self.channels.values()],
            "voice_states": states if voice else [],
            "stage_instances": [stage.payload() for stage in self.stages.values()],
            "preferred_locale": self.locale,
            "threads": [thread.payload() for thread in self.threads.values() if thread.listed],
        }


def _without(payload: Json, key: str) -> Json:
    return {k: v for k, v in payload.items() if k != key}


class World:
    """All guilds, and the one bot account that is in each of them."""

    def __init__(self, emit: Emit, *, dave: bool) -> None:
        self.bot = User("OpenClaw", bot=True)
        self.guilds: dict[int, SimulatedGuild] = {}
        self._direct: dict[int, DirectChannel] = {}
        self._emit = emit
        self._dave = dave

    def add_guild(self, name: str, bot_permissions: discord.Permissions) -> SimulatedGuild:
        bot = Member(self.bot, bot_permissions)
        guild = SimulatedGuild(name, bot, self._emit, dave=self._dave)
        guild.members[self.bot.id] = bot
        self.guilds[guild.id] = guild
        return guild

    def remove_guild(self, guild: SimulatedGuild) -> None:
        """Remove the bot from a guild; an unknown guild is no error."""
        self.guilds.pop(guild.id, None)

    def guild(self, guild_id: int) -> SimulatedGuild:
        """Raises UnknownPlace."""
        try:
            return self.guilds[guild_id]
        except KeyError:
            raise UnknownPlace(f"there is no guild {guild_id}") from None

    def direct_channel(self, user_id: int) -> DirectChannel | None:
        """The channel between the bot and a user; None for an unknown user."""
        members = (guild.members.get(user_id) for guild in self.guilds.values())
        member = next((each for each in members if each is not None), None)
        if member is None:
            return self._direct.get(user_id)
        return self._direct.setdefault(user_id, DirectChannel(member.user))

    def direct(self, channel_id: int) -> DirectChannel | None:
        """One of the direct channels by its own id."""
        return next((each for each in self._direct.values() if each.id == channel_id), None)

    def shares_a_guild(self, user_id: int) -> bool:
        return any(user_id in guild.members for guild in self.guilds.values())

    def channel(self, channel_id: int) -> TextChannel:
        """Raises UnknownPlace."""
        for guild in self.guilds.values():
            channel = guild.channels.get(channel_id) or guild.threads.get(channel_id)
            if channel is not None:
                return channel
        raise UnknownPlace(f"there is no channel {channel_id}")
