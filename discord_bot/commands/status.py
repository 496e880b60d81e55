"""/status: shows who answers in the call, how fast, and what became of the questions."""

from __future__ import annotations

import statistics

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of
from discord_bot.messages.posting import answer
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import RecentDecisions


class StatusCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Who answers in the call, how fast, and how many questions.")
    @app_commands.guild_only()
    async def status(self, interaction: discord.Interaction) -> None:
        session = self._bot.sessions.get(guild_of(interaction).id)
        text = "I am in no voice channel: `/join` calls me." if session is None else _of(session)
        await answer(interaction, text, ephemeral=True)


def _of(session: VoiceSession) -> str:
    lines = [
        f"**{session.room.persona.name}** answers here; sensitivity is {session.room.sensitivity}.",
        questions(session.decisions),
    ]
    problem = session.problem()
    if problem is not None:
        lines.append(problem)
    return "\n".join(lines)


def questions(decisions: RecentDecisions) -> str:
    """What became of the questions of a call, in one line."""
    waits_s = [turn.waited_s for turn in decisions if turn.waited_s is not None]
    parts = [f"Questions in this call: {decisions.questions}"]
    if waits_s:
        parts.append(f"half of the answers within {statistics.median(waits_s):.1f} s")
    parts.append(f"sent early: {decisions.early}")
    parts.append(f"withdrawn because the speaker went on: {decisions.withdrawn}")
    return ", ".join(parts) + "."


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
