"""One turn at a time in each session; the others wait in the order they came."""

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
        """Let the next one in. Again is harmless."""
        if not self._released:
            self._released = True
            self._queue._leave(self._key)


class SessionQueue:
    """The queues before all sessions. An idle session takes no memory."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    def waiting(self, key: str) -> int:
        """How many wait behind the one whose turn it is."""
        return len(self._queues.get(key, ()))

    async def enter(self, key: str, *, front: bool = False) -> Slot:
        """Wait for the session; with ``front``, before all who wait already."""
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
                self._leave(key)  # admitted and cancelled in the same step: pass it on
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
