"""/status: shows who answers in the call, how fast, and what became of the questions."""

from __future__ import annotations

import statistics
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of
from discord_bot.commands.sensitivity import NAMES
from discord_bot.messages.posting import answer
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import RecentDecisions
from translations import Text, lines, message, number

NO_CALL: Final = message("I am in no voice channel: `/join` calls me.")


class StatusCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Who answers in the call, how fast, and how many questions.")
    @app_commands.guild_only()
    async def status(self, interaction: discord.Interaction) -> None:
        session = self._bot.sessions.get(guild_of(interaction).id)
        text = NO_CALL if session is None else _of(session)
        await answer(interaction, text, ephemeral=True)


def _of(session: VoiceSession) -> Text:
    shown = [
        message(
            "**{agent}** answers here; sensitivity is {level}.",
            agent=session.room.persona.name,
            level=NAMES[session.room.sensitivity],
        ),
        questions(session.decisions),
    ]
    problem = session.problem()
    if problem is not None:
        shown.append(problem)
    return lines(shown)


def questions(decisions: RecentDecisions) -> Text:
    """What became of the questions of a call, in one line."""
    waits_s = [turn.waited_s for turn in decisions if turn.waited_s is not None]
    counts = {
        "questions": decisions.questions,
        "early": decisions.early,
        "withdrawn": decisions.withdrawn,
    }
    if not waits_s:
        return message(
            "Questions in this call: {questions}, sent early: {early}, withdrawn because the "
            "speaker went on: {withdrawn}.",
            **counts,
        )
    return message(
        "Questions in this call: {questions}, half of the answers within {seconds} s, sent early: "
        "{early}, withdrawn because the speaker went on: {withdrawn}.",
        seconds=number(statistics.median(waits_s), decimals=1),
        **counts,
    )


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
