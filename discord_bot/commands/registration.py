"""Loads the slash commands, and registers them with Discord."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import discord
from discord.ext import commands

from discord_bot.commands.failures import answer_failure
from discord_bot.languages import CommandTranslator

log = logging.getLogger(__name__)

COMMANDS: Final = (
    *("join", "leave", "agent", "sensitivity", "follow", "volume", "voice", "stop", "say"),
    *("takeover", "status", "why", "settings", "transcript", "ask", "help"),
    *("ignore", "privacy", "forget", "consent_buttons", "prompt_buttons"),
)
"""The modules of this package whose ``setup(bot)`` adds commands; a new one is added here."""


async def register_commands(
    bot: commands.AutoShardedBot, development_guild_ids: Sequence[int], *, send: bool = True
) -> None:
    """Add all commands and register them: in these guilds alone, or, with none, in every guild.

    Without ``send`` another process of the same bot sends them to Discord.
    """
    bot.tree.error(answer_failure)
    await bot.tree.set_translator(CommandTranslator())
    for name in COMMANDS:
        await import_module(f"{__package__}.{name}").setup(bot)
    if not send:
        return
    for guild_id in development_guild_ids:
        guild = discord.Object(guild_id)
        bot.tree.copy_global_to(guild=guild)
        await _sync(bot, guild)
    if not development_guild_ids:
        await _sync(bot)


async def _sync(bot: commands.AutoShardedBot, guild: discord.Object | None = None) -> None:
    """Send the commands to Discord. If it refuses, those of the last start stay valid."""
    try:
        await bot.tree.sync(guild=guild)
    except discord.HTTPException as error:
        where = "" if guild is None else f" in guild {guild.id} (is the bot a member of it?)"
        log.error("Discord did not take the slash commands%s: %s", where, error)
