"""The simulated Discord's guilds, channels and members, and how the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeVar

import discord

from simulators.discord.api_objects import BLANK_GUILD, LONG_AGO, Json, role_payload, snowflake
from simulators.discord.errors import UnknownPlace

Emit = Callable[[str, Json, int], None]
"""Sends a gateway event: its name, its data, and the id of the guild it happened in."""

_OWNER_ID: Final = 1
_ROLE_OVERWRITE: Final = 0
_MEMBER_OVERWRITE: Final = 1
_SEE: Final = discord.Permissions(view_channel=True, connect=True)
"""What a private channel takes from @everyone."""
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
    STAGE = 13


@dataclass(eq=False)
class User:
    """An account."""

    name: str
    bot: bool = False
    id: int = field(default_factory=snowflake)

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Member:
    """An account in a guild, with its own role for its permissions."""

    user: User
    permissions: discord.Permissions
    role_id: int = field(default_factory=snowflake)

    def payload(self) -> Json:
        return {
            "user": self.user.payload(),
            "nick": None,
            "avatar": None,
            "roles": [str(self.role_id)],
            "joined_at": LONG_AGO,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }

    def role(self) -> Json:
        return role_payload(self.role_id, self.user.name, self.permissions)


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


def _overwrite(subject_id: int, kind: int, *, allow: int = 0, deny: int = 0) -> Json:
    return {"id": str(subject_id), "type": kind, "allow": str(allow), "deny": str(deny)}


@dataclass(eq=False)
class TextChannel:
    guild: SimulatedGuild
    name: str
    id: int = field(default_factory=snowflake)
    forbidden: discord.Permissions = field(default_factory=discord.Permissions.none)
    """Permissions that the bot lacks in this channel."""
    only_for: frozenset[int] | None = None
    """The ids of the only users who can see a private channel; None for all."""

    type = ChannelType.TEXT

    def forbid(self, **permissions: bool) -> None:
        """Take permissions from the bot in this channel, e.g. ``forbid(connect=True)``."""
        self.forbidden = discord.Permissions(**permissions)
        self.guild.emit("CHANNEL_UPDATE", self.payload(), self.guild.id)

    def hide(self, *members: Member) -> None:
        """Make the channel private: besides the bot, only these members can see it."""
        self.only_for = frozenset(member.user.id for member in (self.guild.bot, *members))
        self.guild.emit("CHANNEL_UPDATE", self.payload(), self.guild.id)

    def _overwrites(self) -> list[Json]:
        bot_id, seen = self.guild.bot.user.id, _SEE.value
        allowed = self.only_for or frozenset()
        overwrites = [
            _overwrite(each, _MEMBER_OVERWRITE, allow=seen) for each in allowed if each != bot_id
        ]
        if self.only_for is not None:
            overwrites.append(_overwrite(self.guild.id, _ROLE_OVERWRITE, deny=seen))
        allow = seen & ~self.forbidden.value if bot_id in allowed else 0
        if allow or self.forbidden.value:
            deny = self.forbidden.value
            overwrites.append(_overwrite(bot_id, _MEMBER_OVERWRITE, allow=allow, deny=deny))
        return overwrites

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "type": self.type.value,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": list(self.guild.channels).index(self.id),
            "permission_overwrites": self._overwrites(),
            "nsfw": False,
            "parent_id": None,
            "topic": None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
        }


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

    type = ChannelType.VOICE

    def payload(self) -> Json:
        voice = {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
        return super().payload() | voice


@dataclass(eq=False)
class StageChannel(VoiceChannel):
    """A stage channel: no end-to-end encryption; the bot enters as audience, without speech."""

    dave: bool = False

    type = ChannelType.STAGE


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

    def permissions(
        self, member: Member, channel: TextChannel | None = None
    ) -> discord.Permissions:
        """What a member may do, in a channel or in the guild."""
        value = EVERYONE.value | member.permissions.value
        if discord.Permissions(value).administrator:
            return discord.Permissions.all()
        if channel is not None and member is self.bot:
            value &= ~channel.forbidden.value
        if channel is not None and channel.only_for is not None:
            value &= ~(0 if member.user.id in channel.only_for else _SEE.value)
        return discord.Permissions(value)

    def grant(self, member: Member, **permissions: bool) -> None:
        """Give permissions to a member's own role, or with False take them."""
        member.permissions = discord.Permissions(member.permissions.value)
        member.permissions.update(**permissions)
        role = {"guild_id": str(self.id), "role": member.role()}
        self.emit("GUILD_ROLE_UPDATE", role, self.id)

    def payload(self, *, all_members: bool, voice: bool) -> Json:
        """As in GUILD_CREATE. Without the presence intent only those in voice are members."""
        members = [
            member
            for member in self.members.values()
            if all_members or member is self.bot or member.user.id in self.voice_states
        ]
        states = [_without(state.payload(), "guild_id") for state in self.voice_states.values()]
        roles = [role_payload(self.id, "@everyone", EVERYONE)]
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
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        raise UnknownPlace(f"there is no channel {channel_id}")
