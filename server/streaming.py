"""From an engine's blocking generator to the chunks of one HTTP answer."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


async def stream_from_thread(chunks: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    """Run ``chunks`` in a thread and yield what has come meanwhile, joined; then raise what it did.

    Closing the iterator stops the synthesis and waits until it has stopped. An engine is a thousand
    times faster than speech, so what it made waits here without limit rather than holding the
    engine until a slow client has read it.
    """
    loop = asyncio.get_running_loop()
    ready: deque[bytes] = deque()
    news, stopped, ended = asyncio.Event(), threading.Event(), threading.Event()

    def work() -> None:
        try:
            for chunk in chunks:
                ready.append(chunk)
                # News that is still unread will be read with this chunk: one wake-up does.
                if not news.is_set():
                    loop.call_soon_threadsafe(news.set)
                if stopped.is_set():
                    return
        finally:
            chunks.close()
            ended.set()
            loop.call_soon_threadsafe(news.set)

    running = loop.run_in_executor(None, work)
    try:
        last = False
        while not last:
            await news.wait()
            news.clear()
            last = ended.is_set()
            if ready:
                yield b"".join(ready.popleft() for _ in range(len(ready)))
        await running
    finally:
        stopped.set()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # retrieved, so that asyncio does not report it a second time


class ClosingResponse(StreamingResponse):
    """Streams ``body`` and closes it however the answer ends, above all when the client leaves."""

    def __init__(self, body: AsyncGenerator[bytes, None], *, media_type: str) -> None:
        super().__init__(body, media_type=media_type)
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._body.aclose()
