"""The speech models of the whole process, each loaded once and shared by every speaker.

The voice model runs inline on the 20 ms clock (it takes a fraction of a millisecond); the turn
model and the transcriber each run in a thread of their own behind a bounded, newest-first queue.
Both release the interpreter lock while they compute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Protocol

from pipeline.audio import Pcm16, Samples, to_samples
from pipeline.inference.model_worker import ModelWorker, Priority
from pipeline.inference.whisper import Transcription
from pipeline.listening.audio_input import AudioInput


class TurnModel(Protocol):
    def probability(self, audio: Samples) -> float: ...


class SpeechToText(Protocol):
    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        hotwords: str | None = None,
        fallback: bool = True,
    ) -> Transcription: ...


class SpeechModels:
    """The models, and the queues before them."""

    def __init__(
        self,
        audio_input: AudioInput,
        turn: TurnModel,
        turn_worker: ModelWorker,
        stt: SpeechToText,
        stt_worker: ModelWorker,
    ) -> None:
        self.audio_input = audio_input
        self._turn = turn
        self._turn_worker = turn_worker
        self._stt = stt
        self._stt_worker = stt_worker

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        """How likely the speaker is done, 0..1, from 16 kHz mono ``int16[n]``.

        Raises:
            Superseded: a newer look of the same speaker took this one's place.
        """
        return await self._turn_worker.run(key, lambda: self._turn.probability(to_samples(audio)))

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        hotwords: str | None,
        final: bool,
    ) -> Transcription:
        """The words in 16 kHz mono ``int16[n]``. A ``final`` one goes before those that are not.

        One that is not makes no second attempt: better no words than that others wait for them.

        Raises:
            Superseded: a newer request of the same speaker took this one's place.
        """
        priority = Priority.FINAL if final else Priority.PARTIAL
        return await self._stt_worker.run(
            key,
            lambda: self._stt.transcribe(
                to_samples(audio), language=language, hotwords=hotwords, fallback=final
            ),
            priority=priority,
        )

    async def aclose(self) -> None:
        """Stop hearing, and end the threads as soon as they are done with what they compute."""
        await self.audio_input.aclose()
        for worker in (self._turn_worker, self._stt_worker):
            await asyncio.to_thread(worker.close)
