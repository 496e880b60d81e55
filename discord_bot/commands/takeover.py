"""/takeover: a member speaks in the agent's place, until they give the conversation back."""

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


class TakeoverCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Speak for the agent, or no longer.")
    @offered
    async def takeover(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        session = self._bot.sessions.get(guild.id)
        if session is None or not session.joined or self._bot.takeovers is None:
            await answer(interaction, NO_CALL, ephemeral=True)
            return
        check_may_control(member, session.channel, self._bot.rights(guild.id), CallAction.TAKE_OVER)
        agent = session.room.persona.name
        if self._bot.takeovers.taken_by(guild.id) is None:
            self._bot.takeovers.begin(session, member)
            text = message("You have taken over from {agent}.", agent=agent)
            told = message(
                "{name} has taken over from {agent}, who answers no one until it is given back.",
                name=name_of(member),
                agent=agent,
            )
        else:
            self._bot.takeovers.end(session)
            text = message("{agent} answers again.", agent=agent)
            told = message(
                "{name} has given the conversation back to {agent}.",
                name=name_of(member),
                agent=agent,
            )
        await answer(interaction, text, ephemeral=True)
        await tell_call(self._bot, interaction, told, answered=False)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(TakeoverCog(bot))
