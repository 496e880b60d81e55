"""The buttons below questions of the bot, also those of an earlier run."""

from __future__ import annotations

from discord_bot.bot import VoiceBot
from discord_bot.prompts import PromptButton


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(PromptButton)
