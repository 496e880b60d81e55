"""What both adapters of the bot share: its speech models, and a room for a listener.

The rivals are asked without speech to text. Where the bot is to be compared on the sound alone, its
words have no say either: every transcription is rejected, and the turn model decides at its looks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final, TypeVar

from models.registry import SILERO_VAD, SMART_TURN
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Pcm16, Samples
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.vad import SileroVad
from pipeline.inference.whisper import Transcriber, Transcription
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import PipelineSettings, SttSettings
from settings import load_settings

T = TypeVar("T")

SETTINGS: Final = PipelineSettings()
_PERSONAS: Final = tuple(
    Persona(name.lower(), name, Voice(name.lower())) for name in ("Jarvis", "Sage")
)


class NoWords:
    """Speech to text that never understands anything."""

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        hotwords: str | None = None,
        fallback: bool = True,
    ) -> Transcription:
        return Transcription("", "en", 1.0, -9.0, audio.size * 1000 / HEARD_RATE, 0.0, "left out")


class WatchedModels(SpeechModels):
    """The bot's, with a word to the bench at every verdict: whose, on how many samples, what."""

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
        _fixture(store) if words else NoWords(),
        ModelWorker("speech to text"),
    )


def _fixture(store: ModelStore) -> Transcriber:
    stt = Transcriber(store.whisper_path("fixture"), SttSettings(model_size="fixture"))
    stt.warm_up()
    return stt


class Room:
    """A room for one listener; what happens in it is for a subclass to use."""

    hotwords = None

    def __init__(self) -> None:
        self.parse = Participants(_PERSONAS, _PERSONAS[0], SETTINGS.relevance.name_threshold).parse
        self._tasks: set[asyncio.Task[Any]] = set()

    def speech_began(self, speaker: Speaker, at: float) -> None: ...

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float) -> None: ...

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None: ...

    def on_final_transcript(self, utterance: FinalTranscript) -> None: ...

    def not_understood(self, speaker: Speaker, why: str) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
