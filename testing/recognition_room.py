"""The room of an `AudioRecognition` on its own: what benchmarks and tests put in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any, TypeVar

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker
from pipeline.settings import RelevanceSettings

T = TypeVar("T")


class FakeRecognitionRoom:
    """Owns the tasks of its recognitions and ignores their reports; override those of interest."""

    def __init__(self, persona: Persona, *others: Persona, names: ExpectedNames = NO_NAMES) -> None:
        threshold = RelevanceSettings().name_threshold
        self.parse = Participants((persona, *others), persona, threshold).parse
        self.expected_names = names
        self._tasks: set[asyncio.Task[Any]] = set()

    def is_in_exchange(self, speaker_id: int) -> bool:
        return False

    def speech_began(self, speaker: Speaker, at: float) -> None: ...

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_paused(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None: ...

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None: ...

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None: ...

    def on_provisional_withdrawn(self, speaker: Speaker) -> None: ...

    def on_final_transcript(self, utterance: FinalTranscript) -> None: ...

    def not_understood(self, speaker: Speaker, why: str) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class NoTranscriber:
    """Speech to text that rejects everything, at no cost: the turn model decides alone."""

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        duration_ms = audio.size * 1000 / HEARD_RATE
        return Transcription("", "en", 1.0, -9.0, duration_ms, 0.0, "not transcribed")
