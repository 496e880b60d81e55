"""/stop: ends what the agent is saying."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of, name_of, tell_call
from discord_bot.commands.status import NO_CALL
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_control
from translations import message


class StopCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Stop what the agent is saying in the call.")
    @offered
    async def stop(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        session = self._bot.sessions.get(guild.id)
        if session is None or not session.joined:
            await answer(interaction, NO_CALL, ephemeral=True)
            return
        check_may_control(member, session.channel, self._bot.rights(guild.id), CallAction.STOP)
        if not session.room.controls.stop(member.id):
            await answer(interaction, message("I was saying nothing."), ephemeral=True)
            return
        await answer(interaction, message("I have stopped."))
        told = message("{name} has stopped me.", name=name_of(member))
        await tell_call(self._bot, interaction, told)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(StopCog(bot))
