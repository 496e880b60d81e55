"""A room for one recognition in virtual time, which records what the recognition reports."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Hashable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, Pcm16
from pipeline.inference.expected_names import NO_NAMES
from pipeline.inference.speech_models import EncodedAhead
from pipeline.inference.text_ending import TextEnding
from pipeline.inference.transcription import Transcription
from pipeline.language.utterance import Completeness
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.listening.endpoint_rule import CompletionRule, EndpointRule
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.participants import Participants
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings
from testing.room import ANN, JARVIS, FakeModels, FakeVad

T = TypeVar("T")


def plain_probability(evidence: CompletionEvidence) -> float:
    """A rule that no fit changes: the class of the words, and the turn model."""
    sound = 0.5 if evidence.turn_probability is None else evidence.turn_probability
    odds = 0.3 * math.log((sound + 0.01) / (1.01 - sound))
    if evidence.utterance is not None:
        odds += _ODDS.get(evidence.utterance.completeness, 0.0)
    return 1 / (1 + math.exp(-odds))


_ODDS = {Completeness.OPEN: -2.0, Completeness.WHOLE: 1.5, Completeness.COMMAND: 4.0}


class Models(FakeModels):
    """The fake models; they record requests and cancellations, and fail as a test wants."""

    def __init__(self, audio_input: AudioInput) -> None:
        super().__init__(audio_input)
        self.asked: list[dict[str, Any]] = []
        self.encoded: list[dict[str, Any]] = []
        self.transcriptions_cancelled = 0
        self.checks_cancelled = 0
        self.error: Exception | None = None
        self.turn_error: Exception | None = None
        self.rejected: str | None = None
        self.load = 0.0
        self.ending: TextEnding | Exception | None = None
        """What the language model expects behind any text; None if there is no such model."""
        self.ending_ms = 0.0
        self.texts_read: list[str] = []

    @property
    def words_load(self) -> float:
        return self.load

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        try:
            probability = await super().turn_probability(key, audio)
        except asyncio.CancelledError:
            self.checks_cancelled += 1
            raise
        if self.turn_error is not None:
            raise self.turn_error
        return probability

    async def text_ending(self, key: Hashable, text: str) -> TextEnding | None:
        self.texts_read.append(text)
        await asyncio.sleep(self.ending_ms / 1000)
        if isinstance(self.ending, Exception):
            raise self.ending
        return self.ending

    async def encode_ahead(
        self, key: Hashable, audio: Pcm16, ahead: EncodedAhead, **how: Any
    ) -> None:
        self.encoded.append({"ahead": ahead, "seconds": audio.size / HEARD_RATE, **how})

    async def transcribe(self, key: Hashable, audio: Pcm16, **how: Any) -> Transcription:
        self.asked.append({"key": key, "seconds": audio.size / HEARD_RATE, **how})
        try:
            words = await super().transcribe(key, audio, **how)
        except asyncio.CancelledError:
            self.transcriptions_cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return replace(words, rejected=self.rejected)


class Room:
    """Records what a recognition reports. Use as an async context manager."""

    def __init__(
        self, settings: PipelineSettings | None = None, rule: EndpointRule | None = None
    ) -> None:
        self.parse = Participants((), JARVIS, 0.9).parse
        self.expected_names = NO_NAMES
        self.clock = asyncio.get_running_loop().time
        self.audio_input = AudioInput(FakeVad(), self.clock)
        self.models = Models(self.audio_input)
        self.told: list[tuple[str, Any]] = []
        self.failed: list[BaseException] = []
        self.in_exchange: set[int] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        settings = settings or PipelineSettings()
        rule = rule or CompletionRule(settings.turn, plain_probability)
        self.recognition = AudioRecognition(ANN, self, self.models, settings, self.clock, rule=rule)

    async def __aenter__(self) -> Self:
        self.audio_input.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.recognition.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.audio_input.aclose()

    def is_in_exchange(self, speaker_id: int) -> bool:
        return speaker_id in self.in_exchange

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self.told.append(("began", at))

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self.told.append(("resumed", at))

    def speech_paused(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self.told.append(("ended", at))

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None:
        self.told.append(("pausing" if pausing else "partial", utterance))

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None:
        self.told.append(("provisional", utterance))

    def on_provisional_withdrawn(self, speaker: Speaker) -> None:
        self.told.append(("withdrawn", speaker))

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        self.told.append(("final", utterance))

    def not_understood(self, speaker: Speaker, why: str) -> None:
        self.told.append(("not understood", why))

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed.append(error)

    @property
    def story(self) -> list[str]:
        """The kinds of reports, in order."""
        return [what for what, _ in self.told]

    def one(self, what: str) -> Any:
        """The details of the only report of a kind."""
        (detail,) = (detail for kind, detail in self.told if kind == what)
        return detail

    async def say(self, text: str, seconds: float) -> float:
        """Speak for ``seconds``; returns when the speech began."""
        began, level = self.clock(), self.models.code(text)
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            await asyncio.sleep(FRAME_MS / 1000)
            self.recognition.push_audio(np.full(HEARD_FRAME, level, np.int16), self.clock())
        return began

    async def pause(self, seconds: float) -> None:
        """Send one frame of silence as end of talk, then nothing for ``seconds``."""
        silence = np.zeros(HEARD_FRAME, np.int16)
        self.recognition.push_audio(silence, self.clock(), end_of_talk=True)
        await asyncio.sleep(seconds)
