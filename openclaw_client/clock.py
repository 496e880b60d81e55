"""Time as a parameter: the event loop in production, a manual clock in tests; and the back-off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

_JITTER = 0.2
"""A fifth to either side, so that bots that lost the same Gateway do not all reconnect at once."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """The two methods of an event loop that concern time. Every event loop is a clock."""

    def time(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


async def sleep(clock: Clock, seconds: float) -> None:
    """Wait until ``seconds`` have passed on ``clock``."""
    woken = asyncio.Event()
    timer = clock.call_later(seconds, woken.set)
    try:
        await woken.wait()
    finally:
        timer.cancel()


@asynccontextmanager
async def time_limit(clock: Clock, seconds: float) -> AsyncIterator[None]:
    """``asyncio.timeout`` on any clock.

    Raises:
        TimeoutError: the body took longer.
    """
    async with asyncio.timeout(None) as limit:
        timer = clock.call_later(seconds, lambda: limit.reschedule(0))
        try:
            yield
        finally:
            timer.cancel()


class Backoff:
    """Waits between attempts: doubling, with jitter, and at least what the server asks for."""

    def __init__(self, first_s: float, most_s: float, chance: Callable[[], float]) -> None:
        """``chance`` returns numbers from 0 to 1, like ``random.random``."""
        self._first_s, self._most_s, self._chance = first_s, most_s, chance
        self._failures = 0

    def reset(self) -> None:
        """Start again at the first wait, after a success."""
        self._failures = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait; at least ``asked_s``, if the server asked for a wait."""
        step = min(self._most_s, self._first_s * 2.0**self._failures)
        self._failures = min(self._failures + 1, 30)
        if asked_s is not None:
            return asked_s * (1 + _JITTER * self._chance())
        return min(self._most_s, step * (1 + _JITTER * (2 * self._chance() - 1)))
