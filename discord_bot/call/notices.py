"""What the bot posts in a call's channels besides the notice that it listens."""

from __future__ import annotations

from typing import Final

import discord

from discord_bot.messages.reasons import reason_text
from pipeline.events import HearingReplaced, TextLeftOut, Unspoken, VoiceReplaced
from translations import Text, lines, message, small, verbatim

KEEP_TRYING: Final = message("I keep trying.")


def written(agent: str, words: str, note: Text | None = None) -> Text:
    """An agent's words, with a note in small letters below."""
    text = verbatim(f"**{agent}**: {words}")
    return text if note is None else lines((text, small(note)))


def not_said(agent: str, event: Unspoken | TextLeftOut) -> Text:
    """What an agent wrote and the bot does not say aloud."""
    reason = event.reason if isinstance(event, Unspoken) else ""
    note = (
        message("I could not say this aloud: {reason}.", reason=reason_text(reason))
        if reason
        else None
    )
    return written(agent, event.text, note)


def voice_replaced(agent: str, event: VoiceReplaced) -> Text:
    """That an agent speaks with another voice than its own."""
    if event.stand_in:
        # Translators: {server} is the operator's name for it, such as "the server in the office".
        return message(
            "**{agent}** speaks through {server} for now: {reason}.",
            agent=agent,
            server=verbatim(discord.utils.escape_markdown(event.stand_in)),
            reason=reason_text(event.reason),
        )
    return message(
        "**{agent}** speaks with a stand-in voice for now: {reason}.",
        agent=agent,
        reason=reason_text(event.reason),
    )


def hearing_replaced(event: HearingReplaced) -> Text:
    """That another model transcribes than that of the settings, or none does."""
    reason = reason_text(event.reason)
    if event.deaf:
        return message("I do not understand anyone for now: {reason}.", reason=reason)
    return message("I transcribe with my own speech model for now: {reason}.", reason=reason)


def agent_not_saved(agent: str) -> Text:
    """That the choice of an agent could not be saved."""
    return message(
        "{agent} answers now, but I could not save that: it ends with my next restart at the "
        "latest.",
        agent=agent,
    )
