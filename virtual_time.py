"""An event loop on virtual time: when nothing is ready, its clock jumps to the next timer.

Minutes of timeouts, retries and audio run in milliseconds and in the same order every time. All
waiting must happen on the loop. Loopback sockets are allowed with ``sockets``; threads need
`VirtualTimeLoop.limit_speed` while they work.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

LONGEST_S: Final = 30.0
"""Real time after which a run without sockets fails: repeating timers may never let it end."""
_BEGIN_S: Final = 1_000.0
_DELIVERY_S: Final = 0.000_5
"""Real time within which loopback delivers what was sent, also on a busy machine."""
_THREAD_S: Final = 5.0
"""Real time in which a thread ends its work where the loop has no timer left."""
_STEP_S: Final = 0.02
_SPEED: Final = 10.0
"""Virtual seconds per real second while the speed is limited."""


class _JumpingSelector(selectors.DefaultSelector):
    """Adds the time to wait to the clock instead of waiting."""

    def __init__(self, describe: Callable[[], str], longest_s: float, *, sockets: bool) -> None:
        super().__init__()
        self.now = _BEGIN_S
        self.limited: Callable[[], bool] = lambda: False
        self._describe = describe
        self._sockets = sockets
        self._end = time.monotonic() + longest_s

    def select(self, timeout: float | None = None) -> list[Any]:
        if time.monotonic() > self._end:
            self._end = float("inf")  # raised once: the loop still has to close
            raise RuntimeError(
                f"it comes to no end after {self.now - _BEGIN_S:.0f} s: {self._describe()}"
            )
        ready: list[Any] = super().select(0)
        if ready or timeout == 0:
            return ready
        limited = self._sockets and self.limited()
        if self._sockets:
            ready = super().select(_STEP_S / _SPEED if limited else _DELIVERY_S)
            if ready:
                return ready
        if timeout is None:
            if self._sockets and (ready := super().select(_THREAD_S)):
                return ready
            raise RuntimeError(f"nothing is left to happen: {self._describe()}")
        self.now += min(timeout, _STEP_S) if limited else timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Use with ``@pytest.mark.virtual_time`` or ``asyncio.Runner(loop_factory=VirtualTimeLoop)``.

    With ``sockets`` it waits a moment for loopback sockets before each jump, and has no limit of
    real time unless ``longest_s`` gives one.
    """

    describe_tasks: ClassVar[Callable[[Iterable[asyncio.Task[Any]]], str]] = staticmethod(
        lambda tasks: "; ".join(sorted(task.get_name() for task in tasks))
    )
    """What each task awaits, for the error of a loop that comes to no end."""

    def __init__(self, longest_s: float | None = None, *, sockets: bool = False) -> None:
        if longest_s is None:
            longest_s = float("inf") if sockets else LONGEST_S
        self._jumping = _JumpingSelector(self._describe, longest_s, sockets=sockets)
        super().__init__(self._jumping)

    @classmethod
    def with_sockets(cls) -> VirtualTimeLoop:
        """A loop factory for programs that talk over loopback sockets."""
        return cls(sockets=True)

    def limit_speed(self, while_true: Callable[[], bool]) -> None:
        """Advance in small steps, at ten times real time, while the condition holds.

        A thread is at work then: the one that reads a voice socket while a call is joined, or the
        one of a database.
        """
        self._jumping.limited = while_true

    def time(self) -> float:
        return self._jumping.now

    def _describe(self) -> str:
        return type(self).describe_tasks(asyncio.all_tasks(self))
