"""``GET /v1/models`` and ``/v1/models/{id}``: the names that a request may give as its model."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request

from server.errors import ApiError
from server.state import engine_of
from server.transcription.models import SPEECH_MODELS, listening_names
from server.transcription.state import listening_of

router = APIRouter()

_CREATED: Final = 1_700_000_000
"""A time is required, and means nothing here: these are names of what is installed."""


@router.get("/v1/models")
async def list_models(request: Request) -> dict[str, Any]:
    """OpenAI's names, and those of the engine and of the Whisper model that they stand for."""
    return {"object": "list", "data": [_model(each) for each in _names(request.app)]}


@router.get("/v1/models/{name:path}")
async def model(request: Request, name: str) -> dict[str, Any]:
    """One of them."""
    if name not in _names(request.app):
        raise ApiError(
            f"The model {name[:100]!r} does not exist here: GET /v1/models lists those that do.",
            status=404,
            param="model",
            code="model_not_found",
        )
    return _model(name)


def _names(app: FastAPI) -> tuple[str, ...]:
    listening = listening_of(app)
    names = listening_names(listening) if listening else ()
    return tuple(dict.fromkeys((*SPEECH_MODELS, engine_of(app).label, *names)))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "openclaw-voice"}
