"""The fixed sentences of the bot, in the listener's language; those about failures in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from pipeline.errors import (
    AgentLost,
    AgentRefused,
    AgentStopped,
    AgentTimeout,
    AgentUnavailable,
)

ONE_MOMENT: Final = "One moment, please."
CONTINUATION_OFFER: Final = "Shall I go on?"
UNAVAILABLE: Final = ("I cannot reach the agent right now.", "Please ask me again.")
REFUSED: Final = ("I cannot reach the agent.", "My operator has to look into that.")
UNWILLING: Final = ("The agent does not want to answer that.",)
STOPPED: Final = ("My answer was stopped.",)
LOST: Final = ("I lost the connection to the agent.", "Please ask me again.")
TOO_LONG: Final = ("Sorry, that took too long.", "Please ask me again.")
WENT_WRONG: Final = ("Sorry, something went wrong.", "Please ask me again.")

_IN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "en": {
            "listening": "I am listening.",
            "one_moment": ONE_MOMENT,
            "next": "You are next, {name}.",
            "next_nameless": "You are next.",
            "later": "After that it is your turn, {name}.",
            "later_nameless": "After that it is your turn.",
            "too_much": "That is too much at once. I will skip what you asked first.",
            "continue": CONTINUATION_OFFER,
        },
        "de": {
            "listening": "Ich höre zu.",
            "one_moment": "Einen Moment, bitte.",
            "next": "Du bist als Nächstes dran, {name}.",
            "next_nameless": "Du bist als Nächstes dran.",
            "later": "Danach bist du dran, {name}.",
            "later_nameless": "Danach bist du dran.",
            "too_much": "Das ist zu viel auf einmal. Deine erste Frage lasse ich aus.",
            "continue": "Soll ich weitermachen?",
        },
    }
)
"""By language; English for a language that is not listed."""
_LONGEST_NAME: Final = 20
_SPEAKABLE: Final = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")


def listening(language: str | None) -> str:
    """An agent's confirmation that it answers from now on."""
    return _in(language)["listening"]


def one_moment(language: str | None) -> str:
    """For a speaker who waits for the first word of the answer."""
    return _in(language)["one_moment"]


def your_turn(name: str, language: str | None, *, next_one: bool) -> str:
    """For a member whose turn waits while another one is answered.

    A name that cannot be spoken, as many on Discord, is left out.
    """
    speakable = len(name) <= _LONGEST_NAME and _SPEAKABLE.fullmatch(name) is not None
    which = ("next" if next_one else "later") + ("" if speakable else "_nameless")
    return _in(language)[which].format(name=name)


def too_much(language: str | None) -> str:
    """For a member one of whose waiting turns was dropped."""
    return _in(language)["too_much"]


def continuation_offer(language: str | None) -> str:
    """The offer of the rest of a long answer."""
    return _in(language)["continue"]


def _in(language: str | None) -> Mapping[str, str]:
    return _IN.get((language or "en").split("-")[0].lower(), _IN["en"])


def stock_texts(language: str | None) -> tuple[str, ...]:
    """All texts of the bot in a language that have no name in them, as they are spoken.

    They are the same in every call, so a voice can have them ready.
    """
    own = [text for text in _in(language).values() if "{" not in text]
    failures = (UNAVAILABLE, REFUSED, UNWILLING, STOPPED, LOST, TOO_LONG, WENT_WRONG)
    return tuple(dict.fromkeys((*own, *chain.from_iterable(failures))))


def notice_for(error: Exception) -> tuple[str, ...]:
    """The sentences for a speaker whose turn failed. They ask for a retry where it can help."""
    if isinstance(error, AgentRefused):
        return UNWILLING if error.unwilling else REFUSED
    if isinstance(error, AgentStopped):
        return STOPPED
    if isinstance(error, AgentUnavailable):
        return UNAVAILABLE
    if isinstance(error, AgentLost):
        return LOST
    if isinstance(error, AgentTimeout):
        return TOO_LONG
    return WENT_WRONG
