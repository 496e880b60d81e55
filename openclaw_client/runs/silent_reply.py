"""An agent that chooses to say nothing, and how to know it before a piece of it is spoken. No I/O.

OpenClaw's agents say so by a word of its own, ``NO_REPLY`` or, to a heartbeat, ``HEARTBEAT_OK``.
The Gateway keeps it back as a rule; where it comes, it comes in pieces ("NO", "_REPLY").
"""

from __future__ import annotations

import re
from typing import Final

from openclaw_client.runs.run_reducer import TextDelta

_WORDS: Final = ("NO_REPLY", "HEARTBEAT_OK")
_SAID: Final = re.compile(rf"[\W_]*(?:{'|'.join(_WORDS)})(?![^\W_])", re.IGNORECASE)
"""One of the words, with the quotes, stars and points that models put around it."""
_LONGEST: Final = 200
"""Letters; what is longer is an answer, whatever it begins with."""


def is_silent_reply(text: str) -> bool:
    """Whether an answer says nothing: white space, or the words for it and nothing beside them."""
    if not text.strip():
        return True
    rest = _behind_the_words(text)
    return rest is not None and rest != text and not any(char.isalnum() for char in rest)


def may_become_silent(text: str) -> bool:
    """Whether what has come of an answer may still turn out to say nothing."""
    rest = _behind_the_words(text)
    if rest is None:
        return False
    begun = re.sub(r"^[\W_]+", "", rest).upper()
    return any(word.startswith(begun) for word in _WORDS)


def _behind_the_words(text: str) -> str | None:
    """What is left behind them; all of it where there are none, None where it is too long."""
    if len(text) > _LONGEST:
        return None
    end = 0
    while (found := _SAID.match(text, end)) is not None:
        end = found.end()
    return text[end:]


class SilentReplyFilter:
    """The deltas of one answer, without those that turn out to say nothing.

    What may become the words is kept until it is more, or until the end.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_answer = False

    def feed(self, delta: TextDelta) -> list[TextDelta]:
        """What can be given out now that ``delta`` has come."""
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
        """What is left at the end of a whole answer."""
        return [] if self._is_answer or is_silent_reply(self._held) else self._give_out()

    def _give_out(self) -> list[TextDelta]:
        self._is_answer, held = True, self._held
        return [TextDelta(held)]
