"""/why: shows what the agent heard, and why it answered or did not."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.commands.status import NO_CALL
from discord_bot.messages.posting import answer
from discord_bot.messages.reasons import reason_text, reasons_text
from discord_bot.messages.turn_reasons import SHOWN as TOLD
from discord_bot.messages.turn_reasons import plain_reasons
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import TurnDecision
from translations import Text, ago, clause, lines, message, number, shortened, small, verbatim

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
    @offered
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
    unheard = session.why_unheard(asker.id)
    turns = list(session.decisions) if everybody else session.decisions.of(asker.id)
    if not turns:
        nothing = _nothing_heard(session, everybody=everybody)
        return nothing if unheard is None or everybody else unheard
    now, shown = session.now, turns[: SHOWN_OF_EVERYBODY if everybody else SHOWN]
    detail = asker.guild_permissions.manage_guild
    told = [_line(turn, now, you=turn.speaker.id == asker.id, detail=detail) for turn in shown]
    if unheard is not None:
        told.insert(0, unheard)
    problem = session.problem()
    if problem is not None:
        told.insert(0, message("Right now: {problem}", problem=problem))
    if any(turn.text and not turn.addressed for turn in shown):
        told.append(message("`/sensitivity` says how readily I answer; my name always works."))
    return lines(told)


def _nothing_heard(session: VoiceSession, *, everybody: bool) -> Text:
    problem = session.problem()
    if problem is not None:
        if everybody:
            return message("I have heard nothing yet: {problem}.", problem=clause(problem))
        return message("I have heard nothing from you yet: {problem}.", problem=clause(problem))
    if everybody:
        return message("I have heard nothing from anybody yet.")
    return message(
        "I have heard nothing from you yet. Are you muted, or does Discord show no green ring "
        "around you when you speak?"
    )


def _line(turn: TurnDecision, now: float, *, you: bool, detail: bool) -> Text:
    """One turn: what was said, what became of it and why; with ``detail`` also what only those who
    manage the server should read."""
    # Translators: who said something
    who = message("you") if you else discord.utils.escape_markdown(turn.speaker.name)
    when, reasons = ago(now - turn.at), _reasons(turn, you=you)
    if not turn.text:
        return message(
            "**{ago}, {name}**: I understood no words: {reasons}.",
            ago=when,
            name=who,
            reasons=reasons,
        )
    words = _escaped(turn.text, _LONGEST_WORDS)
    said = message("**{ago}, {name}**: “{words}”", ago=when, name=who, words=words)
    shown = [said, _outcome(turn, reasons)]
    if detail:
        shown += _detail(turn)
    return lines(shown)


def _reasons(turn: TurnDecision, *, you: bool) -> Text:
    return shortened(plain_reasons(turn.reasons, you=you), _LONGEST_REASONS)


def _detail(turn: TurnDecision) -> list[Text]:
    """For those who manage the server: the cause of a failure, and all reasons."""
    found: list[Text] = []
    if turn.failure or turn.unspoken:
        cause = _escaped(turn.failure or turn.unspoken, _LONGEST_REASONS)
        found.append(small(message("For those who manage this server: {cause}", cause=cause)))
    if len(turn.reasons) > TOLD:
        every = shortened(reasons_text(turn.reasons), _LONGEST_REASONS)
        found.append(small(message("All reasons: {reasons}.", reasons=every)))
    return found


def _escaped(words: str, longest: int) -> str:
    short = shortened(verbatim(words), longest)
    return discord.utils.escape_markdown(str(short))


def _outcome(turn: TurnDecision, reasons: Text) -> Text:
    """What became of a turn, and why, in a sentence or two."""
    if not turn.addressed:
        return message("I did not answer: {reasons}.", reasons=reasons)
    if turn.failure:
        return message("I wanted to answer, but could not: {why}.", why=_failed(turn))
    if turn.gave_way:
        return message(
            "I was not sure that it was for me, and then another member called me: {reasons}.",
            reasons=reasons,
        )
    if turn.not_meant:
        return message(
            "I thought that it might be for me, and then saw that it was not: {reasons}.",
            reasons=reasons,
        )
    if turn.silent:
        return message("I took it for me, but had nothing to say: {reasons}.", reasons=reasons)
    if turn.unspoken:
        return _written(turn)
    if turn.waited_s is None:
        return message("I took it for me: {reasons}.", reasons=reasons)
    if turn.unheard is not None:
        return message(
            "I answered, but you could not hear it. At that time: “{obstacle}”",
            obstacle=turn.unheard,
        )
    waited = number(turn.waited_s, decimals=1)
    if turn.interrupted:
        return message(
            "I answered after {seconds} s and was interrupted: {reasons}.",
            seconds=waited,
            reasons=reasons,
        )
    return message("I answered after {seconds} s: {reasons}.", seconds=waited, reasons=reasons)


def _written(turn: TurnDecision) -> Text:
    """The voice failed, and the text channel has the answer or a part of it."""
    # A fault without plain words is the server's.
    reason = turn.unspoken_reason or "the speech server reported an error"
    why = clause(reason_text(reason))
    if turn.waited_s is None:
        return message("I answered, but could only write it: {why}.", why=why)
    waited = number(turn.waited_s, decimals=1)
    return message(
        "I answered after {seconds} s, but could only write a part of it: {why}.",
        seconds=waited,
        why=why,
    )


def _failed(turn: TurnDecision) -> Text:
    if not turn.notice:
        # Translators: completes "I wanted to answer, but could not: ..."
        return message("the agent did not answer")
    return clause(shortened(reason_text(turn.notice), _LONGEST_WORDS))


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(WhyCog(bot))
