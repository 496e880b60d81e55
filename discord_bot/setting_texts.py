"""The settings of a server in words for its members: what each is, its value, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import discord

from database.guild_settings import GuildSettings
from database.setting_values import SettingInfo, shown_value
from translations import Text, joined, message, number, verbatim

Picked: TypeAlias = Literal["channels", "roles", "members"]

GROUPS: Final[Mapping[Text, tuple[str, ...]]] = {
    message("The agent"): (
        "agent",
        "sensitivity",
        "eager",
        "languages",
        "session_scope",
        "context_of_others",
    ),
    message("Sound"): ("volume_db", "voices", "notice_spoken"),
    message("Coming and going"): (
        "auto_join_channels",
        "auto_join_members",
        "leave_when_alone_s",
        "leave_when_idle_s",
        "mark_while_listening",
    ),
    message("Rights"): (
        "allowed_channels",
        "allowed_roles",
        "allowed_users",
        "move_roles",
        "move_users",
        "transcribed_bots",
        "require_opt_in",
    ),
    message("Text"): ("transcripts", "transcript_retention_days", "locale"),
}
"""All settings, in the order in which members see them."""

ABOUT: Final[Mapping[str, Text]] = {
    "agent": message("The agent that answers."),
    "sensitivity": message("How readily it answers what does not name it."),
    "eager": message("Whether it is asked before it is certain that a speaker is done."),
    "languages": message("The languages that are spoken, the usual one first; none detects all."),
    "session_scope": message("Who shares a conversation with the agent, and so its memory."),
    "context_of_others": message("Whether the agent also gets what others said before a question."),
    "volume_db": message("Loudness in decibels; 0 is the usual one."),
    "voices": message("Other voices of the agents."),
    "notice_spoken": message("Whether I say aloud on joining that I listen."),
    "auto_join_channels": message("Voice channels that I join by myself."),
    "auto_join_members": message("How many members must be in such a channel."),
    "leave_when_alone_s": message("Seconds that I stay when everybody has left."),
    "leave_when_idle_s": message("Seconds without a word to the agent until I leave; 0 stays."),
    "mark_while_listening": message("A mark while I listen."),
    "allowed_channels": message("The only voice channels that I join; none allows all."),
    "allowed_roles": message("Roles that I hear; none allows all members."),
    "allowed_users": message("Members that I hear besides those roles."),
    "move_roles": message("Roles that may move or end a call from outside."),
    "move_users": message("Members who may move or end a call from outside."),
    "transcribed_bots": message("Other bots that I hear."),
    "require_opt_in": message("Whether I hear only members who have agreed."),
    "transcripts": message("Whether what is said is written down, with names and times."),
    "transcript_retention_days": message("Days after which a transcript is deleted."),
    "locale": message("The language of my public messages."),
}

PICKED: Final[Mapping[str, Picked]] = {
    "auto_join_channels": "channels",
    "allowed_channels": "channels",
    "allowed_roles": "roles",
    "move_roles": "roles",
    "allowed_users": "members",
    "move_users": "members",
    "transcribed_bots": "members",
}
"""Settings whose values are picked among what the server has."""
_LONGEST: Final = 300


def value_text(name: str, value: Any) -> Text:
    """A value as members read it, with mentions instead of ids."""
    kind = PICKED.get(name)
    if kind is None or not value:
        return verbatim(f"`{shown_value(name, value)[:_LONGEST]}`")
    mark = {"channels": "#", "roles": "@&", "members": "@"}[kind]
    return joined((verbatim(f"<{mark}{each}>") for each in value), ", ")


def allowed_text(info: SettingInfo) -> Text:
    """What a member may write for a setting."""
    if info.choices:
        return joined((verbatim(f"`{each}`") for each in info.choices), ", ")
    match PICKED.get(info.name):
        case "channels":
            return message("voice channels as mentions or ids, or `none`")
        case "roles":
            return message("roles as mentions or ids, or `none`")
        case "members":
            return message("members as mentions or ids, or `none`")
    if info.name == "languages":
        return message("codes such as `de, en`, or `none`")
    if info.name == "voices":
        return message("pairs such as `jarvis=kokoro:af_heart`, or `none`")
    if info.name == "agent":
        return message("the name of an agent")
    least, most = _range(info.name)
    return message("a number from {least} to {most}", least=number(least), most=number(most))


def _range(name: str) -> tuple[float, float]:
    least, most = float("-inf"), float("inf")
    for each in GuildSettings.model_fields[name].metadata:
        least = getattr(each, "ge", least)
        most = getattr(each, "le", most)
    return least, most


def mention_ids(picked: list[Any]) -> list[int]:
    """The ids of what a member picked."""
    return [each.id for each in picked if isinstance(each, discord.abc.Snowflake)]
