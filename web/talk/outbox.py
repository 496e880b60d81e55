"""The messages that wait for one page. A page that does not read is cut, and costs no more."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

MOST_FRAMES: Final = 200
"""Four seconds of audio."""
MOST_BYTES: Final = 400_000
"""Of samples, 1,920 a frame, those are some more."""
MOST_MESSAGES: Final = 2_000


class PageOutbox:
    """A bounded queue with one reader."""

    def __init__(self) -> None:
        self._waiting: deque[str | bytes] = deque()
        self._bytes = 0
        self._frames = 0
        self._ready = asyncio.Event()
        self.overflowed = asyncio.Event()
        """Set for good once the page has left too much unread."""

    def put(self, message: str | bytes) -> None:
        if self.overflowed.is_set():
            return
        self._waiting.append(message)
        self._bytes += len(message)
        self._frames += isinstance(message, bytes)
        full = self._bytes > MOST_BYTES or self._frames > MOST_FRAMES
        if full or len(self._waiting) > MOST_MESSAGES:
            self._waiting.clear()
            self._bytes = self._frames = 0
            self.overflowed.set()
        self._ready.set()

    async def next(self) -> str | bytes:
        """The oldest message, as soon as there is one."""
        while not self._waiting:
            self._ready.clear()
            await self._ready.wait()
        message = self._waiting.popleft()
        self._bytes -= len(message)
        self._frames -= isinstance(message, bytes)
        return message
