"""When a speech server is given up, and when it is tried again. No I/O: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LIMIT: Final = 3
"""Failures in a row after which a server is given up."""
FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60.0
_LONGEST_REST_S: Final = 600.0
"""A server that asks for a longer rest is tried all the same."""


@dataclass(slots=True)
class Breaker:
    """Counts failures until one success. Given up, it names the moment of the next probe: after
    each that fails, twice as late as the one before."""

    failures: int = 0
    given_up: bool = False
    why: str = ""
    """The reason, as people are told it, for which it was given up."""
    probe_at: float = 0.0
    _pause_s: float = FIRST_PAUSE_S

    def failed(self, now: float, why: str, *, weight: int = 1) -> bool:
        """Count a failure, ``weight`` times; whether the server was given up for it."""
        self.failures += weight
        return self.failures >= LIMIT and self.give_up(now, why)

    def give_up(self, now: float, why: str, rest_s: float = 0.0) -> bool:
        """Do not use it until a probe worked, the first of them not before ``rest_s``; False if it
        was given up before."""
        if self.given_up:
            return False
        self.given_up, self.why, self._pause_s = True, why, FIRST_PAUSE_S
        self.probe_at = now + max(FIRST_PAUSE_S, min(rest_s, _LONGEST_REST_S))
        return True

    def probe_failed(self, now: float) -> None:
        """The next probe is due later still."""
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self.probe_at = now + self._pause_s

    def worked(self) -> None:
        """It speaks: whatever was counted is forgotten."""
        self.failures, self.given_up, self.why = 0, False, ""
