"""An event loop whose clock jumps to the next timer when there is nothing else to do.

A conversation of minutes runs in milliseconds and the same every time. It is for tests whose
parts do all their waiting on the loop: no threads, no sockets.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from typing import Any, Final

from testing.waiting import where

LONGEST_S: Final = 30.0
"""Of real time: a wait that is never met, beside a timer that goes on and on, ends then."""
_BEGIN_S: Final = 1_000.0


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: what the loop would have waited for is added to the clock instead."""

    def __init__(self, waiting: Callable[[], str], longest_s: float) -> None:
        super().__init__()
        self.now = _BEGIN_S
        self._waiting = waiting
        self._end = time.monotonic() + longest_s

    def select(self, timeout: float | None = None) -> list[Any]:
        if time.monotonic() > self._end:
            self._end = float("inf")  # told once: the loop is to clear up
            raise RuntimeError(
                f"it comes to no end after {self.now - _BEGIN_S:.0f} s: {self._waiting()}"
            )
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError(f"nothing is left to happen: {self._waiting()}")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Use with the `event_loop_policy` or `asyncio.Runner(loop_factory=VirtualTimeLoop)`."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._jumping = _JumpingSelector(self._waiting, longest_s)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def _waiting(self) -> str:
        """What the tasks await that came from the tests."""
        places = [where(task.get_coro()) for task in asyncio.all_tasks(self)]
        return "; ".join(
            sorted(place for place in places if place.startswith(("tests/", "testing/")))
        )
