"""``POST /v1/audio/speech``: text in, audio out while it is synthesized."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from server.audio import wav
from server.engines.engine import SpokenText
from server.engines.voices import DEFAULT_VOICE
from server.errors import ApiError, TtsError, UnknownVoice
from server.state import SpeechEngine, engine_of
from server.streaming import ClosingResponse, stream_from_thread

log = logging.getLogger(__name__)
router = APIRouter()

MAX_INPUT_CHARS: Final = 4096
"""OpenAI's own limit."""


class SpeechRequest(BaseModel):
    """OpenAI's request. Unknown fields and ``instructions`` are ignored: no engine has styles."""

    input: Annotated[str, Field(max_length=MAX_INPUT_CHARS)]
    voice: str = DEFAULT_VOICE
    model: str = "tts-1"
    response_format: str = "wav"
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    instructions: Annotated[str, Field(max_length=MAX_INPUT_CHARS)] = ""
    stream: bool = True


@router.post("/v1/audio/speech")
async def speech(request: Request, body: SpeechRequest) -> Response:
    """Speak ``input``. An error is JSON before the first byte, and a closed connection after it."""
    container = _checked_container(body.response_format)
    spoken = _synthesize(engine_of(request.app), body)
    audio, rate = stream_from_thread(spoken.chunks), spoken.rate
    if not body.stream:
        return await _complete_response(audio, container, rate)
    try:
        first = await anext(audio, b"")
    except TtsError as error:
        raise _engine_failed(error) from error
    if container == "wav":
        first = wav.header(rate) + first
    return ClosingResponse(_prepend(first, audio), media_type=_media_type(container, rate))


def _checked_container(response_format: str) -> Literal["pcm", "wav"]:
    if response_format == "pcm":
        return "pcm"
    if response_format == "wav":
        return "wav"
    raise ApiError(
        f"response_format {response_format!r} is not supported: use 'pcm' or 'wav'.",
        param="response_format",
        code="unsupported_format",
    )


def _synthesize(engine: SpeechEngine, body: SpeechRequest) -> SpokenText:
    if not body.input.strip():
        raise ApiError("input is empty: there is nothing to say.", param="input", code="empty")
    try:
        return engine.speak(body.input, body.voice, body.speed)
    except UnknownVoice as error:
        raise ApiError(f"{error}.", param="voice", code="voice_not_found") from error


async def _complete_response(
    audio: AsyncGenerator[bytes, None], container: str, rate: int
) -> Response:
    try:
        samples = b"".join([chunk async for chunk in audio])
    except TtsError as error:
        raise _engine_failed(error) from error
    head = wav.header(rate, len(samples)) if container == "wav" else b""
    return Response(head + samples, media_type=_media_type(container, rate))


async def _prepend(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        yield first
        async for chunk in rest:
            yield chunk
    finally:
        await rest.aclose()


def _engine_failed(error: TtsError) -> ApiError:
    log.error("speech engine failed: %s", error)
    return ApiError(f"{error}.", status=500, kind="server_error", code="engine_failed")


def _media_type(container: str, rate: int) -> str:
    return "audio/wav" if container == "wav" else f"audio/pcm;rate={rate};channels=1"
