"""/volume: chooses how loud the agents speak."""

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
from discord_bot.setting_texts import decibels_of, percent_of
from translations import message, number, sentences

QUIETEST: Final = 7
"""Percent of the usual amplitude: -23 dB."""
LOUDEST: Final = 250
"""Percent of the usual amplitude: 8 dB, the most that the setting ``volume_db`` allows."""


class VolumeCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Choose how loud the agent speaks in this server.")
    @app_commands.describe(percent="100 is the usual volume; without one, you see the present one.")
    @offered
    async def volume(
        self,
        interaction: discord.Interaction,
        percent: app_commands.Range[int, QUIETEST, LOUDEST] | None = None,
    ) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        settings = self._bot.store.settings
        if percent is None:
            now = number(percent_of(settings.of(guild.id).volume_db))
            text = message("My volume is {percent} %.", percent=now)
            await answer(interaction, text, ephemeral=True)
            return
        call = self._bot.calls.call_in(guild)
        check_may_control(member, call, self._bot.rights(guild.id), CallAction.CHOOSE_VOLUME)
        if percent == percent_of(settings.of(guild.id).volume_db):
            text = message("My volume is {percent} % already.", percent=number(percent))
            await answer(interaction, text, ephemeral=True)
            return
        change = settings.set(guild.id, "volume_db", decibels_of(percent), by=member.id)
        text = message("My volume is {percent} % now.", percent=number(percent))
        saved = await not_kept(interaction, change, ephemeral=False)
        await answer(interaction, sentences(text, saved))
        told = message("{name} has set it: {text}", name=name_of(member), text=text)
        await tell_call(self._bot, interaction, told)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(VolumeCog(bot))
