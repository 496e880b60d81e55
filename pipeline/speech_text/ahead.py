"""A look ahead in a text that is still being written, to a bound.

What is found must not depend on how much of the text has come: a rule asks for more text until the
text decides, or the bound is reached. So whatever pieces a text comes in, the same is found, and
the time for it grows with the text's length alone.
"""

from __future__ import annotations

import re


class NeedMore(Exception):
    """More text must come to tell."""


class Ahead:
    """The first ``bound`` characters of a text. With ``final`` no more of it comes."""

    def __init__(self, text: str, bound: int, *, final: bool) -> None:
        self.text = text[:bound]
        self.closed = final or len(text) >= bound
        """There is no more to look at."""

    def find(
        self, pattern: re.Pattern[str], start: int = 0, after: int = 0
    ) -> re.Match[str] | None:
        """The first match; None when there is none within the bound.

        ``after`` is how many characters behind it the pattern looks at.

        Raises:
            NeedMore: it cannot be told yet.
        """
        match = pattern.search(self.text, start)
        if not self.closed and (match is None or match.end() + after > len(self.text)):
            raise NeedMore
        return match

    def run(self, pattern: re.Pattern[str], start: int = 0) -> re.Match[str] | None:
        """The match at ``start`` of what can go on, as a word can.

        Raises:
            NeedMore: it reaches to the end of what has come.
        """
        match = pattern.match(self.text, start)
        if match is not None and match.end() == len(self.text) and not self.closed:
            raise NeedMore
        return match

    def at(self, place: int) -> str:
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
                raise NeedMore
            return self.text[start:]
        return self.text[start:end]
