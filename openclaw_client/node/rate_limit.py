"""How many commands a session may give in a minute. No I/O; time is an argument."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Final

WINDOW_S: Final = 60.0
_MOST_SESSIONS: Final = 1000
"""Remembered at a time; the one that was quiet longest is forgotten first."""


class RateLimit:
    """A sliding window for each session."""

    def __init__(self, per_window: int) -> None:
        self._per_window = per_window
        self._times: OrderedDict[str | None, deque[float]] = OrderedDict()

    def wait_s(self, session_key: str | None, now: float) -> float:
        """0 if the session may give a command now, which then counts; else how long until it
        may."""
        times = self._times.setdefault(session_key, deque())
        self._times.move_to_end(session_key)
        if len(self._times) > _MOST_SESSIONS:
            self._times.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= self._per_window:
            return times[0] + WINDOW_S - now
        times.append(now)
        return 0.0
