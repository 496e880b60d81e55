"""The names of models that a request may use, and which of ours each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from server.errors import ApiError

if TYPE_CHECKING:
    from server.transcription.listening_models import ListeningModels

SPEECH_MODELS: Final = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
"""OpenAI's names of models that speak; any of them is our engine."""
LISTENING_MODELS: Final = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-transcribe",
)
"""OpenAI's names of models that transcribe; any of them is our Whisper."""
LIVE_MODELS: Final = ("gpt-realtime-whisper", "gpt-live-transcribe")
"""OpenAI's names of models for live audio alone, which leave the ends of turns to the client."""


def listening_names(listening: ListeningModels) -> tuple[str, ...]:
    """The names that a transcription may have: OpenAI's, and that of the model itself."""
    return (*LISTENING_MODELS, listening.name)


def check_listening_model(name: str, listening: ListeningModels, *, live: bool = False) -> None:
    """Whether ``name`` is a model that transcribes, files or ``live`` audio.

    Raises:
        ApiError: it is not; the text has those that are.
    """
    known = (*listening_names(listening), *(LIVE_MODELS if live else ()))
    if name not in known:
        shown = name[:_SHOWN]
        raise ApiError(
            f"The model {shown!r} does not exist here: use {', '.join(known)}. Another Whisper "
            "model is chosen by pipeline.stt.model_size.",
            status=404,
            param="model",
            code="model_not_found",
        )


_SHOWN: Final = 100
