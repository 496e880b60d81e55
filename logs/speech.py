"""What members said, in the log: their words only where the operator chose so.

    log.debug("%s said %s", speaker.name, spoken(text))

The line has the number of words otherwise. No record has speech in any other way.
"""

from __future__ import annotations


class _Shown:
    words = False


def show_speech(shown: bool) -> None:
    """Whether records have the words; not until this is called with true."""
    _Shown.words = shown


class spoken:  # noqa: N801 - it reads as a function
    """``text`` for a log record; formatted when, and if, the record is written.

    ``instead`` takes its place where words are not shown; without it, their number does.
    """

    __slots__ = ("_instead", "_text")

    def __init__(self, text: str, *, instead: str = "") -> None:
        self._text = text
        self._instead = instead

    def __str__(self) -> str:
        if _Shown.words:
            return self._text if self._instead else repr(self._text)
        return self._instead or f"<{len(self._text.split())} words>"
