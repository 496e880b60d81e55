"""The page of all nodes, its state as JSON, and its changes as server-sent events.

Only the operator sees it: the names of nodes and rooms are nothing for visitors.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from version import project_version
from web.fleet import FleetSource, fleet_values
from web.routes.files import file_response
from web.routes.live import live
from web.site import is_operator, operators_only, site_of

router = APIRouter()

EVERY_S: Final = 1.0
"""How often the fleet is looked at, while a page is open."""


@router.get("/nodes")
async def nodes_page(request: Request) -> Response:
    _fleet_of(request)
    if not is_operator(request):
        return RedirectResponse("/login?next=nodes", 303)
    return file_response("nodes.html", request)


@router.get("/api/nodes", dependencies=[Depends(operators_only)])
async def nodes(request: Request) -> Response:
    """The fleet, with the answers of all nodes."""
    state = await _fleet_of(request).look_closely()
    return JSONResponse(_page(request) | fleet_values(state))


@router.get("/api/nodes/events", dependencies=[Depends(operators_only)])
async def node_events(request: Request) -> Response:
    """The fleet now and after each change; it ends with the login."""
    fleet = _fleet_of(request)

    async def state() -> dict[str, Any] | None:
        if not is_operator(request):
            return None
        return _page(request) | fleet_values(await fleet.look())

    return live(request, site_of(request), state, every_s=EVERY_S)


def _page(request: Request) -> dict[str, Any]:
    """What the bar at the top of the page needs."""
    site = site_of(request)
    return {
        "version": project_version(),
        "login": site.access.needs_login,
        "talk": site.rooms is not None,
    }


def _fleet_of(request: Request) -> FleetSource:
    """
    Raises:
        HTTPException: 404, these pages show no fleet.
    """
    fleet = site_of(request).fleet
    if fleet is None:
        raise HTTPException(404, "these pages show no nodes")
    return fleet
