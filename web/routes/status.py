"""The status page, its state as JSON, and its changes as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, RedirectResponse, StreamingResponse

from version import project_version
from web.routes.files import file_response
from web.site import Site, is_operator, site_of

router = APIRouter()

EVERY_S: Final = 0.5
"""How often the state is looked at."""
STILL_HERE_S: Final = 15.0
"""How often an unchanged state is confirmed, so that a proxy keeps the connection."""
_MOST_STREAMS: Final = 32


@router.get("/")
async def status_page(request: Request) -> Response:
    return file_response("status.html", request)


@router.get("/api/status")
async def status(request: Request) -> Response:
    return JSONResponse(state_of(site_of(request), operator=is_operator(request)))


@router.get("/api/events")
async def events(request: Request) -> Response:
    """The state now and after each change. Its reader reconnects by itself."""
    site = site_of(request)
    if site.streams >= _MOST_STREAMS:
        return Response("too many pages are open\n", 503, {"Retry-After": "10"})
    return StreamingResponse(
        _changes(request, site),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _changes(request: Request, site: Site) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    last, sent_at = "", loop.time()
    site.streams += 1
    try:
        while not await request.is_disconnected():
            # A logged-out session sees no more than a visitor.
            now = json.dumps(state_of(site, operator=is_operator(request)), ensure_ascii=False)
            if now != last:
                last, sent_at = now, loop.time()
                yield f"data: {now}\n\n"
            elif loop.time() - sent_at >= STILL_HERE_S:
                sent_at = loop.time()
                yield ": still here\n\n"
            await asyncio.sleep(EVERY_S)
    finally:
        site.streams -= 1


def state_of(site: Site, *, operator: bool) -> dict[str, Any]:
    """What the page shows. A visitor gets neither names nor words, nor what the parts report."""
    parts = site.source.parts()
    shown: dict[str, Any] = {
        "version": project_version(),
        "operator": operator,
        "login": site.access.needs_login,
        "talk": site.rooms is not None,
        "parts": [asdict(part) for part in parts],
    }
    rooms = site.source.rooms()
    if operator:
        return {**shown, "rooms": [asdict(room) for room in rooms], "agents": site.source.agents()}
    public = [{"name": part.name, "condition": part.condition} for part in parts]
    return {**shown, "parts": public, "in_calls": len(rooms)}


@router.get("/favicon.ico")
async def icon() -> Response:
    return RedirectResponse("/static/icon.svg", 308)
