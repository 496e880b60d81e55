"""The routes of transcription on a server that only speaks: they say why."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, WebSocket

from server.errors import ApiError
from server.transcription.state import why_no_listening

router = APIRouter()

_REFUSED = 1008


@router.post("/v1/audio/transcriptions")
@router.post("/v1/audio/translations")
async def no_transcription(request: Request) -> None:
    """Refuse the request; the text says what is missing."""
    raise ApiError(
        f"{why_no_listening(request.app)}.", status=404, param="model", code="model_not_found"
    )


@router.websocket("/v1/realtime")
async def no_realtime(websocket: WebSocket) -> None:
    """Refuse the session with an error event."""
    error = ApiError(f"{why_no_listening(websocket.app)}.", code="model_not_found")
    await websocket.accept()
    await websocket.send_text(json.dumps({"type": "error", "error": error.body}))
    await websocket.close(_REFUSED, error.message[:120])
