"""Stalls at random, as on a machine that is busy with something else: ``pytest --stalls SEED``.

They find the tests that hold only on an idle machine. In each test on real time the event loop
stops a few times, for 1.5 s altogether; in the whole process a job of a thread begins late now
and then. The same seed stalls a test's loop at the same steps.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import random
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_LOOP_SHARE: Final = 0.04
"""Share of the loop's steps before which it stalls, until its time is used up."""
_LOOP_S: Final = (0.2, 1.0)
_LOOP_TOTAL_S: Final = 1.5
_THREAD_SHARE: Final = 0.08
_THREAD_S: Final = (0.1, 0.8)


class StallingLoop(asyncio.SelectorEventLoop):
    """An event loop on real time that stalls now and then."""

    def __init__(self, seed: str) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._left_s = _LOOP_TOTAL_S

    def _run_once(self) -> None:
        if self._left_s > 0 and self._random.random() < _LOOP_SHARE:
            seconds = min(self._left_s, self._random.uniform(*_LOOP_S))
            self._left_s -= seconds
            time.sleep(seconds)
        super()._run_once()  # type: ignore[misc]  # asyncio's own, which typeshed leaves out


def stall_threads(seed: int) -> None:
    """Let jobs of thread pools begin late from now on."""
    dice = random.Random(seed)
    submit = concurrent.futures.ThreadPoolExecutor.submit

    def submit_late(
        pool: concurrent.futures.ThreadPoolExecutor,
        work: Callable[P, T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Future[T]:
        late_s = dice.uniform(*_THREAD_S) if dice.random() < _THREAD_SHARE else 0.0

        def work_late(*args: P.args, **kwargs: P.kwargs) -> T:
            time.sleep(late_s)
            return work(*args, **kwargs)

        return submit(pool, work_late if late_s else work, *args, **kwargs)

    pool: Any = concurrent.futures.ThreadPoolExecutor
    pool.submit = submit_late
