"""What happened on the way to the Gateway, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from openclaw_client.errors import GatewayRefused, OpenClawError, RequestFailed, TurnFailed
from openclaw_client.histogram import Histogram

MOST_KINDS: Final = 100
_LONGEST_KIND: Final = 100


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
    turns_picked_up: int = 0
    """Runs found again after their connection broke, or their events were lost; one that is lost
    twice counts twice."""
    turns_sent_anew: int = 0
    """Messages that the Gateway had given to another run of the session."""
    turns_crowded_out: int = 0
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
            f"{self.turns_answered} answered, {self.turns_picked_up} picked up, "
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
