"""A state and its changes as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeAlias

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from web.site import Site

STILL_HERE_S: Final = 15.0
"""How often an unchanged state is confirmed, so that a proxy keeps the connection."""
_MOST_STREAMS: Final = 32

CurrentState: TypeAlias = Callable[[], Awaitable[dict[str, Any] | None]]
"""The state as JSON; None ends the stream."""


def live(request: Request, site: Site, state: CurrentState, *, every_s: float) -> Response:
    """A response with the state now and after each change; 503 where too many are open."""
    if site.streams >= _MOST_STREAMS:
        return Response("too many pages are open\n", 503, {"Retry-After": "10"})
    return StreamingResponse(
        _changes(request, site, state, every_s),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _changes(
    request: Request, site: Site, state: CurrentState, every_s: float
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    last, sent_at = "", loop.time()
    site.streams += 1
    try:
        while not await request.is_disconnected():
            current = await state()
            if current is None:
                return
            now = json.dumps(current, ensure_ascii=False)
            if now != last:
                last, sent_at = now, loop.time()
                yield f"data: {now}\n\n"
            elif loop.time() - sent_at >= STILL_HERE_S:
                sent_at = loop.time()
                yield ": still here\n\n"
            await asyncio.sleep(every_s)
    finally:
        site.streams -= 1
