"""Waiting without polling until something in a simulator has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes every waiter at each change, to check its condition again.

    ``error`` is the exception that a timeout raises.
    """

    def __init__(self, error: type[Exception] = TimeoutError) -> None:
        self._error = error
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(
        self, check: Callable[[], T | None], timeout_s: float, what: str | Callable[[], str]
    ) -> T:
        """The first result of ``check`` that is not None or False.

        Raises:
            error: ``what`` did not happen within ``timeout_s``; a callable is asked at that time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    found = check()
                    if found is not None and found is not False:
                        return found
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiters.add(waiter)
                    await waiter
        except TimeoutError:
            text = what if isinstance(what, str) else what()
            raise self._error(f"{text}: not within {timeout_s:g} s") from None
