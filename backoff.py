"""The waits between attempts: all retries of the project grow by this one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_JITTER: Final = 0.2
"""A fifth to either side, so that bots that lost the same server do not all return at once."""
_MOST_DOUBLINGS: Final = 30


def _no_jitter() -> float:
    return 0.5


class Backoff:
    """Waits between attempts: doubling, with jitter, and at least what the server asks for."""

    def __init__(
        self, first_s: float, most_s: float, chance: Callable[[], float] = _no_jitter
    ) -> None:
        """``chance`` returns numbers from 0 to 1, like ``random.random``; default: no jitter."""
        self._first_s, self._most_s, self._chance = first_s, most_s, chance
        self._failures = 0

    def reset(self) -> None:
        """Start again at the first wait, after a success."""
        self._failures = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait; at least ``asked_s``, if the server asked for a wait."""
        step = min(self._most_s, self._first_s * 2.0**self._failures)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        if asked_s is not None:
            return asked_s * (1 + _JITTER * self._chance())
        return min(self._most_s, step * (1 + _JITTER * (2 * self._chance() - 1)))
