"""A look ahead in a text that is still being written, to a bound.

What is found must not depend on how much of the text has come: a rule asks for more text until the
text decides, or the bound is reached. So whatever pieces a text comes in, the same is found, and
the time for it grows with the text's length alone. A text that comes letter by letter would still
be looked at from the start for each letter: so a rule also says which letters can decide.
"""

from __future__ import annotations

import re
from typing import Final

_LINE_END: Final = re.compile(r"\n")


class NeedMore(Exception):
    """More text must come to tell.

    Only a character that ``decides``, or a text of ``length``, makes a difference; any character
    may when there is no pattern for it.
    """

    def __init__(self, decides: re.Pattern[str] | None = None, length: int = 0) -> None:
        super().__init__()
        self._decides = decides
        self._length = length

    def is_met(self, fresh: str, length: int) -> bool:
        """Whether it is worth looking again, with ``fresh`` at the end of a text of ``length``."""
        if self._decides is None or length >= self._length:
            return True
        return self._decides.search(fresh) is not None


class Lookahead:
    """The first ``bound`` characters of a text. With ``final`` no more of it comes."""

    def __init__(self, text: str, bound: int, *, final: bool) -> None:
        self.text = text[:bound]
        self._bound = bound
        self.closed = final or len(text) >= bound
        """There is no more to look at."""

    def find(
        self,
        pattern: re.Pattern[str],
        start: int = 0,
        after: int = 0,
        last: re.Pattern[str] | None = None,
    ) -> re.Match[str] | None:
        """The first match; None when there is none within the bound.

        ``after`` is how many characters behind it the pattern looks at. ``last`` matches each
        character that a match can end with.

        Raises:
            NeedMore: it cannot be told yet.
        """
        match = pattern.search(self.text, start)
        if match is None and not self.closed:
            raise NeedMore(last, self._bound)
        if match is not None and not self.closed and match.end() + after > len(self.text):
            raise NeedMore
        return match

    def match_run(
        self, pattern: re.Pattern[str], start: int = 0, stops: re.Pattern[str] | None = None
    ) -> re.Match[str] | None:
        """The match at ``start`` of what can go on, as a word can.

        ``stops`` matches each character with which it may not go on.

        Raises:
            NeedMore: it reaches to the end of what has come.
        """
        match = pattern.match(self.text, start)
        if match is not None and match.end() == len(self.text) and not self.closed:
            raise NeedMore(stops, self._bound)
        return match

    def char_at(self, place: int) -> str:
        """The character there; empty behind the end.

        Raises:
            NeedMore: it has not come yet.
        """
        if place >= len(self.text) and not self.closed:
            raise NeedMore
        return self.text[place : place + 1]

    def line(self, start: int = 0) -> str:
        """From ``start`` to the end of the line, without it; to the bound if the line is longer.

        Raises:
            NeedMore: the line's end has not come yet.
        """
        end = self.text.find("\n", start)
        if end < 0:
            if not self.closed:
                raise NeedMore(_LINE_END, self._bound)
            return self.text[start:]
        return self.text[start:end]
