"""The settings of a server in words for its members: what each is, its value, what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import discord

from database.guild_settings import GuildSettings
from database.setting_values import SettingInfo, shown_value
from translations import (
    Text,
    exact_duration,
    joined,
    language_name,
    listing,
    message,
    number,
    plural,
    shortened,
    verbatim,
)

Picked: TypeAlias = Literal["channels", "roles", "members"]

GROUPS: Final[Mapping[Text, tuple[str, ...]]] = {
    message("The agent"): (
        "agent",
        "sensitivity",
        "eager",
        "languages",
        "session_scope",
        "context_of_others",
        "supervision",
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
    message("Text"): (
        "transcripts",
        "transcript_retention_days",
        "transcripts_in_memory",
        "locale",
    ),
}
"""All settings, in the order in which members see them."""

ABOUT: Final[Mapping[str, Text]] = {
    "agent": message("The agent that answers."),
    "sensitivity": message("How readily it answers what does not name it."),
    "eager": message("Whether it is asked before it is certain that a speaker is done."),
    "languages": message("The languages that are spoken, the usual one first; none detects all."),
    "session_scope": message("Who shares a conversation with the agent, and so its memory."),
    "context_of_others": message("Whether the agent also gets what others said before a question."),
    "supervision": message("Whether agents must ask you before they do something here."),
    "volume_db": message("How loud I speak, in percent of the usual."),
    "voices": message("Other voices of the agents."),
    "notice_spoken": message("Whether I say aloud on joining that I listen."),
    "auto_join_channels": message("Voice channels that I join by myself."),
    "auto_join_members": message("How many members must be in such a channel."),
    "leave_when_alone_s": message("How long I stay when everybody has left."),
    "leave_when_idle_s": message("After how long without a word to the agent I leave."),
    "mark_while_listening": message("A mark while I listen."),
    "allowed_channels": message("The only voice channels that I join; none allows all."),
    "allowed_roles": message("Roles that I hear; none allows all members."),
    "allowed_users": message("Members that I hear besides those roles."),
    "move_roles": message("Roles that may move or end a call from outside."),
    "move_users": message("Members who may move or end a call from outside."),
    "transcribed_bots": message("Other bots that I hear."),
    "require_opt_in": message("Whether I hear only members who have agreed."),
    "transcripts": message("Whether what is said is written down, with names and times."),
    "transcript_retention_days": message("After how many days a transcript is deleted."),
    "transcripts_in_memory": message(
        "Whether the agents' memory gets transcripts too, if my operator allows it."
    ),
    "locale": message("The language of my public messages."),
}

TITLES: Final[Mapping[str, Text]] = {
    "agent": message("Agent"),
    "sensitivity": message("Sensitivity"),
    "eager": message("Asks the agent early"),
    "languages": message("Spoken languages"),
    "session_scope": message("Conversations"),
    "context_of_others": message("Context of others"),
    "supervision": message("Supervision"),
    "volume_db": message("Volume"),
    "voices": message("Voices"),
    "notice_spoken": message("Spoken notice"),
    "auto_join_channels": message("I join by myself"),
    "auto_join_members": message("I join by myself from"),
    "leave_when_alone_s": message("Leave an empty call after"),
    "leave_when_idle_s": message("Leave a quiet call after"),
    "mark_while_listening": message("Mark while listening"),
    "allowed_channels": message("Channels I may join"),
    "allowed_roles": message("Roles I hear"),
    "allowed_users": message("Members I hear"),
    "move_roles": message("Roles that may move me"),
    "move_users": message("Members who may move me"),
    "transcribed_bots": message("Other bots I hear"),
    "require_opt_in": message("Only with consent"),
    "transcripts": message("Transcripts"),
    "transcript_retention_days": message("Keep transcripts for"),
    "transcripts_in_memory": message("Transcripts in memory"),
    "locale": message("Language of messages"),
}
"""The name of each setting as members read it."""

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
_DAY_S: Final = 86_400
PRESETS: Final[Mapping[str, tuple[float, ...]]] = {
    "volume_db": (-12.0, -6.0, -3.0, 0.0, 3.0, 6.0),
    "auto_join_members": (1, 2, 3, 5, 10),
    "leave_when_alone_s": (0.0, 30.0, 120.0, 600.0, 3600.0),
    "leave_when_idle_s": (0.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0),
    "transcript_retention_days": (1, 7, 30, 90, 365),
}
"""Numbers that are offered beside the present one and the default; others can be written."""
ZERO: Final[Mapping[str, Text]] = {
    "leave_when_idle_s": message("never"),
    "leave_when_alone_s": message("at once"),
}
"""The words for a duration of 0."""
EMPTY: Final[Mapping[str, Text]] = {
    "languages": message("all"),
    "voices": message("the agents' own"),
}
"""The words for a value without entries."""
_ON: Final = message("on")
_OFF: Final = message("off")
_NONE: Final = message("none")
_EVERYONE: Final = message("everyone")
_ALL: Final = message("all")
EMPTY_LISTS: Final = (_NONE, _EVERYONE, _ALL)
"""The words for a setting of `PICKED` without entries, of which the others decide."""
_CHOICES: Final[Mapping[str, Mapping[str, Text]]] = {
    "sensitivity": {"low": message("low"), "medium": message("medium"), "high": message("high")},
    "eager": {
        "off": message("never"),
        "careful": message("only what changes nothing"),
        "on": message("always"),
    },
    "session_scope": {
        "user": message("each member alone, for this server"),
        "user_everywhere": message("each member alone, across servers"),
        "channel": message("all in the text channel"),
        "guild": message("the whole server"),
    },
    "supervision": {
        "autonomous": message("agents act by themselves"),
        "supervised": message("agents ask first"),
    },
    "mark_while_listening": {
        "none": _NONE,
        "nickname": message("in my nickname"),
        "status": message("in the channel's status"),
    },
}
"""The words for the values of which there are few."""

AgentNames: TypeAlias = Callable[[str], str]
"""The name of an agent, by its id."""


def titled(name: str) -> Text:
    """The name of a setting in a sentence."""
    return joined((verbatim("**"), TITLES[name], verbatim("**")), "")


def value_text(name: str, value: Any, chosen: GuildSettings, agent_name: AgentNames) -> Text:
    """A value as members read it: in words, with units, with mentions instead of ids.

    ``chosen`` are the server's settings: an empty list of roles means everyone where no members
    are listed either.
    """
    kind = PICKED.get(name)
    if kind is not None:
        mark = {"channels": "#", "roles": "@&", "members": "@"}[kind]
        mentions = [verbatim(f"<{mark}{each}>") for each in value]
        return joined(mentions, ", ") if mentions else _empty_list(name, chosen)
    if isinstance(value, bool):
        return _ON if value else _OFF
    if (words := choice_text(name, str(value))) is not None:
        return words
    match name:
        case "agent":
            return verbatim(agent_name(value))
        case "languages":
            known = [language_name(each) for each in value]
            return listing(known) if known else EMPTY[name]
        case "voices":
            pairs = [verbatim(f"{agent_name(each)}: `{voice}`") for each, voice in value.items()]
            return shortened(joined(pairs, ", "), _LONGEST) if pairs else EMPTY[name]
        case "volume_db":
            percent, plain = number(percent_of(value)), _plain(value)
            return message("{percent} % ({decibels} dB)", percent=percent, decibels=plain)
        case "auto_join_members":
            return plural("{count} member", "{count} members", count=value)
        case "transcript_retention_days":
            return exact_duration(value * _DAY_S)
        case "leave_when_idle_s" | "leave_when_alone_s":
            return exact_duration(value) if value else ZERO[name]
    return verbatim(shown_value(name, value)[:_LONGEST])


def choice_text(name: str, value: str) -> Text | None:
    """The words for a value of which there are few; None for other settings."""
    if name == "locale":
        return message("the server's own") if value == "auto" else language_name(value)
    if value in ("on", "off") and name not in _CHOICES:
        return _ON if value == "on" else _OFF
    return _CHOICES.get(name, {}).get(value)


def _empty_list(name: str, chosen: GuildSettings) -> Text:
    if name == "allowed_channels":
        return _ALL
    if name in ("allowed_roles", "allowed_users"):
        return _NONE if chosen.allowed_roles or chosen.allowed_users else _EVERYONE
    return _NONE


def _plain(value: float) -> Text:
    """A number with as many decimals as it needs, at most two."""
    decimals = next(n for n in (0, 1, 2) if n == 2 or round(value, n) == value)
    return number(value, decimals=decimals)


def percent_of(volume_db: float) -> int:
    """Decibels as percent of the usual amplitude."""
    return round(_percent(volume_db))


def _percent(volume_db: float) -> float:
    return 100 * 10 ** (volume_db / 20)


def decibels_of(percent: float) -> float:
    """Percent of the usual amplitude in decibels, to a tenth.

    Raises:
        ValueError: not above 0.
    """
    return round(20 * math.log10(percent / 100), 1)


def allowed_text(info: SettingInfo) -> Text:
    """What a member may write for a setting."""
    if info.choices:
        return joined((_choice(info.name, each) for each in info.choices), ", ")
    match PICKED.get(info.name):
        case "channels":
            return message("voice channels as mentions or ids, or `none`")
        case "roles":
            return message("roles as mentions or ids, or `none`")
        case "members":
            return message("members as mentions or ids, or `none`")
    if info.name == "languages":
        return message("languages such as `German, English` or `de, en`, or `none` for all")
    if info.name == "voices":
        return message("pairs such as `jarvis=kokoro:af_heart`, or `none`; `/voice` is simpler")
    if info.name == "agent":
        return message("the name of an agent")
    least, most = _range(info.name)
    match info.name:
        case "volume_db":
            return message(
                "percent from {least} to {most}, or decibels such as `-6 dB`",
                least=number(math.ceil(_percent(least))),
                most=number(math.floor(_percent(most))),
            )
        case "leave_when_alone_s" | "leave_when_idle_s":
            zero = ZERO[info.name]
            return message(
                "a time such as `90 s`, `2 min` or `1 h`, at most {most}; 0 is {zero}",
                most=exact_duration(most),
                zero=zero,
            )
        case "transcript_retention_days":
            return message(
                "from {least} to {most}",
                least=exact_duration(least * _DAY_S),
                most=exact_duration(most * _DAY_S),
            )
    return message("a number from {least} to {most}", least=number(least), most=number(most))


def _choice(name: str, value: str) -> Text:
    """A value as it is written, with what it means where the word does not tell it."""
    words = _CHOICES.get(name, {}).get(value) if name != "locale" else choice_text(name, value)
    written = verbatim(f"`{value}`")
    return written if words is None else message("{value} ({words})", value=written, words=words)


def _range(name: str) -> tuple[float, float]:
    least, most = float("-inf"), float("inf")
    for each in GuildSettings.model_fields[name].metadata:
        least = getattr(each, "ge", least)
        most = getattr(each, "le", most)
    return least, most


def mention_ids(picked: list[Any]) -> list[int]:
    """The ids of what a member picked."""
    return [each.id for each in picked if isinstance(each, discord.abc.Snowflake)]
