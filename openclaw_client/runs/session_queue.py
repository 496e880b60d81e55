"""One turn at a time in each session; the others wait in their order of arrival."""

from __future__ import annotations

import asyncio
from collections import deque


class Slot:
    """A turn's right to its session, from ``SessionQueue.enter`` until ``release``."""

    def __init__(self, queue: SessionQueue, key: str) -> None:
        self._queue = queue
        self._key = key
        self._released = False

    def release(self) -> None:
        """Admit the next turn. A second call has no effect."""
        if not self._released:
            self._released = True
            self._queue._leave(self._key)


class SessionQueue:
    """The queues of all sessions. An idle session takes no memory."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    def waiting(self, key: str) -> int:
        """The number of turns that wait for the session."""
        return len(self._queues.get(key, ()))

    async def enter(self, key: str, *, front: bool = False) -> Slot:
        """Wait for the session; with ``front``, before all others that wait."""
        queue = self._queues.get(key)
        if queue is None:
            self._queues[key] = deque()
            return Slot(self, key)
        admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if front:
            queue.appendleft(admitted)
        else:
            queue.append(admitted)
        try:
            await admitted
        except asyncio.CancelledError:
            if admitted.done() and not admitted.cancelled():
                self._leave(key)  # admitted and cancelled in the same step: admit the next one
            else:
                queue.remove(admitted)
            raise
        return Slot(self, key)

    def _leave(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            admitted = queue.popleft()
            if not admitted.done():
                admitted.set_result(None)
                return
        del self._queues[key]
