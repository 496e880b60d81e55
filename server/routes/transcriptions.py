"""``POST /v1/audio/transcriptions`` and ``/v1/audio/translations``: audio in, text out."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.datastructures import FormData, UploadFile

from pipeline.errors import Superseded, WordsUnavailable
from pipeline.inference.decoding_choices import DecodingChoices
from pipeline.inference.text_prompt import LONGEST_PROMPT
from server.errors import ApiError, MediaTooLong, UnreadableMedia
from server.exception_handlers import first_problem
from server.routes.events import EVENTS, event
from server.streaming import ClosingResponse
from server.transcription import formats
from server.transcription.formats import Granularity, HeardFile, TextFormat
from server.transcription.languages import language_code
from server.transcription.listening_models import HeardPart, ListeningModels
from server.transcription.models import check_listening_model
from server.transcription.state import needed_listening

log = logging.getLogger(__name__)
router = APIRouter()

Task: TypeAlias = Literal["transcribe", "translate"]

_RETRY_AFTER_S: Final = 5
_SHORTEST_S: Final = 0.1
"""As OpenAI: shorter audio has no words."""
_MOST_FIELDS: Final = 64


class TranscriptionRequest(BaseModel):
    """OpenAI's form without the file. Unknown fields are ignored."""

    model_config = ConfigDict(frozen=True)

    model: str
    language: str | None = None
    languages: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """Those that may be spoken; empty for all."""
    keywords: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)
    ] = ()
    """Words that are likely to be said."""
    prompt: Annotated[str, Field(max_length=100 * LONGEST_PROMPT)] = ""
    response_format: TextFormat = "json"
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.0
    timestamp_granularities: tuple[Granularity, ...] = ()
    stream: bool = False

    @field_validator("language")
    @classmethod
    def _as_code(cls, text: str | None) -> str | None:
        return language_code(text) or None if text else None

    @field_validator("languages")
    @classmethod
    def _as_codes(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(language_code, texts))

    @property
    def whole_prompt(self) -> str:
        """The prompt with the keywords as its last sentence."""
        listed = f"{', '.join(self.keywords)}." if self.keywords else ""
        return " ".join(filter(None, (self.prompt, listed)))


@router.post("/v1/audio/transcriptions")
async def transcriptions(request: Request) -> Response:
    """The words of the file, in the language that is spoken."""
    return await _answer(request, "transcribe")


@router.post("/v1/audio/translations")
async def translations(request: Request) -> Response:
    """The words of the file in English."""
    return await _answer(request, "translate")


async def _answer(request: Request, task: Task) -> Response:
    listening = needed_listening(request.app)
    form = await _form(request)
    parts: AsyncGenerator[HeardPart, None] | None = None
    try:
        file, asked = _checked(form, listening)
        parts = _hear(file, asked, listening, task)
        with _refusals():
            first = await anext(parts)
        if asked.stream:
            events = _events(_kept_open(first, parts, form))
            return ClosingResponse(events, media_type=EVENTS)
        whole = await _whole(first, parts)
    except BaseException:
        if parts is not None:
            await parts.aclose()
        await form.close()
        raise
    await form.close()
    return _response(whole, asked, task)


async def _whole(first: HeardPart, parts: AsyncGenerator[HeardPart, None]) -> HeardFile:
    whole = HeardFile()
    whole.add(first)
    with _refusals():
        async for part in parts:
            whole.add(part)
    if whole.duration_s < _SHORTEST_S:
        raise ApiError(
            f"file: the audio is too short: it has {whole.duration_s:.2f} s, and {_SHORTEST_S} s "
            "at least are needed.",
            param="file",
            code="audio_too_short",
        )
    return whole


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise ApiError(
            "The body must be multipart/form-data with the audio as its field `file`.",
            code="invalid_form",
        )
    return await request.form(max_files=1, max_fields=_MOST_FIELDS)


