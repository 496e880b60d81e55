"""/leave: leaves the call."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of
from discord_bot.messages.posting import answer


class LeaveCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Have the agent leave the voice channel.")
    @app_commands.guild_only()
    async def leave(self, interaction: discord.Interaction) -> None:
        guild = guild_of(interaction)
        if not self._bot.in_call(guild):
            await answer(interaction, "I am in no voice channel.", ephemeral=True)
            return
        # Starts before the deferral: a /join that follows must begin a new call.
        leaving = asyncio.ensure_future(self._bot.leave(guild))
        try:
            await interaction.response.defer(ephemeral=True)
        finally:
            await leaving
        await answer(interaction, "I have left the voice channel.", ephemeral=True)


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(LeaveCog(bot))
