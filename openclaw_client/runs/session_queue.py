"""One turn at a time in each session; the others wait in the order they came."""

from __future__ import annotations

import asyncio
from collections import deque


class Slot:
    """A turn's right to its session, from ``SessionQueue.enter`` until ``release``."""

    def __init__(self, lanes: SessionQueue, key: str) -> None:
        self._lanes = lanes
        self._key = key
        self._released = False

    def release(self) -> None:
        """Let the next one in. Again is harmless."""
        if not self._released:
            self._released = True
            self._lanes._leave(self._key)


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
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if front:
            queue.appendleft(called)
        else:
            queue.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._leave(key)  # called and cancelled in the same step: pass it on
            else:
                queue.remove(called)
            raise
        return Slot(self, key)

    def _leave(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            called = queue.popleft()
            if not called.done():
                called.set_result(None)
                return
        del self._queues[key]
