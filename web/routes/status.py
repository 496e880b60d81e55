"""The status page, its state as JSON, and its changes as server-sent events."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from version import project_version
from web.routes.files import file_response
from web.routes.live import live
from web.site import Site, is_operator, site_of

router = APIRouter()

EVERY_S: Final = 0.5
"""How often the state is looked at."""


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

    async def state() -> dict[str, Any]:
        # A logged-out session sees no more than a visitor.
        return state_of(site, operator=is_operator(request))

    return live(request, site, state, every_s=EVERY_S)


def state_of(site: Site, *, operator: bool) -> dict[str, Any]:
    """What the page shows. A visitor gets neither names nor words, nor what the parts report."""
    parts = site.source.parts()
    shown: dict[str, Any] = {
        "version": project_version(),
        "operator": operator,
        "login": site.access.needs_login,
        "talk": site.rooms is not None,
        "nodes": site.fleet is not None,
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
