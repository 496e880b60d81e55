"""Waiting for the simulated world to become so, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from simulators.discord.errors import TimedOut

T = TypeVar("T")


class Changes:
    """Wakes whoever waits, each time something changed."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, look: Callable[[], T | None], timeout_s: float, what: str) -> T:
        """The first result of ``look`` that is not None or False.

        Raises:
            TimedOut: after ``timeout_s``, saying that ``what`` did not happen.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    found = look()
                    if found is not None and found is not False:
                        return found
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiters.add(waiter)
                    await waiter
        except TimeoutError:
            raise TimedOut(f"{what}: not within {timeout_s:g} s") from None
