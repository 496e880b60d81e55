"""How many requests a token may send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RequestRate:
    """A bucket for each token: full at first, refilled evenly over a minute.

    The names are those of known tokens, so their number is bounded.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = monotonic) -> None:
        self._most = float(per_minute)
        self._per_s = per_minute / 60
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str) -> float:
        """Take one request; 0, or the seconds to wait for it."""
        now = self._now()
        bucket = self._buckets.setdefault(name, _Bucket(self._most, now))
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._per_s
        bucket.left -= 1
        return 0.0
