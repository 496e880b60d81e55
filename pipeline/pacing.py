"""When each frame of audio is due."""

from __future__ import annotations

from typing import Final

_MAX_LAG_S: Final = 0.1
"""The burst that a listener's jitter buffer can absorb; a longer lag is not made up."""


class Pacer:
    """Computes when each frame is due. Pure: the time is an argument."""

    def __init__(self, now: float, period_s: float, max_lag_s: float = _MAX_LAG_S) -> None:
        self._period_s = period_s
        self._max_lag_s = max_lag_s
        self._due = now

    def restart(self, now: float) -> None:
        """Send the next frame now, and count from it."""
        self._due = now

    def delay(self, now: float) -> float:
        """Seconds until the next frame; call it just after sending one."""
        self._due += self._period_s
        if now - self._due > self._max_lag_s:
            self._due = now
        return max(0.0, self._due - now)
