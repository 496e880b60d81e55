"""Tasks that have an owner: none is lost, none outlives it, none fails without a word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from logs import FaultLog, in_place

T = TypeVar("T")


class OwnedTasks:
    """The tasks of one owner, who ends them with `aclose` or waits for them with `settle`.

    ``log`` is told what a task fails of, unless it is one of ``foreseen``, which whoever awaits the
    task deals with. ``place`` is where the tasks' log records belong; without one, to where the
    owner was when it started them.
    """

    def __init__(
        self,
        log: logging.Logger,
        *,
        foreseen: tuple[type[Exception], ...] = (),
        place: str = "",
    ) -> None:
        self._faults = FaultLog(log)
        self._foreseen = foreseen
        self._place = place
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[asyncio.Task[Any]]:
        return iter(self._tasks.copy())

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start ``work``; after `aclose` it is cancelled before its first step."""
        context = in_place(self._place) if self._place else None
        task = asyncio.create_task(work, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        if self._closed:
            task.cancel()
        return task

    def cancel(self) -> None:
        """Cancel all but the one that calls this; more can be started."""
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def settle(self) -> None:
        """Until no task is left, but for the one that calls this."""
        while others := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(others)

    async def aclose(self) -> None:
        """Cancel them all and wait for their end; what is started later is cancelled at once."""
        self._closed = True
        self.cancel()
        await self.settle()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, self._foreseen):
            self._faults.tell(logging.ERROR, "the task %r failed", task.get_name(), error=error)
