"""The speech server as an ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI

from server import exception_handlers
from server.routes import health, index, models, realtime, speech, transcriptions, voices
from server.state import SpeechEngine, set_engine
from server.transcription.ears import Ears
from server.transcription.state import set_ears
from version import project_version


def create_app(
    make_engine: Callable[[], SpeechEngine], ears: Ears | None = None, no_ears: str = ""
) -> FastAPI:
    """The application; it opens its engine at startup and closes it at shutdown.

    ``ears`` transcribe; the caller closes them. ``no_ears`` is why there are none.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_engine()
        set_engine(app, engine)
        try:
            yield
        finally:
            engine.close()

    app = FastAPI(title="openclaw-voice speech", version=project_version(), lifespan=lifespan)
    set_ears(app, ears, no_ears)
    exception_handlers.install(app)
    for routes in (index, speech, transcriptions, realtime, models, voices, health):
        app.include_router(routes.router)
    return app
