"""/help: the commands that the member can use, by what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.messages.posting import answer
from translations import (
    Text,
    bold,
    catalogued,
    joined,
    lines,
    listing,
    message,
    sentences,
    small,
    verbatim,
)
from translations.catalogue import MENU

_CALL: Final = message("Calls")
_CONVERSATION: Final = message("In a call")
_YOU: Final = message("You and your words")
_SERVER: Final = message("This server")
_GROUPS: Final[Mapping[str, Text]] = {
    **dict.fromkeys(("join", "leave", "status", "why"), _CALL),
    **dict.fromkeys(("agent", "sensitivity", "volume", "voice", "stop", "say"), _CONVERSATION),
    "takeover": _CONVERSATION,
    **dict.fromkeys(("settings", "transcript on", "transcript off"), _SERVER),
}
"""Where a command stands; what is not here is about the member's own words."""
_ORDER: Final = (_CALL, _CONVERSATION, _YOU, _SERVER)
_MANAGERS_ONLY: Final = frozenset(
    {"settings set", "settings reset", "transcript on", "transcript off"}
)


class HelpCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="What you can do with the voice agent here.")
    @offered
    async def help(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        manages = member.guild_permissions.manage_guild
        persona = self._bot.agents.persona(self._bot.store.settings.of(guild.id).agent)
        intro = sentences(
            message("I bring {agent} into voice calls.", agent=persona.name),
            message("`/join` calls me into yours; then say “{agent}” and ask.", agent=persona.name),
        )
        told = by_group(_leaves(self._bot.tree.walk_commands()), manages=manages)
        await answer(interaction, lines([intro, *told, self._menus()]), ephemeral=True)

    def _menus(self) -> Text:
        """The entries in the menus of messages and members, in small letters."""
        kinds = (discord.AppCommandType.message, discord.AppCommandType.user)
        found = [each for kind in kinds for each in self._bot.tree.walk_commands(type=kind)]
        entries = listing(catalogued(each.name, MENU) for each in found)
        return small(
            message("In the menu of a message or a member, under Apps: {entries}.", entries=entries)
        )


def by_group(described: Mapping[str, str], *, manages: bool) -> list[Text]:
    """The commands with their descriptions, below the names of their groups."""
    found: dict[Text, list[Text]] = {group: [] for group in _ORDER}
    for name, description in described.items():
        if name in _MANAGERS_ONLY and not manages:
            continue
        group = _GROUPS.get(name) or _GROUPS.get(name.partition(" ")[0], _YOU)
        line = joined((verbatim(f"`/{name}`"), catalogued(description)), " – ")
        found[group].append(line)
    return [each for group, shown in found.items() if shown for each in (bold(group), *shown)]


def _leaves(
    found: Iterable[app_commands.Command[Any, ..., Any] | app_commands.Group],
) -> dict[str, str]:
    """The slash commands that can be run, by their whole name, with their descriptions; without
    the one that the member has just found."""
    return {
        each.qualified_name: each.description
        for each in found
        if isinstance(each, app_commands.Command) and each.name != "help"
    }


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(HelpCog(bot))