def _checked(form: FormData, listening: ListeningModels) -> tuple[UploadFile, TranscriptionRequest]:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise ApiError(
            "file: the audio is missing; send it as a file of the form.",
            param="file",
            code="missing_field",
        )
    given: dict[str, Any] = {
        key: value for key, value in form.multi_items() if isinstance(value, str) and value != ""
    }
    for name in ("timestamp_granularities", "languages", "keywords"):
        given[name] = [*form.getlist(f"{name}[]"), *form.getlist(name)]
    try:
        asked = TranscriptionRequest.model_validate(given)
    except ValidationError as error:
        raise first_problem(error.errors()) from error
    check_listening_model(asked.model, listening)
    for code in (*filter(None, (asked.language,)), *asked.languages):
        if code not in listening.languages:
            raise ApiError(
                f"language: the model {listening.name} does not know {code[:40]!r}; it knows "
                f"{', '.join(listening.languages)}.",
                param="language" if code == asked.language else "languages",
                code="unsupported_language",
            )
    if "word" in asked.timestamp_granularities and asked.response_format != "verbose_json":
        raise ApiError(
            "timestamp_granularities: the times of words need response_format verbose_json.",
            param="timestamp_granularities",
            code="invalid_value",
        )
    return file, asked


def _hear(
    file: UploadFile, asked: TranscriptionRequest, listening: ListeningModels, task: Task
) -> AsyncGenerator[HeardPart, None]:
    choices = DecodingChoices(
        prompt=asked.whole_prompt,
        translate=task == "translate",
        temperature=asked.temperature,
        # Subtitles are cut at words.
        words="word" in asked.timestamp_granularities or asked.response_format in ("srt", "vtt"),
    )
    return listening.hear(
        file.file, language=asked.language, among=asked.languages, choices=choices
    )


async def _kept_open(
    first: HeardPart, parts: AsyncGenerator[HeardPart, None], form: FormData
) -> AsyncGenerator[HeardPart, None]:
    """All parts; the form's file is open until the last one."""
    try:
        async with aclosing(parts):
            yield first
            async for part in parts:
                yield part
    finally:
        await form.close()


async def _events(parts: AsyncGenerator[HeardPart, None]) -> AsyncGenerator[bytes, None]:
    """A delta for each part with words, then the whole text; or an error."""
    heard = HeardFile()
    async with aclosing(parts):
        try:
            with _refusals():
                async for part in parts:
                    if added := heard.add(part):
                        yield event({"type": "transcript.text.delta", "delta": added})
        except ApiError as error:
            yield event({"type": "error", "error": error.body})
            return
    yield event({"type": "transcript.text.done", "text": heard.text, "usage": heard.usage})


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what may be wrong with a file, or with the moment, into OpenAI's errors."""
    try:
        yield
    except MediaTooLong as error:
        raise ApiError(f"file: {error}.", param="file", code="audio_too_long") from error
    except UnreadableMedia as error:
        raise ApiError(f"file: {error}.", param="file", code="invalid_file") from error
    except Superseded as error:
        raise ApiError(
            "Too many requests wait for speech to text: try again later.",
            status=503,
            kind="server_error",
            code="overloaded",
            retry_after_s=_RETRY_AFTER_S,
        ) from error
    except WordsUnavailable as error:
        log.error("speech to text failed: %s", error)
        raise ApiError(
            f"Speech to text is not available now: {error}.",
            status=503,
            kind="server_error",
            code="listening_failed",
            retry_after_s=_RETRY_AFTER_S,
        ) from error


def _response(heard: HeardFile, asked: TranscriptionRequest, task: Task) -> Response:
    match asked.response_format:
        case "json":
            return JSONResponse(formats.as_json(heard))
        case "verbose_json":
            granularities = asked.timestamp_granularities
            return JSONResponse(
                formats.as_verbose_json(heard, task, asked.temperature, granularities)
            )
        case "text":
            body = f"{heard.text}\n"
        case "srt":
            body = formats.as_srt(heard.segments)
        case "vtt":
            body = formats.as_vtt(heard.segments)
    return Response(body, media_type=formats.CONTENT_TYPES[asked.response_format])
