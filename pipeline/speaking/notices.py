"""The fixed sentences that the bot says aloud, in the language of the member who hears them.

Their translations stand in the catalogues of `translations`, beside those of the written texts: one
place for translators, and its tests refuse a language that lacks a text. The word lists of
`pipeline.language.lexicons` are for what is heard, and of some languages there are none. A Japanese
notice is written in kana, since the embedded voices cannot read kanji.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Final, TypeAlias

from pipeline.errors import (
    AgentLost,
    AgentRefused,
    AgentStopped,
    AgentTimeout,
    AgentUnavailable,
)
from translations import Text, language_of, message

_Sentences: TypeAlias = tuple[Text, ...]

# Translators: all texts of this file are said aloud; write Japanese in kana.
_LISTENING: Final = message("I am listening.")
_ONE_MOMENT: Final = message("One moment, please.")
_NEXT: Final = message("You are next.")
_LATER: Final = message("After that it is your turn.")
_TOO_MUCH: Final = message("That is too much at once. I will skip what you asked first.")
_CONTINUE: Final = message("Shall I go on?")
_ASK_AGAIN: Final = message("Please ask me again.")

_UNAVAILABLE: Final = (message("I cannot reach the agent right now."), _ASK_AGAIN)
_REFUSED: Final = (
    message("I cannot reach the agent."),
    message("My operator has to look into that."),
)
_UNWILLING: Final = (message("The agent does not want to answer that."),)
_STOPPED: Final = (message("My answer was stopped."),)
_LOST: Final = (message("I lost the connection to the agent."), _ASK_AGAIN)
_TOO_LONG: Final = (message("Sorry, that took too long."), _ASK_AGAIN)
_WENT_WRONG: Final = (message("Sorry, something went wrong."), _ASK_AGAIN)
_FAILURES: Final = (
    _UNAVAILABLE,
    _REFUSED,
    _UNWILLING,
    _STOPPED,
    _LOST,
    _TOO_LONG,
    _WENT_WRONG,
)


def _english(sentences: _Sentences) -> tuple[str, ...]:
    return tuple(map(str, sentences))


ONE_MOMENT: Final = str(_ONE_MOMENT)
CONTINUATION_OFFER: Final = str(_CONTINUE)
UNAVAILABLE: Final = _english(_UNAVAILABLE)
REFUSED: Final = _english(_REFUSED)
UNWILLING: Final = _english(_UNWILLING)
STOPPED: Final = _english(_STOPPED)
LOST: Final = _english(_LOST)
TOO_LONG: Final = _english(_TOO_LONG)
WENT_WRONG: Final = _english(_WENT_WRONG)

_LONGEST_NAME: Final = 20
_SPEAKABLE: Final = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")


def listening(language: str | None) -> str:
    """An agent's confirmation that it answers from now on."""
    return _LISTENING.to(language_of(language))


def one_moment(language: str | None) -> str:
    """For a speaker who waits for the first word of the answer."""
    return _ONE_MOMENT.to(language_of(language))


def your_turn(name: str, language: str | None, *, next_one: bool) -> str:
    """For a member whose turn waits while another one is answered.

    A name that cannot be spoken, as many on Discord, is left out.
    """
    if len(name) > _LONGEST_NAME or _SPEAKABLE.fullmatch(name) is None:
        text = _NEXT if next_one else _LATER
    elif next_one:
        text = message("You are next, {name}.", name=name)
    else:
        text = message("After that it is your turn, {name}.", name=name)
    return text.to(language_of(language))


def too_much(language: str | None) -> str:
    """For a member one of whose waiting turns was dropped."""
    return _TOO_MUCH.to(language_of(language))


def continuation_offer(language: str | None) -> str:
    """The offer of the rest of a long answer."""
    return _CONTINUE.to(language_of(language))


def stock_texts(language: str | None) -> tuple[str, ...]:
    """All texts of the bot in a language that have no name in them, as they are spoken.

    They are the same in every call, so a voice can have them ready.
    """
    own = (_LISTENING, _ONE_MOMENT, _NEXT, _LATER, _TOO_MUCH, _CONTINUE)
    texts = (*own, *chain.from_iterable(_FAILURES))
    return tuple(dict.fromkeys(text.to(language_of(language)) for text in texts))


def notice_for(error: Exception, language: str | None = None) -> tuple[str, ...]:
    """The sentences for a speaker whose turn failed. They ask for a retry where it can help."""
    return tuple(text.to(language_of(language)) for text in _failure(error))


def _failure(error: Exception) -> _Sentences:
    if isinstance(error, AgentRefused):
        return _UNWILLING if error.unwilling else _REFUSED
    if isinstance(error, AgentStopped):
        return _STOPPED
    if isinstance(error, AgentUnavailable):
        return _UNAVAILABLE
    if isinstance(error, AgentLost):
        return _LOST
    if isinstance(error, AgentTimeout):
        return _TOO_LONG
    return _WENT_WRONG
