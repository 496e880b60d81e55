"""INTERACTION_CREATE: what the bot is told of a member's action (API docs, "Interactions")."""

from __future__ import annotations

from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json
from simulators.discord.command_input import Filled
from simulators.discord.commands import GUILD, Registered
from simulators.discord.messages import Message
from simulators.discord.world import DirectChannel, TextChannel

BOT_DM = 1
"""The context of a direct channel with the bot."""
_MOST_ATTACHED_BYTES = 10 << 20


def command_data(
    registered: Registered, filled: Filled, person: Member, target_id: int | None
) -> Json:
    """The ``data`` of a command: a slash command has options, a menu command a target."""
    data: Json = {
        "id": str(registered.id),
        "name": registered.command.name,
        "type": registered.command.type.value,
        "resolved": filled.resolved(person),
    }
    if target_id is None:
        data["options"] = filled.options
    else:
        data["target_id"] = str(target_id)
    if registered.guild_id is not None:
        data["guild_id"] = str(registered.guild_id)
    return data


def guild_of(channel: TextChannel | DirectChannel) -> int:
    """The id of a channel's guild; 0 for a direct channel, whose events the first shard gets."""
    return channel.guild.id if isinstance(channel, TextChannel) else 0


def direct_payload(
    about: Json,
    *,
    bot_id: int,
    person: Member,
    channel: TextChannel | DirectChannel,
    source: Message | None,
) -> Json:
    """As `interaction_payload`, in a direct channel: a user instead of a member, and no guild."""
    payload: Json = {
        "application_id": str(bot_id),
        "version": 1,
        "channel_id": str(channel.id),
        "channel": channel.payload(),
        "user": person.user.payload(),
        "locale": person.user.locale,
        "app_permissions": "0",
        "entitlements": [],
        "authorizing_integration_owners": {"0": "0"},
        "context": BOT_DM,
        "attachment_size_limit": _MOST_ATTACHED_BYTES,
    }
    if source is not None:
        payload["message"] = source.payload()
    return payload | about


def interaction_payload(
    about: Json,
    *,
    bot_id: int,
    person: Member,
    channel: TextChannel | DirectChannel,
    source: Message | None,
) -> Json:
    """``about`` has the fields id, type, token and data."""
    assert isinstance(channel, TextChannel)
    guild = channel.guild
    granted = str(guild.permissions(person, channel).value)
    payload: Json = {
        "application_id": str(bot_id),
        "version": 1,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "features": [], "locale": guild.locale},
        "channel_id": str(channel.id),
        "channel": channel.payload() | {"permissions": granted},
        "member": person.payload() | {"permissions": granted},
        "locale": person.user.locale,
        "guild_locale": guild.locale,
        "app_permissions": str(guild.permissions(guild.bot, channel).value),
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": GUILD,
        "attachment_size_limit": _MOST_ATTACHED_BYTES,
    }
    if source is not None:
        payload["message"] = source.payload()
    return payload | about


def metadata(
    about: Json, *, person: Member, guild_id: int, source: Message | None, original: Message | None
) -> Json:
    """The ``interaction_metadata`` of a message that answers an interaction."""
    found: Json = {
        "id": about["id"],
        "type": about["type"],
        "user": person.user.payload(),
        "authorizing_integration_owners": {"0": str(guild_id)},
    }
    if source is not None:
        found["interacted_message_id"] = str(source.id)
    if original is not None:
        found["original_response_message_id"] = str(original.id)
    return found
