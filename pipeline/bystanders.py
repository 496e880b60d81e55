"""Words that the agent does not get, because they answer something else in the room.

The bot itself asks people something ("Jarvis wants to join the kitchen. May it?"), and a person may
speak in the agent's place. Then a listener takes the words, and no agent is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.addressee.classifier import Decision
from pipeline.language.utterance import ParsedUtterance

ANSWERS_BOT: Final = "it answers a question of the bot itself"
TAKEN_OVER: Final = "a person has taken over from the agent"
ASKS_BOT: Final = "the bot does it without the agent"


class WordListener(Protocol):
    """Takes words of a room. Both methods are called on the event loop, and must not block."""

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        """Why the agent does not get these words; None if it does. Also called for words whose turn
        is not over: it changes nothing. ``decision`` is the room's own."""
        ...

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        """The turn is over, and its words are what `wants` wanted."""
        ...


@dataclass(frozen=True, slots=True)
class TakenBy:
    """The listener that wants some words, and what the room had decided about them."""

    listener: WordListener
    decision: Decision


class WordListeners:
    """The listeners of one room, asked in the order of their coming, those added ``first`` before
    the others."""

    def __init__(self) -> None:
        self._listeners: list[WordListener] = []

    def add(self, listener: WordListener, *, first: bool = False) -> None:
        self._listeners.insert(0 if first else len(self._listeners), listener)

    def discard(self, listener: WordListener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def checked(self, utterance: ParsedUtterance, decision: Decision) -> Decision:
        """The room's decision, or that the agent was not meant, since a listener wants the
        words."""
        for listener in self._listeners:
            if (why := listener.wants(utterance, decision)) is not None:
                return Decision(False, 0.0, (why,), taken_by=TakenBy(listener, decision))
        return decision

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        """Hand over the words of a whole turn to the listener that wanted them."""
        taken = decision.taken_by
        if isinstance(taken, TakenBy) and taken.listener in self._listeners:
            taken.listener.take(utterance, taken.decision)
