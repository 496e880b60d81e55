"""``GET /v1/audio/voices``: the voices that a request may name."""

from __future__ import annotations

from fastapi import APIRouter, Request

from server.state import engine_of

router = APIRouter()


@router.get("/v1/audio/voices")
async def list_voices(request: Request) -> dict[str, list[dict[str, str]] | list[str]]:
    """The agents' voices, then each engine's; a plus joins espeak's languages and variants."""
    engine = engine_of(request.app)
    voices = [
        {"id": voice.id, "name": voice.name, "language": voice.language}
        for voice in engine.voices()
    ]
    return {"voices": voices, "variants": list(engine.variants())}
