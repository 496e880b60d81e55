"""What Discord offers while a member writes the name or the value of a setting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands

from configuration.text import visible
from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_store import GuildSetting
from database.setting_values import shown_value
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.rights import can_see
from discord_bot.setting_texts import ABOUT, GROUPS, PICKED, PRESETS, TITLES, AgentNames, value_text
from discord_bot.setting_words import LONGEST, written_value
from translations import message

NONE: Final = "none"
_MOST: Final = 25
_LONGEST: Final = 100
"""Discord's limits for the choices, and for the characters of each."""

Choices: TypeAlias = list[app_commands.Choice[str]]


def setting_choices(current: str, language: str) -> Choices:
    """The settings whose name or explanation has what a member wrote."""
    wanted = current.strip().casefold()
    found: Choices = []
    for name in (name for names in GROUPS.values() for name in names):
        label = f"{TITLES[name].to(language)}: {ABOUT[name].to(language)}"
        if wanted in f"{name} {label}".casefold():
            found.append(app_commands.Choice(name=label[:_LONGEST], value=name))
    return found[:_MOST]


def value_choices(
    held: GuildSetting, current: str, language: str, agent_name: AgentNames
) -> Choices:
    """The values of a setting that fit what a member wrote, in words: the few that there are, the
    usual ones, the present one, the default, and what they wrote if it is one."""
    name, wanted = held.info.name, current.strip().casefold()
    values: list[Any] = list(held.info.choices)
    if not values:
        values = [*PRESETS.get(name, ()), held.value, held.default]
        values = sorted(values) if name in PRESETS else values
    found: dict[str, str] = {}
    for value in values:
        label = value_text(name, value, GuildSettings(), agent_name).to(language)
        written = value if isinstance(value, str) else shown_value(name, value)
        if wanted in label.casefold() or wanted in written.casefold():
            found.setdefault(written, label)
    if 0 < len(wanted) <= _LONGEST and not held.info.choices and name != "voices":
        try:
            value = written_value(name, current, language)
        except InvalidSetting:
            pass
        else:
            label = value_text(name, value, GuildSettings(), agent_name).to(language)
            found = {shown_value(name, value): label} | found
    if isinstance(held.value, tuple | dict):
        label = value_text(name, type(held.value)(), GuildSettings(), agent_name).to(language)
        found.setdefault(NONE, label)
    return _offered(found)


def picked_choices(
    name: str, current: str, guild: discord.Guild, member: discord.Member, language: str
) -> Choices:
    """The channels, roles or members whose name begins or goes on as the last part of what a member
    wrote; those before its last comma stay. Channels that the member cannot see are left out."""
    before, comma, last = visible(current[:LONGEST]).rpartition(",")
    kept = f"{before.strip()}{comma} " if comma else ""
    wanted = last.strip().lstrip("#@").casefold()
    found: dict[str, str] = {}
    for each in _entities(name, guild, member):
        if wanted in each.name.casefold() or wanted == str(each.id):
            found[f"{kept}{each.id}"] = f"{kept}{each.name}"
    if not kept:
        found[NONE] = message("none").to(language)
    return _offered(found)


def _entities(
    name: str, guild: discord.Guild, member: discord.Member
) -> Iterable[discord.abc.GuildChannel | discord.Role | discord.Member]:
    match PICKED[name]:
        case "channels":
            channels: list[VoiceChannel] = [*guild.voice_channels, *guild.stage_channels]
            return (each for each in channels if can_see(each, member))
        case "roles":
            return (each for each in guild.roles if not each.is_default())
        case "members":
            bots = name == "transcribed_bots"
            return (each for each in guild.members if each.bot is bots and each != guild.me)


def _offered(found: dict[str, str]) -> Choices:
    """Choices by their values; Discord refuses all if one is empty or too long."""
    fitting = [(value, label) for value, label in found.items() if 0 < len(value) <= _LONGEST]
    return [
        app_commands.Choice(name=label[:_LONGEST] or value, value=value)
        for value, label in fitting[:_MOST]
    ]
