"""A clock that a test advances, and ways to wait without a clock."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

from testing.waiting import eventually as eventually


class ManualTimer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """An `openclaw_client.clock.Clock` that stands still until `advance` is called."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, ManualTimer]] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> ManualTimer:
        timer = ManualTimer(callback)
        heapq.heappush(self._timers, (self._now + max(0.0, delay), next(self._order), timer))
        return timer

    def due_in(self) -> list[float]:
        """The seconds until each timer, soonest first."""
        waits = [due - self._now for due, _, timer in self._timers if timer.callback is not None]
        return sorted(round(wait, 3) for wait in waits)

    async def advance(self, seconds: float) -> None:
        """Let time pass; due timers run in order, and so do the tasks that they wake."""
        end = self._now + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                timer.callback()
                await settle()
        self._now = end
        await settle()


async def settle(rounds: int = 30) -> None:
    """Run the tasks that need no clock."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def instantly(seconds: float) -> None:
    """A sleep of no length, for scripted agents."""
    await asyncio.sleep(0)
