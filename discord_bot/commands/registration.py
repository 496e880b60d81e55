"""Loads the slash commands, registers them with Discord, and answers a command that failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.errors import DISCORD_FAILED, VoiceSessionError
from discord_bot.languages import CommandTranslator
from discord_bot.messages.posting import answer
from translations import duration, message

log = logging.getLogger(__name__)

COMMANDS: Final = (
    *("join", "leave", "agent", "sensitivity", "follow", "status", "why"),
    *("ignore", "privacy", "forget", "consent_buttons"),
)
"""The modules of this package that are loaded; a new command is added here."""


async def register_commands(
    bot: commands.AutoShardedBot, development_guild_ids: Sequence[int], *, send: bool = True
) -> None:
    """Load all commands and register them: in these guilds alone, or, with none, in every guild.

    Without ``send`` another process of the same bot sends them to Discord.
    """
    bot.tree.error(answer_failure)
    await bot.tree.set_translator(CommandTranslator())
    for name in COMMANDS:
        await bot.load_extension(f"{__package__}.{name}")
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


async def answer_failure(interaction: discord.Interaction, error: Exception) -> None:
    """Tell the member why a command or a button failed; log what is not meant for members."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, VoiceSessionError):
        text = cause.text
    elif isinstance(cause, app_commands.CommandOnCooldown):
        text = message(
            "That was often enough for now. Try again in {time}.",
            time=duration(max(1, cause.retry_after)),
        )
    elif isinstance(cause, app_commands.CheckFailure):
        text = message("You may not do that here.")
    else:
        log.error("a command failed", exc_info=cause)
        text = message("Sorry, something went wrong on my side. My operator's log has the details.")
    try:
        await answer(interaction, text, ephemeral=True)
    except (*DISCORD_FAILED, RuntimeError) as unsent:  # RuntimeError: the bot has just been closed
        log.warning("the member who ran a command could not be answered: %s", unsent)
