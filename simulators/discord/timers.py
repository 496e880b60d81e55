"""Things to do later, all of which end with their owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timers:
    """Delayed calls on the running loop, cancelled together."""

    def __init__(self) -> None:
        self._handles: set[asyncio.TimerHandle] = set()
        self._closed = False

    def later(self, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
        """Run ``call`` after ``delay_s``; returns a function that calls it off."""
        if self._closed:
            return lambda: None

        def run() -> None:
            self._handles.discard(handle)
            call()

        handle = asyncio.get_running_loop().call_later(delay_s, run)
        self._handles.add(handle)

        def off() -> None:
            handle.cancel()
            self._handles.discard(handle)

        return off

    def close(self) -> None:
        """Call everything off, and whatever is still asked for later."""
        self._closed = True
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()
