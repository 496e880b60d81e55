"""What a client configures of its session: the format of its audio, the words, the turns.

A client sends the parts that it changes. The older dialect, ``transcription_session.update`` with
flat names, is understood too. Shapes: OpenAI's Realtime API, transcription sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.listening.endpoint_rule import EndpointRule, FixedSilence
from pipeline.settings import PipelineSettings
from server.errors import ApiError
from server.exception_handlers import first_problem
from server.transcription.languages import language_code
from server.transcription.models import LIVE_MODELS

_CONFIG = ConfigDict(extra="ignore", frozen=True)
_FLAT_FORMATS: Final[Mapping[object, Mapping[str, object]]] = {
    "pcm16": {"type": "audio/pcm", "rate": 24_000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
_LEAST_HYSTERESIS: Final = 0.15
"""How far the threshold at which speech pauses is below the one at which it begins."""
_SEMANTIC: Final[Mapping[str, tuple[float, int]]] = {
    "low": (2.0, 8000),
    "medium": (1.0, 4000),
    "auto": (1.0, 4000),
    "high": (0.45, 2000),
}
"""By eagerness: the cost of ending a turn too early, as a multiple of the bot's, and the silence in
ms that ends any turn."""


class RealtimeFormat(BaseModel):
    """How audio is encoded: s16le mono of a rate, or G.711 of 8 kHz."""

    model_config = _CONFIG

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"] = "audio/pcm"
    rate: Annotated[int, Field(ge=8_000, le=48_000)] = 24_000


class RealtimeWords(BaseModel):
    """The model, and what it is told. ``keywords`` are names that are likely to be said."""

    model_config = _CONFIG

    model: str | None = None
    language: str | None = None
    languages: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    prompt: Annotated[str, Field(max_length=10_000)] | None = None
    keywords: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)
    ] = ()


class ServerVad(BaseModel):
    """A turn ends after a fixed silence."""

    model_config = _CONFIG

    type: Literal["server_vad"] = "server_vad"
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    prefix_padding_ms: Annotated[int, Field(ge=0, le=2000)] = 300
    silence_duration_ms: Annotated[int, Field(ge=100, le=20_000)] = 500


class SemanticVad(BaseModel):
    """A turn ends as in a conversation with the bot: by its sound, its words, and the pace."""

    model_config = _CONFIG

    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"


TurnDetection: TypeAlias = Annotated[ServerVad | SemanticVad, Field(discriminator="type")]


class RealtimeInput(BaseModel):
    """All that a client may configure. Without ``turn_detection`` it ends the turns itself."""

    model_config = _CONFIG

    format: RealtimeFormat = RealtimeFormat()
    transcription: RealtimeWords | None = RealtimeWords()
    turn_detection: TurnDetection | None = ServerVad()
    noise_reduction: dict[str, Any] | None = None

    def pipeline(self, base: PipelineSettings) -> tuple[PipelineSettings, EndpointRule | None]:
        """The bot's settings with those of the session, and the rule for the ends of turns."""
        words = self.transcription or RealtimeWords()
        code = language_code(words.language) if words.language else base.stt.language
        languages = tuple(map(language_code, words.languages)) or base.stt.languages
        # Only words that no longer change are reported, and pauses bring those.
        given = {"language": code, "languages": languages, "partial_interval_s": 0.0}
        stt = base.stt.model_copy(update=given)
        vad, turn, rule = base.vad, base.turn, None
        if isinstance(self.turn_detection, ServerVad):
            detection = self.turn_detection
            start = min(max(detection.threshold, 0.05), 0.95)
            stop = max(0.02, min(vad.stop_threshold, start - _LEAST_HYSTERESIS))
            vad = vad.model_copy(update={"start_threshold": start, "stop_threshold": stop})
            longest = max(turn.max_silence_ms, detection.silence_duration_ms)
            turn = turn.model_copy(
                update={"pre_roll_ms": detection.prefix_padding_ms, "max_silence_ms": longest}
            )
            rule = FixedSilence(detection.silence_duration_ms)
        elif isinstance(self.turn_detection, SemanticVad):
            times, longest = _SEMANTIC[self.turn_detection.eagerness]
            turn = turn.model_copy(
                update={
                    # No agent is asked, so nothing is gained by a provisional end.
                    "eager": "off",
                    "sound_cut_cost_ms": round(turn.sound_cut_cost_ms * times),
                    "call_cut_cost_ms": round(turn.call_cut_cost_ms * times),
                    "max_silence_ms": longest,
                }
            )
        return base.model_copy(update={"stt": stt, "vad": vad, "turn": turn}), rule


def updated(known: RealtimeInput, session: object) -> RealtimeInput:
    """The configuration with the changes of a ``session`` object, in either dialect.

    Raises:
        ApiError: a value is wrong, or the session is not one of transcription.
    """
    if not isinstance(session, dict):
        raise ApiError("session: an object is missing.", param="session", code="missing_field")
    kind = session.get("type", "transcription")
    if kind != "transcription":
        raise ApiError(
            f"session.type: {str(kind)[:40]!r} is not served here, only 'transcription'.",
            param="session.type",
            code="unsupported_session",
        )
    given = _given(session)
    merged = {**known.model_dump(), **given}
    words = given.get("transcription")
    if isinstance(words, dict) and words.get("model") in LIVE_MODELS:
        # They have no turn detection: their clients end the turns.
        merged["turn_detection"] = given.get("turn_detection")
    try:
        return RealtimeInput.model_validate(merged)
    except ValidationError as error:
        raise first_problem(error.errors()) from error


def shown(config: RealtimeInput, session_id: str) -> dict[str, Any]:
    """The session object of the events."""
    return {
        "id": session_id,
        "object": "realtime.transcription_session",
        "type": "transcription",
        "audio": {"input": config.model_dump(mode="json")},
        "include": None,
    }


def shown_flat(config: RealtimeInput, session_id: str) -> dict[str, Any]:
    """The session object of the older dialect."""
    form = config.format.model_dump()
    names = (name for name, given in _FLAT_FORMATS.items() if given["type"] == form["type"])
    return {
        "id": session_id,
        "object": "realtime.transcription_session",
        "input_audio_format": next(names),
        "input_audio_transcription": config.model_dump(mode="json")["transcription"],
        "turn_detection": config.model_dump(mode="json")["turn_detection"],
        "input_audio_noise_reduction": config.noise_reduction,
    }


def _given(session: dict[str, Any]) -> dict[str, Any]:
    """The fields of `RealtimeInput` that the object changes."""
    audio = session.get("audio")
    nested = audio.get("input") if isinstance(audio, dict) else None
    if isinstance(nested, dict):
        return {name: nested[name] for name in RealtimeInput.model_fields if name in nested}
    given: dict[str, Any] = {}
    if "input_audio_format" in session:
        flat = session["input_audio_format"]
        given["format"] = _FLAT_FORMATS.get(flat, {"type": flat})
    if "input_audio_transcription" in session:
        given["transcription"] = session["input_audio_transcription"]
    if "input_audio_noise_reduction" in session:
        given["noise_reduction"] = session["input_audio_noise_reduction"]
    if "turn_detection" in session:
        given["turn_detection"] = session["turn_detection"]
    return given
