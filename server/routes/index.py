"""``GET /``: what this server is and what it answers, for a person or a program that found it."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request

from server.state import engine_of
from server.transcription.state import listening_of, why_no_listening

router = APIRouter()

_ROUTES: Final = {
    "POST /v1/audio/speech": "text to speech",
    "POST /v1/audio/transcriptions": "speech to text",
    "POST /v1/audio/translations": "speech to English text",
    "WS /v1/realtime?intent=transcription": "live speech to text",
    "GET /v1/audio/voices": "the voices",
    "GET /v1/models": "the models",
    "GET /health": "whether it is ready, and what is loaded",
}


@router.get("/")
async def index(request: Request) -> dict[str, Any]:
    """The service, its routes, and what speaks and listens here."""
    listening = listening_of(request.app)
    return {
        "service": request.app.title,
        "version": request.app.version,
        "speech": engine_of(request.app).label,
        "transcription": f"whisper {listening.name}"
        if listening
        else why_no_listening(request.app),
        "routes": _ROUTES,
    }
