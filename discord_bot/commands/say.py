"""/say: has the agent say a text in the call."""

from __future__ import annotations

import asyncio
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of, name_of, tell_call
from discord_bot.commands.status import NO_CALL
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_control
from pipeline.speaking.announcement import Announcement, AnnouncementResult
from translations import Text, lines, message, sentences, verbatim

LONGEST: Final = 500
"""Characters; some 40 s of speech."""
_REFUSED_S: Final = 0.2
"""A text that cannot be queued is dropped at once."""


class SayCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Have the agent say something in the call.")
    @app_commands.describe(text="What it says; those in the call read who wanted it.")
    @offered
    async def say(
        self, interaction: discord.Interaction, text: app_commands.Range[str, 1, LONGEST]
    ) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        session = self._bot.sessions.get(guild.id)
        if session is None or not session.joined:
            await answer(interaction, NO_CALL, ephemeral=True)
            return
        check_may_control(member, session.channel, self._bot.rights(guild.id), CallAction.SPEAK)
        announcement = session.room.say(text)
        if await _dropped(announcement):
            told = message("Too much waits to be said already. Try again in a moment.")
            await answer(interaction, told, ephemeral=True)
            return
        words = verbatim(discord.utils.escape_markdown(text))
        said = message("{name} has me say: “{words}”", name=name_of(member), words=words)
        obstacle = next((each for each in session.obstacles() if each.silences), None)
        trouble: Text | None = None
        if obstacle is not None:
            problem = sentences(obstacle.text, obstacle.remedy)
            trouble = message("But: {problem}", problem=problem)
        await answer(interaction, said if trouble is None else lines((said, trouble)))
        await tell_call(self._bot, interaction, said)


async def _dropped(announcement: Announcement) -> bool:
    try:
        async with asyncio.timeout(_REFUSED_S):
            return await announcement.wait() is AnnouncementResult.DROPPED
    except TimeoutError:
        return False


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(SayCog(bot))
