"""An event loop that does not wait: its clock jumps to the next timer as soon as nothing happens.

Ticks, time-outs and waits of minutes pass in milliseconds, with the constants of production, and
the sockets of loopback are real ones. It is for programs that keep to one thread and one process:
whatever is done elsewhere would take no time at all.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any, Final

_GRACE_S: Final = 0.000_5
"""What is under way on loopback is there within this (real) time, also on a busy machine."""
_STEP_S: Final = 0.02
_SPEED: Final = 10.0
"""How much faster than time the clock goes where it may not jump."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0
        self.in_step: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[Any]:
        ready: list[Any] = super().select(0)
        if ready or timeout == 0:
            return ready
        step_s = _STEP_S if self.in_step() else None
        ready = super().select(_GRACE_S if step_s is None else step_s / _SPEED)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("nothing is left to happen: the program waits for ever")
        self.now += timeout if step_s is None else min(timeout, step_s)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """Use as ``asyncio.Runner(loop_factory=JumpingLoop)``."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def keep_step(self, while_true: Callable[[], bool]) -> None:
        """While that is true the clock is only some times faster than time, and does not jump: a
        thread is at work, as the one that reads a voice socket while a call is being joined."""
        self._jumping.in_step = while_true

    def time(self) -> float:
        return self._jumping.now
