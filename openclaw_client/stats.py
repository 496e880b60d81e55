"""What happened on the way to the Gateway, in numbers."""

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
"""Upper ends of the classes: from an acknowledgement (10 ms) to a turn's longest time (60 s)."""


@dataclass(slots=True)
class Histogram:
    """``counts[n]`` are the times up to ``BOUNDS_MS[n]``; the last are all longer ones."""

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
        """The class bound that ``share`` (0 to 1) of the times kept to; infinite for the class
        without one, None before the first time."""
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
    """Counted since the start. One object serves a connection and all turns over it."""

    connects: int = 0
    """Times that the Gateway said hello."""
    attempts_failed: int = 0
    connections_lost: int = 0
    frames_bad: int = 0
    """Frames that were no protocol, or whose payload was not what its event has. Dropped."""
    frames_missed: int = 0
    """Gaps in the Gateway's numbering: it drops events for a reader that is too slow."""
    deltas_repaired: int = 0
    """Lost text that a later event, or picking the run up again, made good."""
    turns_started: int = 0
    turns_answered: int = 0
    turns_failed: int = 0
    turns_recovered: int = 0
    """Runs found again after their connection broke, or their events were lost; one that is lost
    twice counts twice."""
    turns_resent: int = 0
    """Messages that the Gateway had given to another run of the session."""
    turns_evicted: int = 0
    """Turns that waited for a Gateway that was away and gave way to newer ones."""
    errors: Counter[str] = field(default_factory=Counter)
    """What attempts to connect and turns have failed of, by kind (``kind_of``): the Gateway names
    some of them, so there are `MOST_KINDS` at most, and what comes then is counted as ``other``."""
    aborts_sent: int = 0
    aborts_failed: int = 0
    ack: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to its answer."""
    first_delta: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to the first text."""
    final: Histogram = field(default_factory=Histogram)
    """From ``chat.send`` to the end of a whole answer."""

    def failed(self, error: OpenClawError) -> None:
        """Count it among the errors."""
        kind = kind_of(error)[:_LONGEST_KIND]
        if kind not in self.errors and len(self.errors) >= MOST_KINDS:
            kind = f"{type(error).__name__}:other"
        self.errors[kind] += 1

    @property
    def reconnects(self) -> int:
        """Hellos after the first."""
        return max(0, self.connects - 1)

    def __str__(self) -> str:
        errors = ", ".join(f"{kind} {count}" for kind, count in sorted(self.errors.items()))
        return (
            f"{self.connects} connects ({self.reconnects} again), {self.turns_started} turns, "
            f"{self.turns_answered} answered, {self.turns_recovered} picked up, "
            f"{self.turns_failed} failed, errors: {errors or 'none'}; ack {self.ack}; "
            f"first delta {self.first_delta}; final {self.final}"
        )


def kind_of(error: OpenClawError) -> str:
    """The error's name, and behind a colon what sort of it, where it knows: a word to count by."""
    name = type(error).__name__
    match error:
        case TurnFailed(kind=kind):
            return f"{name}:{kind}"
        case GatewayRefused(code=code) | RequestFailed(code=code):
            return f"{name}:{code}"
        case _:
            return name
