"""Silent replies: detects an agent that chooses to say nothing, before any of it is spoken. No I/O.

An agent of OpenClaw replies ``NO_REPLY`` or, to a heartbeat, ``HEARTBEAT_OK``. The Gateway usually
holds these words back; otherwise they come in pieces ("NO", "_REPLY"). An agent that was told that
words may be for another person declines with a word of its own, whatever follows it.
"""

from __future__ import annotations

import re
from typing import Final

from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.turn_text import DECLINED

_WORDS: Final = ("NO_REPLY", "HEARTBEAT_OK", DECLINED)
_SAID: Final = re.compile(rf"[\W_]*(?:{'|'.join(_WORDS)})(?![^\W_])", re.IGNORECASE)
"""One of the words, with the quotes, stars and dots that models put around it."""
_DECLINES: Final = re.compile(rf"[\W_]*{DECLINED}(?![^\W_])", re.IGNORECASE)
_LONGEST: Final = 200
"""A longer text is an answer, whatever it begins with."""


def is_silent_reply(text: str) -> bool:
    """Whether an answer is silent: white space, only the words above, or a refusal to be meant."""
    if not text.strip() or _DECLINES.match(text) is not None:
        return True
    rest = _behind_the_words(text)
    return rest is not None and rest != text and not any(char.isalnum() for char in rest)


def may_become_silent(text: str) -> bool:
    """Whether the text so far is a silent reply, or may still become one."""
    if _DECLINES.match(text) is not None:
        return True
    rest = _behind_the_words(text)
    if rest is None:
        return False
    begun = re.sub(r"^[\W_]+", "", rest).upper()
    return any(word.startswith(begun) for word in _WORDS)


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

    def __init__(self) -> None:
        self._held = ""
        self._is_answer = False

    def feed(self, delta: TextDelta) -> list[TextDelta]:
        """The deltas to pass on after ``delta``."""
        out: list[TextDelta] = []
        if delta.replace:
            if self._is_answer:
                out.append(TextDelta("", replace=True))
            self._held, self._is_answer = "", False
        if self._is_answer:
            return [delta]
        self._held += delta.text
        return out if may_become_silent(self._held) else out + self._give_out()

    def finish(self) -> list[TextDelta]:
        """The remaining deltas at the end of a whole answer."""
        return [] if self._is_answer or is_silent_reply(self._held) else self._give_out()

    def _give_out(self) -> list[TextDelta]:
        self._is_answer, held = True, self._held
        return [TextDelta(held)]
