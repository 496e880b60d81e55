"""What the bot posts in a call's channels: that it listens, is recorded, and did not say aloud."""

from __future__ import annotations

from typing import Final

from discord_bot.messages.reasons import reason_text
from pipeline.events import TextLeftOut, Unspoken, VoiceReplaced
from translations import Text, joined, lines, message, sentences, small, verbatim

RECORDED: Final = message(
    "This call is recorded: the operator of this bot stores what each member says, to test the bot."
)
KEEP_TRYING: Final = message("I keep trying.")


def listening(agent: str, channel: str, *, recorded: bool, back: bool) -> Text:
    """That an agent listens in the channel of that mention; ``back`` after an absence."""
    if back:
        text = message(
            "I am back: {agent} is listening in {channel}.", agent=agent, channel=channel
        )
    else:
        text = message("{agent} is listening in {channel}.", agent=agent, channel=channel)
    return sentences(text, RECORDED if recorded else message("No audio is stored."))


def recorded_too(mention: str) -> Text:
    """Tells a member who came later that the call is recorded."""
    return joined((verbatim(mention), RECORDED), ": ")


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
    return message(
        "**{agent}** speaks with a stand-in voice for now: {reason}.",
        agent=agent,
        reason=reason_text(event.reason),
    )
