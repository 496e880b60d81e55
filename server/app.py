"""The speech server as an ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from server import exception_handlers
from server.protection.settings import LONGEST_INPUT
from server.routes import health, index, models, speech, voices
from server.state import SpeechEngine, set_engine
from server.transcription.state import set_listening
from version import project_version

if TYPE_CHECKING:
    from server.transcription.listening_models import ListeningModels


def create_app(
    make_engine: Callable[[], SpeechEngine],
    listening: ListeningModels | None = None,
    no_listening: str = "",
    longest_input: int = LONGEST_INPUT,
) -> FastAPI:
    """The application; it opens its engine at startup and closes it at shutdown.

    ``listening`` transcribes; the caller closes it. ``no_listening`` is why there is none.
    ``longest_input`` is the most characters of a request for speech.
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
    set_listening(app, listening, no_listening)
    app.state.longest_input = longest_input
    exception_handlers.install(app)
    for routes in (index, speech, models, voices, health):
        app.include_router(routes.router)
    for router in _listening_routers(listening):
        app.include_router(router)
    return app


def _listening_routers(listening: ListeningModels | None) -> list[APIRouter]:
    if listening is None:
        from server.routes import speaks_only

        return [speaks_only.router]
    # They import Whisper's libraries, 70 MB that the server inside the bot does not need.
    from server.routes import realtime, transcriptions

    return [transcriptions.router, realtime.router]
