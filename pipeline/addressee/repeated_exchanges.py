"""An end to an exchange that repeats itself: the same words, the same answer, again and again.

Two voice bots can talk to each other through a person's open microphone, which passes on what a
loudspeaker says. Discord then shows the person as the speaker, so `bot_turns` does not count it.
Pure: the time is an argument.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

from pipeline.addressee.classifier import Decision

AGAIN: Final = "the same words got the same answer several times in a row"
MOST: Final = 4
"""The same exchanges in a row after which the words are left alone."""
MOST_SHORT: Final = 8
"""The same with a short answer: people say "next song" several times and get "okay"."""
SHORT_WORDS: Final = 4
PROMPT_S: Final = 10.0
"""A turn later than this after the last answer is no part of a repeated exchange."""
_ALIKE: Final = 0.8
"""The share of common words from which two texts count as the same: speech to text varies."""
_WORDS: Final = 60
_CHARS: Final = 1000
_KEPT: Final = 2 * MOST_SHORT


@dataclass(frozen=True, slots=True)
class _Exchange:
    speaker_id: int
    words: Counter[str]
    answer: Counter[str]


class RepeatedExchanges:
    """The latest exchanges of the agent with one speaker, without any other turn in between."""

    def __init__(self) -> None:
        self._exchanges: deque[_Exchange] = deque(maxlen=_KEPT)
        self._asked: tuple[int, Counter[str]] | None = None
        self._answered_at = float("-inf")

    def checked(self, speaker_id: int, text: str, decision: Decision, began: float) -> Decision:
        """The decision on a speaker's words, or that to leave them alone.

        ``began`` is when they began, in seconds on the clock of `answered`.
        """
        if not decision.addressed or decision.command is not None:
            return decision
        return (
            Decision(False, 0.0, (AGAIN,)) if self._repeats(speaker_id, text, began) else decision
        )

    def decided(self, speaker_id: int, text: str, decision: Decision, began: float) -> None:
        """It was decided about a turn with words."""
        if decision.reasons == (AGAIN,):
            self._answered_at = began  # said again without an answer, it is still the same
            return
        other = any(each.speaker_id != speaker_id for each in self._exchanges)
        late = began - self._answered_at > PROMPT_S
        if other or late or not decision.addressed or decision.command is not None:
            self._exchanges.clear()
        self._asked = (speaker_id, _bag(text)) if decision.addressed else None

    def answered(self, text: str, now: float) -> None:
        """The agent's answer to the latest turn ended; ``text`` is all of it."""
        if self._asked is None:
            return
        self._exchanges.append(_Exchange(*self._asked, _bag(text)))
        self._asked, self._answered_at = None, now

    def _repeats(self, speaker_id: int, text: str, began: float) -> bool:
        if began - self._answered_at > PROMPT_S:
            return False
        words = _bag(text)
        same = [
            each
            for each in self._exchanges
            if each.speaker_id == speaker_id and _alike(each.words, words)
        ]
        if not same:
            return False
        latest = same[-1].answer
        count = sum(_alike(each.answer, latest) for each in same)
        return count >= (MOST_SHORT if latest.total() < SHORT_WORDS else MOST)


def _bag(text: str) -> Counter[str]:
    """The first words of a text, in lower case, with how often each comes."""
    return Counter(re.findall(r"\w+", text[:_CHARS].casefold())[:_WORDS])


def _alike(one: Counter[str], other: Counter[str]) -> bool:
    total = one.total() + other.total()
    return total == 0 or 2 * (one & other).total() >= _ALIKE * total
