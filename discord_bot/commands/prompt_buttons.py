"""The buttons below questions of the bot, also those of an earlier run."""

from __future__ import annotations

from discord_bot.bot import VoiceBot
from discord_bot.prompts import PromptButton


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    bot.add_dynamic_items(PromptButton)
