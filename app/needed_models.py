"""Which models the settings need on this machine."""

from __future__ import annotations

from typing import Final

from models.registry import KOKORO, PIPER_JOE, SILERO_VAD, SMART_TURN, SMOLLM2
from pipeline.inference.devices import usable_settings, whisper_size
from settings import Settings

_VOICES: Final = {"auto": KOKORO.name, "kokoro": KOKORO.name, "piper": PIPER_JOE.name}
"""The model of an engine of the embedded voice; espeak-ng needs none."""


def needed_models(settings: Settings) -> tuple[str, ...]:
    """The names of the models for `ModelStore`, the size of Whisper among them.

    espeak-ng, as the engine of the embedded voice, needs none; nor does a server of speech to text.
    """
    stt = settings.pipeline.stt
    names: tuple[str, ...] = (SILERO_VAD.name, SMART_TURN.name)
    if settings.pipeline.turn.language_model:
        names = (*names, SMOLLM2.name)
    if stt.url is None or stt.stand_in:
        names = (*names, whisper_size(usable_settings(stt)[0]))
    voice = _VOICES.get(settings.server.engine)
    return (*names, voice) if voice else names
