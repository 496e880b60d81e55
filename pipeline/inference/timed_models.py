"""Speech models that run in the event loop, with fixed costs on its clock.

On a virtual-time loop every run gives the same decisions on every machine: a model computes at
once, and its result is there after a fixed time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Hashable

from pipeline.audio import Pcm16, to_samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.speech_models import (
    EncodedAhead,
    SpeechModels,
    SpeechToText,
    TextModel,
    TurnModel,
)
from pipeline.inference.text_ending import TextEnding
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_input import AudioInput


class TimedModels(SpeechModels):
    """The models without threads; the costs are seconds on the loop's clock."""

    def __init__(
        self,
        audio_input: AudioInput,
        turn: TurnModel,
        stt: SpeechToText,
        *,
        turn_s: float,
        transcription_s: float,
        text: TextModel | None = None,
        text_s: float = 0.0,
    ) -> None:
        self.audio_input = audio_input
        self._turn = turn
        self._stt = stt
        self._turn_s = turn_s
        self._transcription_s = transcription_s
        self._text = text
        self._text_s = text_s

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        probability = self._turn.probability(to_samples(audio))
        await asyncio.sleep(self._turn_s)
        return probability

    async def text_ending(self, key: Hashable, text: str) -> TextEnding | None:
        if self._text is None:
            return None
        ending = self._text.ending(text)
        await asyncio.sleep(self._text_s)
        return ending

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        final: bool,
        priority: Priority | None = None,
        ahead: EncodedAhead | None = None,
    ) -> Transcription:
        transcription = self._stt.transcribe(
            to_samples(audio),
            language=language,
            among=among,
            usual=usual,
            sure=sure,
            names=names,
            fallback=final,
        )
        await asyncio.sleep(self._transcription_s)
        return transcription

    async def aclose(self) -> None:
        await self.audio_input.aclose()
