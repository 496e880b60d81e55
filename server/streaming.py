"""Streaming of an engine's blocking generator as the body of an HTTP response."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_MOST_STREAMS: Final = 32
"""Texts that are synthesised at once; further ones wait. The event loop's own threads stay free:
it looks up addresses with them."""
_threads = ThreadPoolExecutor(_MOST_STREAMS, thread_name_prefix="speech")


async def stream_from_thread(chunks: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    """Run ``chunks`` in a thread, and yield its items joined as they arrive.

    An exception of ``chunks`` is raised here. Closing the iterator stops the synthesis and waits
    for its end. The buffer is unbounded: a text has at most a few minutes of speech, and a
    slow client must not block the engine.
    """
    loop = asyncio.get_running_loop()
    ready: deque[bytes] = deque()
    arrived, stopped, ended = asyncio.Event(), threading.Event(), threading.Event()

    def work() -> None:
        try:
            for chunk in chunks:
                ready.append(chunk)
                # If the event is set already, this chunk is read with the earlier ones.
                if not arrived.is_set():
                    loop.call_soon_threadsafe(arrived.set)
                if stopped.is_set():
                    return
        finally:
            chunks.close()
            ended.set()
            loop.call_soon_threadsafe(arrived.set)

    running = loop.run_in_executor(_threads, work)
    try:
        last = False
        while not last:
            await arrived.wait()
            arrived.clear()
            last = ended.is_set()
            if ready:
                yield b"".join(ready.popleft() for _ in range(len(ready)))
        await running
    finally:
        stopped.set()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # retrieved, so that asyncio does not log it again


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
