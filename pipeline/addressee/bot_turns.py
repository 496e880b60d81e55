"""An end to the talk of bots that hear each other: a bound on the answers to them in a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.addressee.classifier import Decision

NO_BOT: Final = "another bot said it, and bots are not answered here"
ENOUGH: Final = "another bot said it, and a person has to speak before bots are answered again"


class BotTurns:
    """Counts the turns of other bots that were answered since the last words of a person."""

    def __init__(self, limit: int, is_bot: Callable[[int], bool]) -> None:
        """``limit`` is how many are answered in a row; ``is_bot`` knows a speaker by the id."""
        self._limit = limit
        self._is_bot = is_bot
        self._answered = 0

    def checked(self, speaker_id: int, decision: Decision) -> Decision:
        """The decision on words of a speaker, or that not to act on them."""
        acts = decision.addressed or decision.command is not None
        if not acts or not self._is_bot(speaker_id) or self._answered < self._limit:
            return decision
        return Decision(False, 0.0, (ENOUGH if self._limit else NO_BOT,))

    def decided(self, speaker_id: int, decision: Decision) -> None:
        """It was decided about a turn with words."""
        if not self._is_bot(speaker_id):
            self._answered = 0
        elif decision.addressed:
            self._answered += 1
