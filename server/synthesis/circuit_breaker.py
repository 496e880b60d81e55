"""Circuit breakers: when a speech server is no longer asked, and when it is probed again.

No I/O: time is an argument. A closed breaker counts failures in a row. After `LIMIT` of them it
opens, and only probes reach the server until one of them succeeds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from backoff import Backoff
from server.synthesis.faults import Fault

LIMIT: Final = 3
"""Failures in a row that open a breaker."""
FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60.0
_LONGEST_REST_S: Final = 600.0
"""Longest ``Retry-After`` that is honoured."""


@dataclass(slots=True)
class CircuitBreaker:
    """Counts failures until one success. While open, it gives the time of the next probe.

    The pause before a probe doubles with each probe that fails.
    """

    failures: int = 0
    is_open: bool = False
    reason: str = ""
    """Why it opened, in words for members of a call."""
    probe_at: float = 0.0
    _backoff: Backoff = field(
        default_factory=lambda: Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S), compare=False
    )

    def record_failure(self, now: float, reason: str, *, weight: int = 1) -> bool:
        """Count a failure ``weight`` times; return whether it opened the breaker."""
        self.failures += weight
        return self.failures >= LIMIT and self.trip(now, reason)

    def trip(self, now: float, reason: str, rest_s: float = 0.0) -> bool:
        """Open the breaker; the first probe is due after ``rest_s`` at the earliest.

        Returns False if it was open already.
        """
        if self.is_open:
            return False
        self.is_open, self.reason = True, reason
        self._backoff.reset()
        self.probe_at = now + max(self._backoff.next_s(), min(rest_s, _LONGEST_REST_S))
        return True

    def record_failed_probe(self, now: float) -> None:
        """Double the pause before the next probe."""
        self.probe_at = now + self._backoff.next_s()

    def record_success(self) -> None:
        """Close the breaker and forget all failures."""
        self.failures, self.is_open, self.reason = 0, False, ""


class ServerBreakers:
    """The breakers of one speech server: one for the server, and one for each of its voices.

    A failure counts for both. Other voices that succeed in between show that the server works, but
    not that this voice does.
    """

    def __init__(self) -> None:
        self.server = CircuitBreaker()
        self._voices: dict[str, CircuitBreaker] = {}

    def voice(self, name: str) -> CircuitBreaker:
        """The breaker of one voice."""
        return self._voices.setdefault(name, CircuitBreaker())

    def open_for(self, name: str) -> CircuitBreaker | None:
        """The open breaker that stops requests for the voice ``name``."""
        for breaker in (self.server, self._voices.get(name)):
            if breaker is not None and breaker.is_open:
                return breaker
        return None

    def responsible_for(self, fault: Fault, name: str) -> CircuitBreaker:
        """The breaker of what the fault concerns: the voice ``name``, or the server."""
        return self.voice(name) if fault.is_voice_specific else self.server

    def record_failure(
        self, fault: Fault, name: str, now: float, weight: int
    ) -> CircuitBreaker | None:
        """Count a failure of the voice ``name``; return the breaker that it opened."""
        breaker, own = self.responsible_for(fault, name), self.voice(name)
        if breaker is self.server and breaker.record_failure(now, fault.value, weight=weight):
            for each in self._voices.values():
                if not each.is_open:
                    each.record_success()
            return breaker
        return own if own.record_failure(now, fault.value, weight=weight) else None

    def record_success(self, name: str) -> None:
        """Forget the failures of the server and of the voice ``name``.

        An open breaker stays open: another room may have opened it, and its probe closes it.
        """
        for breaker in (self.server, self._voices.get(name)):
            if breaker is not None and not breaker.is_open:
                breaker.record_success()
