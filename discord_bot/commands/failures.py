"""Answers a command or a button that failed."""

from __future__ import annotations

import logging

import discord
from discord import app_commands

from discord_bot.errors import DISCORD_FAILED, VoiceSessionError
from discord_bot.messages.posting import answer
from translations import duration, message

log = logging.getLogger(__name__)


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
