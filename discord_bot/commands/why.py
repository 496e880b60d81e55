"""/why: shows what the agent heard, and why it answered or did not."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.messages.posting import answer
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import TurnDecision

SHOWN: Final = 3
SHOWN_OF_EVERYBODY: Final = 8
_LONGEST_WORDS: Final = 120
_LONGEST_REASONS: Final = 400
_PLAINER: Final = {
    "it is about neither the speakers nor the listeners": (
        "it is about the world, not about people here"
    ),
    "it points at something that only people see": "it points at something that I cannot see",
}
"""Reasons of the addressee decision, in words for members who do not know how it works."""


class WhyCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(
        description="What the agent heard of you, and why it answered or did not."
    )
    @app_commands.describe(everybody="Of everybody in the call, not only of you.")
    @offered
    async def why(self, interaction: discord.Interaction, everybody: bool = False) -> None:
        session = self._bot.sessions.get(guild_of(interaction).id)
        text = (
            "I am in no voice channel: `/join` calls me."
            if session is None
            else _explain(session, member_of(interaction), everybody=everybody)
        )
        await answer(interaction, text, ephemeral=True)


def _explain(session: VoiceSession, asker: discord.Member, *, everybody: bool) -> str:
    in_call = asker.voice is not None and asker.voice.channel == session.channel
    if not in_call:
        # The words of a call are only for its members.
        return "Join the call first: I tell only its members what I heard."
    if not session.hears(asker.id) and not everybody:
        return "I do not listen to you in this server, so I have heard nothing from you."
    turns = list(session.decisions) if everybody else session.decisions.of(asker.id)
    if not turns:
        return _nothing_heard(session, everybody=everybody)
    now, shown = session.now, turns[: SHOWN_OF_EVERYBODY if everybody else SHOWN]
    detail = asker.guild_permissions.manage_guild
    lines = [_line(turn, now, you=turn.speaker.id == asker.id, detail=detail) for turn in shown]
    problem = session.problem()
    if problem is not None:
        lines.insert(0, f"Right now: {problem}")
    if any(turn.text and not turn.addressed for turn in shown):
        lines.append("`/sensitivity` says how readily I answer; my name always works.")
    return "\n".join(lines)


def _nothing_heard(session: VoiceSession, *, everybody: bool) -> str:
    of_whom = "" if everybody else " from you"
    problem = session.problem()
    if problem is not None:
        return f"I have heard nothing{of_whom} yet: {problem.removesuffix('.')}."
    if everybody:
        return "I have heard nothing from anybody yet."
    return (
        "I have heard nothing from you yet. Are you muted, or does Discord show no green ring "
        "around you when you speak?"
    )


def _line(turn: TurnDecision, now: float, *, you: bool, detail: bool) -> str:
    """One turn; with ``detail`` also what only those who manage the server should read."""
    who = "you" if you else discord.utils.escape_markdown(turn.speaker.name)
    head = f"**{_ago(now - turn.at)}, {who}**"
    if not turn.text:
        return f"{head}: I understood no words ({_reasons(turn)})."
    words = discord.utils.escape_markdown(_short(turn.text, _LONGEST_WORDS))
    line = f"{head}: “{words}” — {_verdict(turn)}: {_reasons(turn)}."
    if detail and turn.failure:
        cause = discord.utils.escape_markdown(_short(turn.failure, _LONGEST_REASONS))
        line += f"\n-# For those who manage this server: {cause}"
    return line


def _reasons(turn: TurnDecision) -> str:
    reasons = (_PLAINER.get(each, each) for each in turn.reasons)
    return _short("; ".join(reasons), _LONGEST_REASONS)


def _short(text: str, longest: int) -> str:
    """The text on one line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3].rstrip() + "..."


def _verdict(turn: TurnDecision) -> str:
    if not turn.addressed:
        return "I kept silent"
    if turn.failure:
        notice = _short(turn.notice, _LONGEST_WORDS).removesuffix(".")
        return f"I took it for me, but could not answer ({notice or 'the agent did not answer'})"
    if turn.silent:
        return "I took it for me, and the agent chose to say nothing"
    if turn.waited_s is None:
        return "I took it for me"
    if turn.unheard:
        return (
            "I took it for me and answered, but you could not hear it. I noted then: "
            f"“{turn.unheard.removesuffix('.')}”"
        )
    how = "was interrupted" if turn.interrupted else "answered"
    return f"I took it for me and {how} after {turn.waited_s:.1f} s"


def _ago(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, round(seconds))} s ago"
    return f"{round(seconds / 60)} min ago"


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(WhyCog(bot))
