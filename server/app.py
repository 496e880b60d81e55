"""The speech server as an ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI

from server import exception_handlers
from server.routes import health, speech, voices
from server.state import SpeechEngine, set_engine
from version import project_version


def create_app(make_engine: Callable[[], SpeechEngine]) -> FastAPI:
    """The application; it opens its engine at startup and closes it at shutdown."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine()
        set_engine(app, engine)
        try:
            yield
        finally:
            engine.close()

    app = FastAPI(title="openclaw-voice speech", version=project_version(), lifespan=lifespan)
    exception_handlers.install(app)
    for routes in (speech, voices, health):
        app.include_router(routes.router)
    return app
