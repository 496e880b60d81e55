"""What the adapters of the bot share: its speech models, and the room of a recognition.

Load and barge-in are measured without speech to text: the bot's transcriptions are rejected, and
the turn model decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

from models.registry import SILERO_VAD, SMART_TURN, SMOLLM2
from models.store import ModelStore
from pipeline.audio import Pcm16
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels
from pipeline.listening.audio_input import AudioInput
from pipeline.ports import Persona, Voice
from pipeline.settings import PipelineSettings
from settings import load_settings
from testing.recognition_room import FakeRecognitionRoom, NoTranscriber

SETTINGS: Final = PipelineSettings()
_PERSONAS: Final = tuple(
    Persona(name.lower(), name, Voice(name.lower())) for name in ("Jarvis", "Sage")
)


class WatchedModels(SpeechModels):
    """The bot's models; ``on_verdict`` gets key, number of samples and probability."""

    on_verdict: Callable[[Hashable, int, float], None] = staticmethod(lambda *_: None)

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        probability = await super().turn_probability(key, audio)
        self.on_verdict(key, audio.size, probability)
        return probability


def load_vad() -> SileroVad:
    return SileroVad(ModelStore(load_settings().models).path(SILERO_VAD.name))


def load_turn_model() -> SmartTurn:
    return SmartTurn(ModelStore(load_settings().models).path(SMART_TURN.name))


def load_text_model() -> LanguageModel:
    return LanguageModel(ModelStore(load_settings().models).path(SMOLLM2.name))


def load_models() -> WatchedModels:
    """Without speech to text."""
    return WatchedModels(
        AudioInput(load_vad(), time.monotonic),
        load_turn_model(),
        ModelWorker("turn"),
        NoTranscriber(),
        ModelWorker("speech to text"),
    )


class Room(FakeRecognitionRoom):
    """The room of one recognition; a subclass uses its reports."""

    def __init__(self) -> None:
        super().__init__(*_PERSONAS)
