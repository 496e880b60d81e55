"""/why: shows what the agent heard, and why it answered or did not."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of, member_of
from discord_bot.commands.status import NO_CALL
from discord_bot.messages.posting import answer
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import TurnDecision
from translations import Text, ago, clause, lines, message, number

SHOWN: Final = 3
SHOWN_OF_EVERYBODY: Final = 8
_LONGEST_WORDS: Final = 120
_LONGEST_REASONS: Final = 400


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
        text = (
            NO_CALL
            if session is None
            else _explain(session, member_of(interaction), everybody=everybody)
        )
        await answer(interaction, text, ephemeral=True)


def _explain(session: VoiceSession, asker: discord.Member, *, everybody: bool) -> Text:
    in_call = asker.voice is not None and asker.voice.channel == session.channel
    if not in_call:
        # The words of a call are only for its members.
        return message("Join the call first: I tell only its members what I heard.")
    turns = list(session.decisions) if everybody else session.decisions.of(asker.id)
    if not turns:
        return _nothing_heard(session, everybody=everybody)
    now, shown = session.now, turns[: SHOWN_OF_EVERYBODY if everybody else SHOWN]
    told = [_line(turn, now, you=turn.speaker.id == asker.id) for turn in shown]
    if any(turn.text and not turn.addressed for turn in shown):
        told.append(message("`/sensitivity` says how readily I answer; my name always works."))
    return lines(told)


def _nothing_heard(session: VoiceSession, *, everybody: bool) -> Text:
    problem = session.problem()
    if problem is not None:
        problem = clause(problem)
        if everybody:
            return message("I have heard nothing yet: {problem}.", problem=problem)
        return message("I have heard nothing from you yet: {problem}.", problem=problem)
    if everybody:
        return message("I have heard nothing from anybody yet.")
    return message(
        "I have heard nothing from you yet. Are you muted, or does Discord show no green ring "
        "around you when you speak?"
    )


def _line(turn: TurnDecision, now: float, *, you: bool) -> Text:
    # Translators: who said something
    who = message("you") if you else discord.utils.escape_markdown(turn.speaker.name)
    when = ago(now - turn.at)
    if not turn.text:
        return message(
            "**{ago}, {name}**: I understood no words ({reasons}).",
            ago=when,
            name=who,
            reasons=_reasons(turn),
        )
    return message(
        "**{ago}, {name}**: “{words}” — {verdict}: {reasons}.",
        ago=when,
        name=who,
        words=discord.utils.escape_markdown(_short(turn.text, _LONGEST_WORDS)),
        verdict=_verdict(turn),
        reasons=_reasons(turn),
    )


def _reasons(turn: TurnDecision) -> str:
    return _short("; ".join(turn.reasons), _LONGEST_REASONS)


def _short(text: str, longest: int) -> str:
    """The text on one line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3].rstrip() + "..."


def _verdict(turn: TurnDecision) -> Text:
    if not turn.addressed:
        return message("I kept silent")
    if turn.failure:
        return message(
            "I took it for me, but could not answer ({why})",
            why=_short(turn.failure, _LONGEST_REASONS),
        )
    if turn.silent:
        return message("I took it for me, and the agent chose to say nothing")
    if turn.waited_s is None:
        return message("I took it for me")
    waited = number(turn.waited_s, decimals=1)
    if turn.interrupted:
        return message("I took it for me and was interrupted after {seconds} s", seconds=waited)
    return message("I took it for me and answered after {seconds} s", seconds=waited)


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(WhyCog(bot))
