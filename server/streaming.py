"""Streaming of an engine's blocking generator as the body of an HTTP response."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from server.protection.admission import admitted

MOST_THREADS: Final = 32
"""Texts that are synthesised at once without `SynthesisTurns`; further ones wait. The event loop's
own threads stay free: it looks up addresses with them."""
_threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="speech")
_BUFFER_BYTES: Final = 1_000_000
"""Sound that is made ahead outside a server, in bytes."""
_TURN_S: Final = 0.1
"""A turn ends with the first chunk after this time, if another stream waits."""


async def stream_from_thread(chunks: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    """Run ``chunks`` in a thread, and yield its items joined as they arrive.

    An exception of ``chunks`` is raised here. Closing the iterator stops the synthesis and waits
    for its end. Within a request of the server, the work takes turns with that for others. While
    the reader is slow and ``buffer_bytes`` are ready, ``chunks`` rests, and holds no thread.
    """
    request = admitted.get()
    stream = _Stream(chunks, request.buffer_bytes if request else _BUFFER_BYTES)
    making = asyncio.create_task(stream.make(), name="speech of a request")
    try:
        while await stream.arrived():
            yield stream.take()
        await making
    finally:
        stream.stop()
        making.cancel()
        await asyncio.wait([making])
        if not making.cancelled():
            making.exception()  # retrieved, so that asyncio does not log it again
        await stream.close()


class _Stream:
    """The sound between the engine's thread and the reader on the event loop."""

    def __init__(self, chunks: Generator[bytes, None, None], most_bytes: int) -> None:
        self._chunks = chunks
        self._most_bytes = most_bytes
        self._loop = asyncio.get_running_loop()
        self._request = admitted.get()
        self._ready: deque[bytes] = deque()
        self._ready_bytes = 0
        self._made_bytes = 0
        self._lock = threading.Lock()
        self._news, self._has_room = asyncio.Event(), asyncio.Event()
        self._stopped, self._ended, self._exhausted = threading.Event(), False, False
        self._working: asyncio.Future[bool] | None = None

    async def make(self) -> None:
        """Have all sound made, a turn at a time."""
        try:
            while not self._ended:
                await self._has_room_again()
                async with self._turn():
                    self._working = self._loop.run_in_executor(_threads, self._work)
                    self._ended = await asyncio.shield(self._working)
        finally:
            self._ended = True
            self._news.set()

    async def arrived(self) -> bool:
        """Wait for sound; False at its end."""
        while not self._ready and not self._ended:
            await self._news.wait()
            self._news.clear()
        return bool(self._ready)

    def take(self) -> bytes:
        """All that is ready."""
        with self._lock:
            joined = b"".join(self._ready)
            self._ready.clear()
            self._ready_bytes = 0
        self._has_room.set()
        return joined

    def stop(self) -> None:
        self._stopped.set()

    async def close(self) -> None:
        """Close the generator, in a thread: it may wait for its engine."""
        if self._working is not None:
            await asyncio.wait([self._working])
            if not self._working.cancelled():
                self._working.exception()
        if self._exhausted:
            return
        await self._loop.run_in_executor(_threads, self._chunks.close)

    async def _has_room_again(self) -> None:
        while self._ready_bytes >= self._most_bytes:
            self._has_room.clear()
            await self._has_room.wait()

    def _turn(self) -> AbstractAsyncContextManager[None]:
        if self._request is None:
            return contextlib.nullcontext()
        return self._request.turns.turn(self._request.client, self._made_bytes)

    def _work(self) -> bool:
        """Take chunks until the turn ends; True at the end of the text. It runs in a thread."""
        began = time.monotonic()
        for chunk in self._chunks:
            with self._lock:
                self._ready.append(chunk)
                self._ready_bytes += len(chunk)
            self._made_bytes += len(chunk)
            # If the event is set already, this chunk is read with the earlier ones.
            if not self._news.is_set():
                self._loop.call_soon_threadsafe(self._news.set)
            if self._stopped.is_set() or self._ready_bytes >= self._most_bytes:
                return False
            if self._is_contended() and time.monotonic() - began >= _TURN_S:
                return False
        self._exhausted = True
        return True

    def _is_contended(self) -> bool:
        return self._request is not None and self._request.turns.contended


class ClosingResponse(StreamingResponse):
    """Streams ``body`` and closes it at the end, also when the client disconnects."""

    def __init__(self, body: AsyncGenerator[bytes, None], *, media_type: str) -> None:
        super().__init__(body, media_type=media_type)
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._body.aclose()
