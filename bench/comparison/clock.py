"""A virtual clock for programs with threads: it stands while one works, and jumps when none does.

Every system of a comparison then meets the same times: what a model takes on the clock is stated,
not measured, and other work on the machine changes nothing. `VirtualClock` also takes the place of
the clocks in ``time``, which the systems read. Runs in the environment of the compared systems too:
the standard library alone.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from typing import Any, Final

_BEGIN_S: Final = 1_000.0
_EPOCH_S: Final = 1_750_000_000.0
_LONGEST_WORK_S: Final = 120.0
"""Real time after which a thread counts as hung."""

_LAST_THREADS_S: Final = 2.0


class _JumpingSelector(selectors.DefaultSelector):
    """Adds the time to wait to the clock, unless a thread works."""

    def __init__(self) -> None:
        super().__init__()
        self.now = _BEGIN_S
        self.working = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.working and timeout != 0:
            ready = super().select(_LONGEST_WORK_S)
            if not ready:
                raise RuntimeError(f"a thread has worked for {_LONGEST_WORK_S:.0f} s")
            return ready
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            # Only a thread that the loop does not know can go on now: one that ends, for instance.
            ready = super().select(_LAST_THREADS_S)
            if not ready:
                raise RuntimeError("nothing is left to happen")
            return ready
        self.now += timeout
        return ready


class VirtualClock(asyncio.SelectorEventLoop):
    """The loop; `set_clocks` makes its time that of the module ``time``, until `reset_clocks`."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self._clocks = {name: getattr(time, name) for name in _clocks(lambda: 0.0)}
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> asyncio.Future[Any]:
        """The clock stands until ``func`` has returned in its thread."""
        work = super().run_in_executor(executor, func, *args)
        self._jumping.working += 1
        work.add_done_callback(self._work_done)
        return work

    def set_clocks(self) -> None:
        for name, clock in _clocks(self.time).items():
            setattr(time, name, clock)

    def reset_clocks(self) -> None:
        for name, clock in self._clocks.items():
            setattr(time, name, clock)

    def _work_done(self, _work: asyncio.Future[Any]) -> None:
        self._jumping.working -= 1


def _clocks(now: Callable[[], float]) -> dict[str, Callable[[], float]]:
    """The clocks of the module ``time`` by name, without that of the CPU."""
    return {
        "time": lambda: _EPOCH_S + now(),
        "monotonic": now,
        "perf_counter": now,
        "time_ns": lambda: round((_EPOCH_S + now()) * 1e9),
        "monotonic_ns": lambda: round(now() * 1e9),
        "perf_counter_ns": lambda: round(now() * 1e9),
    }
