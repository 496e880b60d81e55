"""/sensitivity: chooses how readily the agent answers."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of, name_of, not_kept, tell_call
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_control
from pipeline.settings import Level
from translations import Text, message, sentences

NAMES: Final[dict[Level, Text]] = {
    "low": message("low"),
    "medium": message("medium"),
    "high": message("high"),
}
"""Also Discord shows them, as the choices of the option."""
EXPLAINED: Final[dict[Level, Text]] = {
    "low": message("I answer to my name, and to the one I just answered."),
    "medium": message("I answer to my name, and to questions and requests while we are talking."),
    "high": message("I answer to my name, and to any question put to the room."),
}


class SensitivityCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Choose how readily the agent answers in this server.")
    @app_commands.describe(level="low: by name; medium: also while talking; high: any question")
    @offered
    async def sensitivity(self, interaction: discord.Interaction, level: Level) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        call = self._bot.calls.call_in(guild)
        check_may_control(member, call, self._bot.rights(guild.id), CallAction.CHOOSE_SENSITIVITY)
        if level == self._bot.store.settings.of(guild.id).sensitivity:
            text = message("Sensitivity is {level} already.", level=NAMES[level])
            await answer(interaction, sentences(text, EXPLAINED[level]), ephemeral=True)
            return
        kept = self._bot.choose_level(guild.id, level, by=member.id)
        text = sentences(message("Sensitivity is {level}.", level=NAMES[level]), EXPLAINED[level])
        saved = await not_kept(interaction, kept, ephemeral=False)
        await answer(interaction, sentences(text, saved))
        told = message("{name} has set it: {text}", name=name_of(member), text=text)
        await tell_call(self._bot, interaction, told)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(SensitivityCog(bot))
