"""How long something took, many times over: counts in fixed classes, so that months fit in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

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
