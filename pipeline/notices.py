"""What the bot says of itself when there is no agent to say it."""

from __future__ import annotations

from typing import Final

from pipeline.errors import AgentLost, AgentTimeout, AgentUnavailable

ONE_MOMENT: Final = "One moment, please."
UNAVAILABLE: Final = ("I cannot reach the agent right now.", "Please ask me again.")
LOST: Final = ("I lost the connection to the agent.", "Please ask me again.")
TOO_LONG: Final = ("Sorry, that took too long.", "Please ask me again.")
WENT_WRONG: Final = ("Sorry, something went wrong.", "Please ask me again.")

LISTENING: Final = {"en": "I am listening.", "de": "Ich höre zu."}


def listening(language: str | None) -> str:
    """What an agent says that has been called in, in the language of the one who called it."""
    return LISTENING.get(language or "en", LISTENING["en"])


def notice_for(error: Exception) -> tuple[str, ...]:
    """The sentences a speaker hears when their turn could not be answered."""
    if isinstance(error, AgentUnavailable):
        return UNAVAILABLE
    if isinstance(error, AgentLost):
        return LOST
    if isinstance(error, AgentTimeout):
        return TOO_LONG
    return WENT_WRONG
