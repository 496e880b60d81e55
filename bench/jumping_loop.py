"""An event loop that does not wait: its clock jumps to the next timer as soon as nothing happens.

Ticks, time-outs and waits of minutes pass in milliseconds, with the constants of production, and
the sockets of loopback are real ones. It is for programs that keep to one thread and one process:
whatever is done elsewhere would take no time at all.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import Any, Final

_GRACE_S: Final = 0.000_5
"""What is under way on loopback is there within this (real) time, also on a busy machine."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready: list[Any] = super().select(0)
        if ready or timeout == 0:
            return ready
        ready = super().select(_GRACE_S)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("nothing is left to happen: the program waits for ever")
        self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """Use as ``asyncio.Runner(loop_factory=JumpingLoop)``."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now
