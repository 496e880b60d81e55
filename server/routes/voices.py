"""``GET /v1/audio/voices``: the voices that a request may name."""

from __future__ import annotations

from fastapi import APIRouter, Request

from server.engines.voices import AGENT_VOICES, ESPEAK_PREFIX
from server.state import engine_of

router = APIRouter()


@router.get("/v1/audio/voices")
async def list_voices(request: Request) -> dict[str, list[dict[str, str]] | list[str]]:
    """The agents' voices, then espeak's languages; a plus joins a language and a variant."""
    engine = engine_of(request.app)
    agents = [
        {"id": voice.id, "name": voice.name, "language": voice.language} for voice in AGENT_VOICES
    ]
    languages = [
        {"id": ESPEAK_PREFIX + language, "name": f"espeak {language}", "language": language}
        for language in engine.voices()
    ]
    return {"voices": agents + languages, "variants": list(engine.variants())}
