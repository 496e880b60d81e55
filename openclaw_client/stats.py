"""Counters and times of the Gateway client."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from openclaw_client.errors import GatewayRefused, OpenClawError, RequestFailed, TurnFailed

MOST_KINDS: Final = 100
_LONGEST_KIND: Final = 100
BOUNDS_MS: Final = (
    5, 10, 20, 50, 100, 200, 350, 500, 750, 1_000,
    1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000,
)  # fmt: skip
"""Upper ends of the buckets, from an acknowledgement (10 ms) to a turn's longest time (60 s)."""


@dataclass(slots=True)
class Histogram:
    """Durations in fixed buckets: ``counts[n]`` counts those up to ``BOUNDS_MS[n]``, the last
    one all longer ones."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))
    total_ms: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts)

    def add(self, seconds: float) -> None:
        """Count one time."""
        ms = seconds * 1000
        self.counts[bisect_left(BOUNDS_MS, ms)] += 1
        self.total_ms += ms

    def at_most_ms(self, share: float) -> float | None:
        """The bucket bound that ``share`` (0 to 1) of the times stay within; infinite for the last
        bucket, None before the first time."""
        wanted = share * self.count
        reached = 0
        for number, count in enumerate(self.counts):
            reached += count
            if reached and reached >= wanted:
                return BOUNDS_MS[number] if number < len(BOUNDS_MS) else float("inf")
        return None

    def __str__(self) -> str:
        if not self.count:
            return "none"
        half, most = self.at_most_ms(0.5), self.at_most_ms(0.95)
        return f"half within {half:g} ms, 95 % within {most:g} ms"


@dataclass(slots=True)
class GatewayStats:
    """Counters since the start. One object serves a connection and all its turns."""

    connects: int = 0
    """Handshakes that succeeded."""
    attempts_failed: int = 0
    connections_lost: int = 0
    frames_bad: int = 0
    """Dropped frames: not of the protocol, or with a malformed payload."""
    frames_missed: int = 0
    """Missing numbers of events: the Gateway drops events for a reader that is too slow."""
    deltas_repaired: int = 0
    """Lost text that a later event or the recovery of the run restored."""
    turns_started: int = 0
    turns_answered: int = 0
    turns_failed: int = 0
    turns_recovered: int = 0
    """Runs found again after their connection broke or events were lost; a run lost twice counts
    twice."""
    turns_resent: int = 0
    """Messages that another run of the session absorbed, so that they were sent again."""
    turns_evicted: int = 0
    """Turns that waited for an unreachable Gateway and were dropped for newer ones."""
    errors: Counter[str] = field(default_factory=Counter)
    """Errors of connection attempts and turns, by kind (``kind_of``). The Gateway names some kinds,
    so at most `MOST_KINDS` are kept; further ones count as ``other``."""
    aborts_sent: int = 0
    aborts_failed: int = 0
    ack: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to its answer."""
    first_delta: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to the first text."""
    final: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to the end of a whole answer."""

    def failed(self, error: OpenClawError) -> None:
        """Count an error by its kind."""
        kind = kind_of(error)[:_LONGEST_KIND]
        if kind not in self.errors and len(self.errors) >= MOST_KINDS:
            kind = f"{type(error).__name__}:other"
        self.errors[kind] += 1

    @property
    def reconnects(self) -> int:
        """Connects after the first."""
        return max(0, self.connects - 1)

    def __str__(self) -> str:
        errors = ", ".join(f"{kind} {count}" for kind, count in sorted(self.errors.items()))
        return (
            f"{self.connects} connects ({self.reconnects} again), {self.turns_started} turns, "
            f"{self.turns_answered} answered, {self.turns_recovered} recovered, "
            f"{self.turns_failed} failed, errors: {errors or 'none'}; ack {self.ack}; "
            f"first delta {self.first_delta}; final {self.final}"
        )


def kind_of(error: OpenClawError) -> str:
    """The error's class name, followed by a colon and its code or kind, where it has one."""
    name = type(error).__name__
    match error:
        case TurnFailed(kind=kind):
            return f"{name}:{kind}"
        case GatewayRefused(code=code) | RequestFailed(code=code):
            return f"{name}:{code}"
        case _:
            return name
