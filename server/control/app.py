"""The control plane as an ASGI application."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from configuration.desired.errors import (
    BotExists,
    CipherUnusable,
    DesiredStateError,
    NameUnusable,
    StaleVersion,
    UnknownBot,
    UnknownVersion,
)
from configuration.schema import Section
from server import exception_handlers
from server.control.rate import RequestRate
from server.control.routes import bots, operators
from server.control.settings import ControlPlaneSettings
from server.control.state import ControlBackend, ControlState, ValidateDocument, set_control
from server.errors import ApiError
from server.protection.access_log import AccessLog
from server.protection.bodies import BodyLimits
from server.protection.settings import LimitSettings
from version import project_version

_QUIET: Final = ("/health", "/heartbeat", "/metrics", "/config")
"""Requests that bots send every few seconds; what operators order is logged by the routes."""
_ANSWERS: Final[dict[type[DesiredStateError], tuple[int, str]]] = {
    UnknownBot: (404, "unknown_bot"),
    UnknownVersion: (404, "unknown_version"),
    BotExists: (409, "bot_exists"),
    StaleVersion: (412, "stale_version"),
    NameUnusable: (400, "invalid_name"),
    CipherUnusable: (500, "cipher_unusable"),
}


def create_control_app(
    settings: ControlPlaneSettings, store: ControlBackend, validate: ValidateDocument, tree: Section
) -> FastAPI:
    """The application over an open store. ``tree`` is that of the bot's settings."""
    app = FastAPI(
        title="openclaw-voice control",
        version=project_version(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    rate = RequestRate(settings.requests_per_minute)
    set_control(app, ControlState(settings, store, validate, tree, rate))
    exception_handlers.install(app)

    @app.exception_handler(DesiredStateError)
    async def _unmet(_: Request, error: DesiredStateError) -> JSONResponse:
        status, code = _ANSWERS.get(type(error), (500, "internal_error"))
        refused = ApiError(str(error), status=status, code=code)
        return JSONResponse({"error": refused.body}, status_code=status)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok"}

    app.include_router(bots.router)
    app.include_router(operators.router)
    return app


def protected_control(app: FastAPI, settings: ControlPlaneSettings) -> ASGIApp:
    """The application behind its limits and its log."""
    limits = limits_of(settings)
    return AccessLog(BodyLimits(app, limits), quiet=lambda path: path.endswith(_QUIET))


def limits_of(settings: ControlPlaneSettings) -> LimitSettings:
    """What it accepts of connections and bodies."""
    return LimitSettings(json_bytes=settings.config_bytes)
