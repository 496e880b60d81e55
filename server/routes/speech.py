"""``POST /v1/audio/speech``: text in, audio out while it is synthesized."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, Field

from server.audio import wav
from server.audio.encode import API_RATE, FORMATS, SpeechFormat, encoded, media_type
from server.engines.engine import SpokenText
from server.engines.voices import DEFAULT_VOICE
from server.errors import ApiError, TtsError, UnknownVoice
from server.routes.events import EVENTS, event
from server.state import SpeechEngine, engine_of
from server.streaming import ClosingResponse, stream_from_thread

log = logging.getLogger(__name__)
router = APIRouter()

_LONGEST_STYLE: Final = 4096
"""Characters of ``instructions``, which no engine here follows."""
_SAMPLES: Final = ("pcm", "wav")
"""The formats of which a request may choose the sample rate."""


def _voice_id(value: object) -> object:
    """OpenAI's object with an ``id`` is the same as that id."""
    return value.get("id") if isinstance(value, dict) else value


class SpeechRequest(BaseModel):
    """OpenAI's request, with ``sample_rate``, ``native_rate`` and ``stream`` besides.

    Unknown fields and ``instructions`` are ignored: no engine has styles.
    """

    input: str
    voice: Annotated[str, BeforeValidator(_voice_id)] = DEFAULT_VOICE
    model: str = "tts-1"
    response_format: str = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    instructions: Annotated[str, Field(max_length=_LONGEST_STYLE)] | None = None
    stream_format: Literal["audio", "sse"] | None = None
    stream: bool | None = None
    """Whether the audio is sent while it is made. By default that is so unless it is a WAV, whose
    header has the length."""
    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)] | None = None
    """Hz of pcm and wav."""
    native_rate: bool = False
    """Whether pcm and wav have the rate of the engine, which the response names. Resampling speech
    that is ready within milliseconds delays its first byte by some 5 ms."""

    @property
    def streams(self) -> bool:
        """Whether the audio is sent while it is made."""
        if self.stream is not None:
            return self.stream
        return self.response_format != "wav" or self.stream_format is not None


@router.post("/v1/audio/speech")
async def speech(request: Request, body: SpeechRequest) -> Response:
    """Speak ``input``. An error is JSON before the first byte, and a closed connection after it."""
    form = _checked_format(body)
    _check_length(body.input, request.app.state.longest_input)
    spoken = _synthesize(engine_of(request.app), body)
    rate = _rate(body, spoken)
    if not body.streams:
        return await _complete_response(spoken, form, rate)
    audio = stream_from_thread(encoded(spoken.chunks, form, spoken.rate, rate))
    try:
        first = await anext(audio, b"")
    except TtsError as error:
        raise _engine_failed(error) from error
    audio = _prepend(first, audio)
    if body.stream_format == "sse":
        return ClosingResponse(_events(audio, body.input), media_type=EVENTS)
    return ClosingResponse(audio, media_type=media_type(form, rate))


def _checked_format(body: SpeechRequest) -> SpeechFormat:
    if body.sample_rate is not None and body.response_format not in _SAMPLES:
        raise ApiError(
            f"sample_rate is for {' and '.join(_SAMPLES)}: {body.response_format} has {API_RATE} "
            "Hz. Leave it out, or change response_format.",
            param="sample_rate",
            code="unsupported_rate",
        )
    for form in FORMATS:
        if body.response_format == form:
            return form
    raise ApiError(
        f"response_format {body.response_format!r} is not supported: use {', '.join(FORMATS)}.",
        param="response_format",
        code="unsupported_format",
    )


def _check_length(text: str, longest: int) -> None:
    if len(text) > longest:
        raise ApiError(
            f"input: String should have at most {longest} characters; it has {len(text)}. Send it "
            "in parts, or raise server.limits.input_chars.",
            param="input",
            code="invalid_value",
        )


def _rate(body: SpeechRequest, spoken: SpokenText) -> int:
    """The rate of the response in Hz."""
    if body.native_rate and body.response_format in _SAMPLES:
        return spoken.rate
    return body.sample_rate or API_RATE


def _synthesize(engine: SpeechEngine, body: SpeechRequest) -> SpokenText:
    if not body.input.strip():
        raise ApiError("input is empty: there is nothing to say.", param="input", code="empty")
    try:
        return engine.speak(body.input, body.voice, body.speed)
    except UnknownVoice as error:
        raise _engine_failed(error) from error


async def _complete_response(spoken: SpokenText, form: SpeechFormat, rate: int) -> Response:
    is_wav = form == "wav"
    audio = stream_from_thread(encoded(spoken.chunks, "pcm" if is_wav else form, spoken.rate, rate))
    try:
        data = b"".join([chunk async for chunk in audio])
    except TtsError as error:
        raise _engine_failed(error) from error
    head = wav.header(rate, len(data)) if is_wav else b""
    return Response(head + data, media_type=media_type(form, rate))


async def _prepend(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        if first:
            yield first
        async for chunk in rest:
            yield chunk


async def _events(audio: AsyncGenerator[bytes, None], text: str) -> AsyncGenerator[bytes, None]:
    """Server-sent events with the audio in base64, then the usage, or an error.

    No engine has tokens. The usage counts the characters of the text, and nothing for the audio.
    """
    async with aclosing(audio):
        try:
            async for chunk in audio:
                coded = base64.b64encode(chunk).decode()
                yield event({"type": "speech.audio.delta", "audio": coded})
        except TtsError as error:
            yield event({"type": "error", "error": _engine_failed(error).body})
            return
    usage = {"input_tokens": len(text), "output_tokens": 0, "total_tokens": len(text)}
    yield event({"type": "speech.audio.done", "usage": usage})


def _engine_failed(error: TtsError) -> ApiError:
    if isinstance(error, UnknownVoice):
        return ApiError(f"{error}.", param="voice", code="voice_not_found")
    log.error("speech engine failed: %s", error)
    return ApiError(f"{error}.", status=500, kind="server_error", code="engine_failed")
