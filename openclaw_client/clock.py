"""Time as a parameter: the event loop in production, a manual clock in tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol


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
