"""What happened on the way to the Gateway, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


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
    turns_started: int = 0
    turns_answered: int = 0
    turns_failed: Counter[str] = field(default_factory=Counter)
    """By the name of the error."""
    aborts_sent: int = 0
    aborts_failed: int = 0
