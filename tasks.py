"""Tasks with an owner: none is garbage-collected, outlives its owner, or fails silently."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from logs import FaultLog, in_place

T = TypeVar("T")


class OwnedTasks:
    """The tasks of one owner, who cancels them with `aclose` or waits for them with `wait`.

    The error of a task is written to ``log``, except for the types in ``expected``: the caller that
    awaits the task handles those. ``place`` is the place of the tasks' log records; without one it
    is the place of the code that starts the task.
    """

    def __init__(
        self,
        log: logging.Logger,
        *,
        expected: tuple[type[Exception], ...] = (),
        place: str = "",
    ) -> None:
        self._faults = FaultLog(log)
        self._expected = expected
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
        """Cancel all tasks except the caller's; the owner can still start others."""
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def wait(self) -> None:
        """Wait until all tasks have ended, except the caller's."""
        while others := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(others)

    async def aclose(self) -> None:
        """Cancel all tasks and wait for their end; a task started later is cancelled at once."""
        self._closed = True
        self.cancel()
        await self.wait()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, self._expected):
            self._faults.tell(logging.ERROR, "the task %r failed", task.get_name(), error=error)


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Do ``work`` to its end, also if the caller is cancelled meanwhile, which shows afterwards.

    For a few steps of which either all or none must happen, and which cannot wait for long.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it
        raise
