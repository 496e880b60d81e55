"""The talk page and its WebSocket."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response, WebSocket
from starlette.responses import RedirectResponse

from web.routes.files import file_response
from web.site import is_operator, site_of
from web.talk.connection import REFUSED, PageConnection

router = APIRouter()


@router.get("/talk")
async def talk_page(request: Request) -> Response:
    site = site_of(request)
    if site.rooms is None:
        raise HTTPException(404, "the talk page is off (web.talk)")
    if not is_operator(request):
        return RedirectResponse("/login?next=talk", 303)
    return file_response("talk.html", request)


@router.websocket("/talk/socket")
async def talk_socket(socket: WebSocket) -> None:
    """A page talks. The guard has checked that it is one of ours."""
    site = site_of(socket)
    await socket.accept()
    if site.rooms is None or not is_operator(socket):
        await socket.close(REFUSED, "log in first: open /login")
        return
    await PageConnection(socket, site.rooms, lambda: is_operator(socket)).serve()
