"""Silent replies: detects an agent that chooses to say nothing, before any of it is spoken. No I/O.

An agent of OpenClaw replies ``NO_REPLY`` or, to a heartbeat, ``HEARTBEAT_OK``. The Gateway usually
holds these words back; otherwise they come in pieces ("NO", "_REPLY"). An agent that was told that
words may be for another person declines with `DECLINED`, whatever follows it.
"""

from __future__ import annotations

import re
from typing import Final

from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.turn_text import DECLINED

_WORDS: Final = ("NO_REPLY", "HEARTBEAT_OK")
_SAID: Final = re.compile(rf"[\W_]*(?:{'|'.join(_WORDS)})(?![^\W_])", re.IGNORECASE)
"""One of the words, with the quotes, stars and dots that models put around it."""
_DECLINES: Final = re.compile(r"[\W_]*(?:(?i:NOT\W?_FOR\W?_ME)|NOT[\W_]FOR[\W_]ME)(?![^\W_])")
"""`DECLINED`, also with its underlines escaped, or in capitals with other marks: "NOT FOR ME"."""
_LONGEST: Final = 200
"""A longer text is an answer, whatever it begins with."""


def is_silent_reply(text: str) -> bool:
    """Whether an answer is silent: white space, or only the words above."""
    if not text.strip():
        return True
    rest = _behind_the_words(text)
    return rest is not None and rest != text and not any(char.isalnum() for char in rest)


def may_become_silent(text: str) -> bool:
    """Whether the text so far may still become a silent reply."""
    rest = _behind_the_words(text)
    if rest is None:
        return False
    begun = re.sub(r"^[\W_]+", "", rest).upper()
    return any(word.startswith(begun) for word in _WORDS)


def declines(text: str) -> bool:
    """Whether an answer says that the words were not meant for the agent."""
    return _DECLINES.match(text[:_LONGEST]) is not None


def may_decline(text: str) -> bool:
    """Whether the text so far says that, or may still come to it."""
    if len(text) > _LONGEST:
        return declines(text)
    begun = re.sub(r"[\W_]+", "_", text).lstrip("_").upper()
    return declines(text) or DECLINED.startswith(begun.rstrip("_"))


def _behind_the_words(text: str) -> str | None:
    """The text after the words; the whole text without them; None for a long text."""
    if len(text) > _LONGEST:
        return None
    end = 0
    while (found := _SAID.match(text, end)) is not None:
        end = found.end()
    return text[end:]


class SilentReplyFilter:
    """Passes on the deltas of one answer, without those of a silent reply.

    It holds back text that may become one of the words, until more text or the end comes.
    """

    def __init__(self, *, declinable: bool = False) -> None:
        """``declinable``: the agent was told that it may decline."""
        self._declinable = declinable
        self._declined = False
        self._held = ""
        self._is_answer = False

    def feed(self, delta: TextDelta) -> list[TextDelta]:
        """The deltas to pass on after ``delta``."""
        out: list[TextDelta] = []
        if delta.replace:
            if self._is_answer:
                out.append(TextDelta("", replace=True))
            self._held, self._is_answer, self._declined = "", False, False
        if self._is_answer:
            return [delta]
        if self._declined:
            return out
        self._held += delta.text
        # With a letter more, since the word may still go on.
        self._declined = self._declinable and declines(f"{self._held}x")
        return out if self._may_be_silent(self._held) else out + self._give_out()

    def finish(self) -> list[TextDelta]:
        """The remaining deltas at the end of a whole answer."""
        declined = self._declinable and declines(self._held)
        silent = self._is_answer or declined or is_silent_reply(self._held)
        return [] if silent else self._give_out()

    def _may_be_silent(self, text: str) -> bool:
        return may_become_silent(text) or (self._declinable and may_decline(text))

    def _give_out(self) -> list[TextDelta]:
        self._is_answer, held = True, self._held
        return [TextDelta(held)]
