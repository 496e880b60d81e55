"""Time as a parameter: the running event loop in production, a hand-turned clock in tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

_JITTER = 0.2
"""A fifth to either side: bots that lost the same Gateway do not all come back at once."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """The two calls of an event loop that have to do with time. Every event loop is one."""

    def time(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


async def sleep(clock: Clock, seconds: float) -> None:
    """Until ``seconds`` have passed on ``clock``."""
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
    """Waiting times between attempts: doubling, with jitter, and the Gateway's word above ours."""

    def __init__(self, first_s: float, most_s: float, chance: Callable[[], float]) -> None:
        """``chance`` gives numbers from 0 up to 1, like ``random.random``."""
        self._first_s, self._most_s, self._chance = first_s, most_s, chance
        self._failures = 0

    def reset(self) -> None:
        """The connection stood; begin anew."""
        self._failures = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait; ``asked_s``, where the Gateway asked for a wait, is then the least."""
        step = min(self._most_s, self._first_s * 2.0**self._failures)
        self._failures = min(self._failures + 1, 30)
        if asked_s is not None:
            return asked_s * (1 + _JITTER * self._chance())
        return min(self._most_s, step * (1 + _JITTER * (2 * self._chance() - 1)))
