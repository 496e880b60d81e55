"""What the adapters of the bot share: its speech models, and the room of a recognition.

The rivals run without speech to text. To compare the sound alone, the bot's transcriptions are
rejected, and the turn model decides at its checks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

from models.registry import SILERO_VAD, SMART_TURN
from models.store import ModelStore
from pipeline.audio import Pcm16
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcriber
from pipeline.listening.audio_input import AudioInput
from pipeline.ports import Persona, Voice
from pipeline.settings import PipelineSettings, SttSettings
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


def load_models(*, words: bool) -> WatchedModels:
    """With ``words``, speech to text is the fixture Whisper, which knows the open turns."""
    store = ModelStore(load_settings().models)
    return WatchedModels(
        AudioInput(load_vad(), time.monotonic),
        SmartTurn(store.path(SMART_TURN.name)),
        ModelWorker("turn"),
        _fixture(store) if words else NoTranscriber(),
        ModelWorker("speech to text"),
    )


def _fixture(store: ModelStore) -> Transcriber:
    stt = Transcriber(store.whisper_path("fixture"), SttSettings(model_size="fixture"))
    stt.warm_up()
    return stt


class Room(FakeRecognitionRoom):
    """The room of one recognition; a subclass uses its reports."""

    def __init__(self) -> None:
        super().__init__(*_PERSONAS)
