"""What the routes share: the settings, the logins, the bot's status and the talk rooms."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, HTTPException, Request
from starlette.requests import HTTPConnection

from web.access import Access
from web.fleet import FleetSource
from web.settings import WebSettings
from web.status import StatusSource
from web.talk.rooms import TalkRooms


@dataclass(slots=True)
class Site:
    """One application's parts."""

    settings: WebSettings
    access: Access
    source: StatusSource
    rooms: TalkRooms | None
    fleet: FleetSource | None = None
    streams: int = 0
    """Open streams of the pages."""


def set_site(app: FastAPI, site: Site) -> None:
    app.state.site = site


def site_of(connection: HTTPConnection) -> Site:
    """The parts of the application that a request or a WebSocket came to."""
    site = connection.app.state.site
    assert isinstance(site, Site)
    return site


def is_operator(connection: HTTPConnection) -> bool:
    """Whether the operator sent a request or opened a WebSocket."""
    return site_of(connection).access.is_operator(connection.cookies)


def operators_only(request: Request) -> None:
    """A dependency of routes.

    Raises:
        HTTPException: 401, without a login.
    """
    if not is_operator(request):
        raise HTTPException(401, "log in first: /login")
