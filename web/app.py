"""The pages as an ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, FastAPI

from version import project_version
from web.access import Access
from web.fleet import FleetSource
from web.guard import Guard
from web.routes import files, login, nodes, status, talk
from web.settings import WebSettings
from web.site import Site, set_site
from web.status import StatusSource
from web.talk.rooms import TalkRooms


def create_web_app(
    settings: WebSettings,
    source: StatusSource,
    rooms: TalkRooms | None = None,
    *,
    routers: Sequence[APIRouter] = (),
    access: Access | None = None,
    fleet: FleetSource | None = None,
) -> FastAPI:
    """The application. Without ``rooms`` there is no talk page, without ``fleet`` none of nodes.

    ``routers`` are further routes, such as health and metrics. They need no login: one that does
    asks `web.site.is_operator`.
    """
    site = Site(
        settings, access or Access(settings), source, rooms if settings.talk else None, fleet
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if rooms is not None:
                await rooms.aclose()

    app = FastAPI(
        title="openclaw-voice",
        version=project_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    set_site(app, site)
    app.add_middleware(Guard, access=site.access)
    for router in (login.router, status.router, talk.router, nodes.router, files.router, *routers):
        app.include_router(router)
    return app
