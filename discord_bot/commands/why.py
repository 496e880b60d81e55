"""/why: what the agent heard, and why it answered or did not."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of, member_of
from discord_bot.voice_session import VoiceSession
from pipeline.decisions import TurnDecision

SHOWN: Final = 3
SHOWN_OF_EVERYBODY: Final = 8
_LONGEST_WORDS: Final = 120
_LONGEST_ANSWER: Final = 1900
"""Discord takes 2000 characters."""


class WhyCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(
        description="What the agent heard of you, and why it answered or did not."
    )
    @app_commands.describe(everybody="Of everybody in the call, not only of you.")
    @app_commands.guild_only()
    async def why(self, interaction: discord.Interaction, everybody: bool = False) -> None:
        session = self._bot.sessions.get(guild_of(interaction).id)
        await interaction.response.send_message(
            "I am in no voice channel: `/join` calls me."
            if session is None
            else _explain(session, member_of(interaction), everybody=everybody),
            ephemeral=True,
        )


def _explain(session: VoiceSession, asker: discord.Member, *, everybody: bool) -> str:
    in_call = asker.voice is not None and asker.voice.channel == session.channel
    if not in_call:
        # What is said in a call is for those who are in it.
        return "Come into the call first: I tell those who are in it what I heard."
    turns = list(session.decisions) if everybody else session.decisions.of(asker.id)
    if not turns:
        return _nothing_heard(session, everybody=everybody)
    now, shown = session.now, turns[: SHOWN_OF_EVERYBODY if everybody else SHOWN]
    lines = [_line(turn, now, you=turn.speaker.id == asker.id) for turn in shown]
    if any(turn.text and not turn.addressed for turn in shown):
        lines.append("`/sensitivity` says how readily I answer; my name always works.")
    text = ""
    for line in lines:
        longer = f"{text}\n{line}".lstrip()
        if len(longer) > _LONGEST_ANSWER:
            break
        text = longer
    return text


def _nothing_heard(session: VoiceSession, *, everybody: bool) -> str:
    of_whom = "" if everybody else " from you"
    wrong = session.what_is_wrong()
    if wrong is not None:
        return f"I have heard nothing{of_whom} yet: {wrong}."
    if everybody:
        return "I have heard nobody say anything yet."
    return (
        "I have heard nothing from you yet. Are you muted, or does Discord show no green ring "
        "around you when you speak?"
    )


def _line(turn: TurnDecision, now: float, *, you: bool) -> str:
    who = "you" if you else discord.utils.escape_markdown(turn.speaker.name)
    head = f"**{_ago(now - turn.at)}, {who}**"
    if not turn.text:
        return f"{head}: I understood no words ({'; '.join(turn.reasons)})."
    words = " ".join(turn.text.split())
    if len(words) > _LONGEST_WORDS:
        words = words[: _LONGEST_WORDS - 3].rstrip() + "..."
    reasons = "; ".join(turn.reasons)
    return f"{head}: “{discord.utils.escape_markdown(words)}” — {_verdict(turn)}: {reasons}."


def _verdict(turn: TurnDecision) -> str:
    if not turn.addressed:
        return "I kept silent"
    if turn.failure:
        return f"I took it for me, but could not answer ({turn.failure})"
    if turn.silent:
        return "I took it for me, and the agent chose to say nothing"
    if turn.waited_s is None:
        return "I took it for me"
    how = "was interrupted" if turn.interrupted else "answered"
    return f"I took it for me and {how} after {turn.waited_s:.1f} s"


def _ago(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, round(seconds))} s ago"
    return f"{round(seconds / 60)} min ago"


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(WhyCog(bot))
