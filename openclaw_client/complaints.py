"""What is wrong with what comes off the wire, told seldom enough to be read. No I/O."""

from __future__ import annotations

from collections import Counter
from typing import Final

EVERY_S: Final = 60.0
"""How often one kind of fault is told; a Gateway sends up to 13 events a second for each run."""


class Complaints:
    """For each kind of fault: the first is told, the others are counted until the next may be.

    The kinds are the caller's own words, never the wire's, so there are few of them.
    """

    def __init__(self) -> None:
        self._told_at: dict[str, float] = {}
        self._untold: Counter[str] = Counter()

    def line(self, kind: str, text: str, now: float) -> str | None:
        """What to log about one more fault; None while it is too soon."""
        told_at = self._told_at.get(kind)
        if told_at is not None and now - told_at < EVERY_S:
            self._untold[kind] += 1
            return None
        self._told_at[kind] = now
        more = self._untold.pop(kind, 0)
        return f"{text} ({more} more like it before)" if more else text
