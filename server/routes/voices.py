"""``GET /v1/audio/voices``: the voices that a request may name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from server.engines.named_voices import OPENAI_VOICES
from server.state import engine_of

router = APIRouter()


@router.get("/v1/audio/voices")
async def list_voices(request: Request) -> dict[str, Any]:
    """The agents' voices, then each engine's; a plus joins espeak's languages and variants.

    ``openai`` are OpenAI's names besides ``sage``, which may be used too.
    """
    engine = engine_of(request.app)
    voices = [
        {"id": voice.id, "name": voice.name, "language": voice.language}
        for voice in engine.voices()
    ]
    return {
        "voices": voices,
        "variants": list(engine.variants()),
        "openai": [voice.id for voice in OPENAI_VOICES],
    }
