"""``GET /health``: the server's state, what is loaded, and the version."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from server.state import engine_of
from server.transcription.state import listening_of, why_no_listening

router = APIRouter()


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """The server responds only while its engine is open, so a response means that it can speak.

    ``listening`` is null where speech to text is not available; ``listening_missing`` says why.
    """
    listening = listening_of(request.app)
    engine = engine_of(request.app)
    return {
        "status": "healthy",
        "live": True,
        "ready": True,
        "engine": engine.label,
        "voices": len(engine.voices()),
        "listening": {"model": listening.name, "device": listening.device} if listening else None,
        "listening_missing": why_no_listening(request.app) or None,
        "version": request.app.version,
    }
