"""Is the Gateway still there? And when to knock again. No I/O; time and chance are arguments."""

from __future__ import annotations

from collections.abc import Callable

MISSED_TICKS = 2
"""No frame for this many tick intervals means the other side is gone (OpenClaw's own client)."""
_JITTER = 0.2
"""A fifth to either side: bots that lost the same Gateway do not all come back at once."""


class Liveness:
    """When a connection on which nothing arrives counts as dead."""

    def __init__(self, tick_interval_s: float, now: float) -> None:
        self._patience_s = MISSED_TICKS * tick_interval_s
        self._last = now

    def heard(self, now: float) -> None:
        """Any frame is a sign of life."""
        self._last = now

    def heard_since(self, then: float) -> bool:
        """Whether any frame has come after ``then``."""
        return self._last > then

    def remaining_s(self, now: float) -> float:
        """Seconds until the connection counts as dead; 0 or less: it does."""
        return self._last + self._patience_s - now


class Backoff:
    """Waiting times between attempts: doubling, with jitter, and the Gateway's word above ours."""

    def __init__(self, first_s: float, most_s: float, chance: Callable[[], float]) -> None:
        """``chance`` gives numbers from 0 up to 1, like ``random.random``."""
        self._first_s, self._most_s, self._chance = first_s, most_s, chance
        self._failures = 0

    def reset(self) -> None:
        """The connection stood; begin anew."""
        self._failures = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait; ``asked_s``, where the Gateway asked for a wait, is then the least."""
        step = min(self._most_s, self._first_s * 2.0**self._failures)
        self._failures = min(self._failures + 1, 30)
        if asked_s is not None:
            return asked_s * (1 + _JITTER * self._chance())
        return min(self._most_s, step * (1 + _JITTER * (2 * self._chance() - 1)))
