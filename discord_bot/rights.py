"""Who may call, move, end or switch a guild's call, and who is heard in it.

| action | who may |
| --- | --- |
| begin a call | members who can enter the channel; on the server's list, if it has one |
| move, end or stop a running call, speak in it, change how it sounds | its members; managers |
| choose agent, sensitivity, volume or voice while there is no call | managers |

*Members* of a call are the humans in its voice channel; on the server's list, if it has one.
*Managers* may move members or manage the server, or the server chose them
(`ServerRights.manager_users`, `manager_roles`). A call that all humans have left, or that the bot
has not joined yet, has no members: those who may begin a call may also move or end it.

Pure: reads discord.py's cache, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol, TypeAlias

import discord

from database.guild_settings import MayChange
from discord_bot.call.voice_channel import VoiceChannel, only_bots
from discord_bot.errors import NotAllowed
from translations import Text, message, verbatim


class CallAction(Enum):
    """What a member wants to do to a call. The value completes "you cannot ..."."""

    # Translators: completes "you cannot {action}"; put a "not" here if your language needs it.
    MOVE = message("move me")
    # Translators: completes "you cannot {action}"
    END = message("end it")
    # Translators: completes "you cannot {action}"
    CHOOSE_AGENT = message("choose the agent")
    # Translators: completes "you cannot {action}"
    CHOOSE_SENSITIVITY = message("choose the sensitivity")
    # Translators: completes "you cannot {action}"
    CHOOSE_VOLUME = message("choose the volume")
    # Translators: completes "you cannot {action}"
    STOP = message("stop me")
    # Translators: completes "you cannot {action}"
    SPEAK = message("have me say something")
    # Translators: completes "you cannot {action}"
    TAKE_OVER = message("take over from the agent")
    # Translators: completes "you cannot {action}"
    CHANGE_SETTING = message("change that setting")


_SHOWN: Final = 5
"""Managers that an answer names."""


@dataclass(frozen=True, slots=True)
class ServerRights:
    """What a server chose. Ids of Discord; an empty list limits nothing, and adds no member."""

    channels: frozenset[int] = frozenset()
    """The voice channels that the bot may join."""
    roles: frozenset[int] = frozenset()
    """The roles whose members may begin a call, and are heard in it."""
    users: frozenset[int] = frozenset()
    """The users who may begin a call, and are heard in it, besides those of `roles`."""
    manager_roles: frozenset[int] = frozenset()
    """The roles whose members may move, end and switch a call from outside."""
    manager_users: frozenset[int] = frozenset()
    """The users who may move, end and switch a call from outside."""
    bots: frozenset[int] = frozenset()
    """The other bots that are heard."""


RightsOf: TypeAlias = Callable[[int], ServerRights]
"""The rights that a guild chose, by its id. Called for every packet: must not wait."""


class RightsSettings(Protocol):
    """The settings of a server that make its rights. Ids of Discord."""

    @property
    def allowed_channels(self) -> Collection[int]: ...
    @property
    def allowed_roles(self) -> Collection[int]: ...
    @property
    def allowed_users(self) -> Collection[int]: ...
    @property
    def move_roles(self) -> Collection[int]: ...
    @property
    def move_users(self) -> Collection[int]: ...
    @property
    def transcribed_bots(self) -> Collection[int]: ...


class SettingsRights:
    """A `RightsOf` over settings: ``settings_of`` returns those of a guild, by its id.

    While it returns the same object, the rights are not made again: every packet asks for them.
    """

    def __init__(self, settings_of: Callable[[int], RightsSettings]) -> None:
        self._settings_of = settings_of
        self._made: dict[int, tuple[RightsSettings, ServerRights]] = {}

    def __call__(self, guild_id: int) -> ServerRights:
        settings = self._settings_of(guild_id)
        made = self._made.get(guild_id)
        if made is None or made[0] is not settings:
            rights = ServerRights(
                channels=frozenset(settings.allowed_channels),
                roles=frozenset(settings.allowed_roles),
                users=frozenset(settings.allowed_users),
                manager_roles=frozenset(settings.move_roles),
                manager_users=frozenset(settings.move_users),
                bots=frozenset(settings.transcribed_bots),
            )
            made = self._made[guild_id] = (settings, rights)
        return made[1]


def no_choice(_: int) -> ServerRights:
    """The rights of a guild that chose nothing."""
    return ServerRights()


# -- conditions ------------------------------------------------------------------------------


def is_listed(user_id: int, member: discord.Member | None, rights: ServerRights) -> bool:
    """Whether a user is on the server's list, or there is no list.

    A member whom discord.py does not know is listed by id alone, another bot only among
    `ServerRights.bots`.
    """
    if member is not None and member.bot:
        return user_id in rights.bots
    if not rights.roles and not rights.users:
        return True
    return user_id in rights.users or _has_role(member, rights.roles)


def is_manager(member: discord.Member, rights: ServerRights) -> bool:
    """Whether a member may move, end and switch a call from outside."""
    allowed = member.guild_permissions
    return (
        allowed.move_members
        or allowed.manage_guild
        or member.id in rights.manager_users
        or _has_role(member, rights.manager_roles)
    )


def is_in(member: discord.Member, channel: VoiceChannel) -> bool:
    """Whether a human member is in a voice channel."""
    return not member.bot and member.id in channel.voice_states


def may_control(member: discord.Member, channel: VoiceChannel | None, rights: ServerRights) -> bool:
    """Whether a member may change the call in ``channel``; None where there is no call."""
    if is_manager(member, rights):
        return True
    if channel is None or not is_listed(member.id, member, rights):
        return False
    return is_in(member, channel) or only_bots(channel.guild, set(channel.voice_states))


def may_change(
    member: discord.Member,
    who: MayChange,
    channel: VoiceChannel | None,
    rights: ServerRights,
) -> bool:
    """Whether a member may change a setting of the server that ``who`` may change; ``channel`` is
    that of the running call."""
    if who is MayChange.MANAGER:
        return member.guild_permissions.manage_guild
    return may_control(member, channel, rights)


def can_see(channel: VoiceChannel, member: discord.Member | None) -> bool:
    """Whether a member may know of a channel; None stands for a member without any role."""
    subject = channel.guild.default_role if member is None else member
    return channel.permissions_for(subject).view_channel


def can_enter(channel: VoiceChannel, member: discord.Member | None) -> bool:
    """Whether a member can see a channel and join it; None as for `can_see`."""
    subject = channel.guild.default_role if member is None else member
    return can_see(channel, member) and channel.permissions_for(subject).connect


# -- checks ----------------------------------------------------------------------------------


def check_may_begin(member: discord.Member, channel: VoiceChannel, rights: ServerRights) -> None:
    """
    Raises:
        NotAllowed: the member may not call the bot into ``channel``; the text says who can.
    """
    if not can_enter(channel, member) and not is_in(member, channel):
        raise NotAllowed(
            message("You cannot enter that channel yourself, so I do not join it for you.")
        )
    check_channel(channel, rights)
    check_may_call(member, rights)


def check_may_call(member: discord.Member, rights: ServerRights) -> None:
    """
    Raises:
        NotAllowed: the member may not call the bot into any channel; the text says who can.
    """
    if not is_manager(member, rights) and not is_listed(member.id, member, rights):
        raise NotAllowed(
            message(
                "This server has chosen who may call me, and you are not among them. {managers} "
                "can change that, or call me for you.",
                managers=_who_manages(member.guild, rights),
            )
        )


def check_channel(channel: VoiceChannel, rights: ServerRights) -> None:
    """
    Raises:
        NotAllowed: the server does not want the bot in ``channel``.
    """
    if rights.channels and channel.id not in rights.channels:
        raise NotAllowed(
            message(
                "This server does not want me in {channel}. A member who may manage the server "
                "can change that.",
                channel=channel.mention,
            )
        )


def check_may_control(
    member: discord.Member, channel: VoiceChannel | None, rights: ServerRights, action: CallAction
) -> None:
    """
    Raises:
        NotAllowed: the member may not change the call in ``channel``; the text says who can.
    """
    if may_control(member, channel, rights):
        return
    managers = _who_manages(member.guild, rights)
    if channel is None:
        raise NotAllowed(
            message(
                "You cannot {action} while I am in no call. {managers} can do it at any time, and "
                "in a call each of its members: `/join` calls me.",
                action=action.value,
                managers=managers,
            )
        )
    if is_in(member, channel):
        raise NotAllowed(
            message(
                "This server has chosen who may call me, and you are not among them, so you "
                "cannot {action}. {managers} can.",
                action=action.value,
                managers=managers,
            )
        )
    raise NotAllowed(
        message(
            "I am in a call in {channel}, and you are not in it, so you cannot {action}. "
            "Those in the call can do it. {managers} can, too.",
            channel=channel_name(channel, member),
            action=action.value,
            managers=managers,
        )
    )


def check_may_change(
    member: discord.Member,
    who: MayChange,
    channel: VoiceChannel | None,
    rights: ServerRights,
) -> None:
    """
    Raises:
        NotAllowed: the member may not change the setting; the text says who can.
    """
    if who is MayChange.IN_CALL:
        check_may_control(member, channel, rights, CallAction.CHANGE_SETTING)
    else:
        check_manages(member)


def check_manages(member: discord.Member) -> None:
    """
    Raises:
        NotAllowed: the member may not manage the server.
    """
    if not member.guild_permissions.manage_guild:
        raise NotAllowed(
            message("Only members with the permission to manage this server can do that.")
        )


def channel_name(channel: VoiceChannel, viewer: discord.Member | None) -> Text:
    """The mention of a channel for a member; "another channel" where they cannot see it."""
    if can_see(channel, viewer):
        return verbatim(channel.mention)
    return message("another channel")


def _who_manages(guild: discord.Guild, rights: ServerRights) -> Text:
    """The managers, as the subject of a sentence."""
    named = [role.name for each in sorted(rights.manager_roles) if (role := guild.get_role(each))]
    named += [
        member.display_name
        for each in sorted(rights.manager_users)
        if (member := guild.get_member(each))
    ]
    names = [discord.utils.escape_markdown(name) for name in named[:_SHOWN]]
    if not names:
        # Translators: the subject of "... can do it."
        return message("Members who may move members or manage this server")
    # Translators: the subject of "... can do it."; {names} is one name, or several.
    return message(
        "Members who may move members or manage this server, and {names},",
        names=", ".join(names),
    )


def _has_role(member: discord.Member | None, roles: Collection[int]) -> bool:
    return member is not None and any(member.get_role(each) is not None for each in roles)
