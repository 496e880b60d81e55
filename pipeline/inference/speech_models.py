"""The speech models of the process, each loaded once and shared by all speakers.

The VAD model runs in the event loop, on the 20 ms clock: it takes a fraction of a millisecond. The
turn model, speech to text and the language model run in the threads of a `ModelWorker` each, behind
a bounded, newest-first queue. They release the interpreter lock while they compute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pipeline.audio import Pcm16, Samples, to_samples
from pipeline.inference.encoded_speech import EncodedSpeech
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.model_worker import ModelWorker, WorkerStats
from pipeline.inference.text_ending import TextEnding
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_input import AudioInput


class TurnModel(Protocol):
    def probability(self, audio: Samples) -> float: ...


class TextModel(Protocol):
    def ending(self, text: str) -> TextEnding: ...


class SpeechToText(Protocol):
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
    ) -> Transcription: ...


@runtime_checkable
class SpeechEncoder(Protocol):
    """Speech to text whose first step can be done before it is known whether the turn pauses."""

    def encode(
        self, audio: Samples, *, language: str | None = None, among: Collection[str] = ()
    ) -> EncodedSpeech | None: ...


class EncodedAhead:
    """An encoding that the model's thread makes; ``speech`` is None until it is there."""

    def __init__(self) -> None:
        self.speech: EncodedSpeech | None = None


@dataclass(frozen=True, slots=True)
class HearingInUse:
    """What transcribes now."""

    model: str = ""
    """The model or the server, for operators; empty if nothing transcribes."""
    reason: str = ""
    """Why it is not what the settings want, in words for members; empty if it is."""


class SpeechModels:
    """The audio input with its VAD, and the models with their queues.

    ``hearing`` tells what transcribes now. ``text`` is the language model, which may be missing.
    """

    _turn_worker: ModelWorker | None = None
    _stt_worker: ModelWorker | None = None
    _text: TextModel | None = None
    _text_worker: ModelWorker | None = None
    _hearing: Callable[[], HearingInUse] | None = None

    def __init__(
        self,
        audio_input: AudioInput,
        turn: TurnModel,
        turn_worker: ModelWorker,
        stt: SpeechToText,
        stt_worker: ModelWorker,
        hearing: Callable[[], HearingInUse] | None = None,
        text: TextModel | None = None,
        text_worker: ModelWorker | None = None,
    ) -> None:
        self.audio_input = audio_input
        self._turn = turn
        self._turn_worker = turn_worker
        self._stt = stt
        self._stt_worker = stt_worker
        self._hearing = hearing
        self._text = text
        self._text_worker = text_worker

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        """The probability, 0..1, that the turn is over; its audio is 16 kHz mono ``int16[n]``.

        Raises:
            Superseded: a newer check of the same speaker replaced this one.
        """
        assert self._turn_worker is not None
        return await self._turn_worker.run(key, lambda: self._turn.probability(to_samples(audio)))

    async def text_ending(self, key: Hashable, text: str) -> TextEnding | None:
        """What the language model expects behind an English text; None without such a model.

        Raises:
            Superseded: a newer request of the same speaker replaced this one, or too many wait.
        """
        model, worker = self._text, self._text_worker
        if model is None or worker is None:
            return None
        return await worker.run(key, lambda: model.ending(text))

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
        """The words in 16 kHz mono ``int16[n]``. A ``final`` request runs before the others, as
        far as ``priority`` does not say otherwise.

        Only a ``final`` request repeats a doubtful result: the others must not delay it. ``ahead``
        is what `encode_ahead` gave for the same audio without the silence behind it.

        Raises:
            Superseded: a newer request of the same speaker replaced this one.
        """
        if priority is None:
            priority = Priority.FINAL if final else Priority.PARTIAL
        assert self._stt_worker is not None
        return await self._stt_worker.run(
            key,
            lambda: self._stt.transcribe(
                to_samples(audio),
                language=language,
                among=among,
                usual=usual,
                sure=sure,
                names=names,
                fallback=final,
                **({} if ahead is None or ahead.speech is None else {"ahead": ahead.speech}),
            ),
            priority=priority,
        )

    async def encode_ahead(
        self,
        key: Hashable,
        audio: Pcm16,
        ahead: EncodedAhead,
        *,
        language: str | None,
        among: Collection[str] = (),
    ) -> None:
        """Encode 16 kHz mono ``int16[n]`` into ``ahead``, if speech to text has a free thread.

        Raises:
            Superseded: the worker is closed.
        """
        worker = self._stt_worker
        if worker is None or not worker.has_free_thread or not isinstance(self._stt, SpeechEncoder):
            return
        encoder = self._stt

        def work() -> None:
            ahead.speech = encoder.encode(to_samples(audio), language=language, among=among)

        await worker.run(key, work, priority=Priority.FINAL)

    @property
    def words_load(self) -> float:
        """How busy speech to text is, 0..1, as a mean of the last seconds."""
        return 0.0 if self._stt_worker is None else self._stt_worker.load

    @property
    def hearing(self) -> HearingInUse:
        """What transcribes now; any thread may ask."""
        return HearingInUse("Whisper") if self._hearing is None else self._hearing()

    def stats(self) -> Mapping[str, WorkerStats]:
        """The counters of the queues that there are, by model."""
        workers = {
            "turn": self._turn_worker,
            "speech_to_text": self._stt_worker,
            "language_model": self._text_worker,
        }
        return {name: worker.stats() for name, worker in workers.items() if worker is not None}

    async def aclose(self) -> None:
        """Stop the audio input, and end the threads as soon as their running jobs are done."""
        await self.audio_input.aclose()
        for worker in (self._turn_worker, self._stt_worker, self._text_worker):
            if worker is not None:
                await asyncio.to_thread(worker.close)
