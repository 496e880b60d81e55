"""Blocking reads of sensors, each source in a thread of its own.

A driver that hangs keeps its thread for good. In the event loop's common pool a few of them would
stop everything else that uses it; here each source has one at most, and it does not keep the
process from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class OwnThread:
    """Runs one function at a time, each in a fresh daemon thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.idle = asyncio.Event()
        """Set while no call runs."""
        self.idle.set()

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``, or its error.

        Raises:
            TimeoutError: the last call has not ended.
        """
        if not self.idle.is_set():
            raise TimeoutError
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def settle(value: Any, error: Exception | None) -> None:
            self.idle.set()
            if result.done():
                return  # it came too late
            if error is None:
                result.set_result(value)
            else:
                result.set_exception(error)

        def body() -> None:
            value, error = None, None
            try:
                value = work()
            except Exception as failed:
                error = failed
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, value, error)

        self.idle.clear()
        threading.Thread(target=body, name=f"sensors of {self._name}", daemon=True).start()
        return await result
