"""A bounded lookahead in a text that is still being written.

The result must not depend on how much of the text has arrived. A rule raises `NeedMore` until the
text decides or the bound is reached. So every split of a text into deltas gives the same result, in
time that grows linearly with its length. A text that arrives letter by letter would still be
examined from its start for each letter. So a rule also tells which characters can decide.
"""

from __future__ import annotations

import re
from typing import Final

_LINE_END: Final = re.compile(r"\n")


class NeedMore(Exception):
    """The text so far does not decide; more must arrive.

    Only a character that matches ``decides``, or a text of ``length`` characters, can change this.
    Without a pattern any character can.
    """

    def __init__(self, decides: re.Pattern[str] | None = None, length: int = 0) -> None:
        super().__init__()
        self._decides = decides
        self._length = length

    def may_decide(self, fresh: str, length: int) -> bool:
        """Whether to try again after ``fresh`` extended the text to ``length`` characters."""
        if self._decides is None or length >= self._length:
            return True
        return self._decides.search(fresh) is not None


class Earliest:
    """The earliest match of several patterns, none of which matches where another does.

    A pattern that begins with a fixed character is found many times faster alone than as one
    alternative of a larger pattern.
    """

    def __init__(self, *patterns: str) -> None:
        self._patterns = tuple(re.compile(pattern) for pattern in patterns)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first match at ``start`` or after it."""
        matches = (pattern.search(text, start) for pattern in self._patterns)
        return min(filter(None, matches), key=re.Match.start, default=None)


class Lookahead:
    """The first ``bound`` characters of a text; with ``final`` the text is complete."""

    def __init__(self, text: str, bound: int, *, final: bool) -> None:
        self.text = text[:bound]
        self._bound = bound
        self.closed = final or len(text) >= bound
        """No further text can change a result."""

    def find(
        self,
        pattern: re.Pattern[str] | Earliest,
        start: int = 0,
        after: int = 0,
        last: re.Pattern[str] | None = None,
    ) -> re.Match[str] | None:
        """The first match; None if there is none within the bound.

        ``after`` is how many characters after a match the pattern examines. ``last`` matches every
        character that a match can end with.

        Raises:
            NeedMore: the text so far does not decide.
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
        """The match at ``start`` of a pattern that further text could extend, such as a word.

        ``stops`` matches every character that can end such a match.

        Raises:
            NeedMore: the match reaches the end of the text so far.
        """
        match = pattern.match(self.text, start)
        if match is not None and match.end() == len(self.text) and not self.closed:
            raise NeedMore(stops, self._bound)
        return match

    def char_at(self, place: int) -> str:
        """The character at ``place``; empty after the end.

        Raises:
            NeedMore: it has not arrived yet.
        """
        if place >= len(self.text) and not self.closed:
            raise NeedMore
        return self.text[place : place + 1]

    def line(self, start: int = 0) -> str:
        """The text from ``start`` to the end of its line, or to the bound in a longer line.

        Raises:
            NeedMore: the end of the line has not arrived yet.
        """
        end = self.text.find("\n", start)
        if end < 0:
            if not self.closed:
                raise NeedMore(_LINE_END, self._bound)
            return self.text[start:]
        return self.text[start:end]
