"""The processes of the models: each holds one, and works for the HTTP API.

Ray Serve starts them from these classes. Nothing here imports Ray.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from logs import LogForm, set_up_logging
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import load_transcriber
from pipeline.settings import PipelineSettings
from server.audio.encode import API_RATE, encoded
from server.cluster.described import DescribedVoices, DescribedWhisper
from server.cluster.words import WantedWords
from server.engines.choice import open_voices
from server.settings import ServerSettings
from server.streaming import stream_from_thread
from server.transcription.listening_models import whisper_folder, whisper_name

log = logging.getLogger(__name__)

_MOST_WAITING: Final = 1000
"""Ray limits the requests of a process long before."""


@dataclass(frozen=True)
class ClusterOrders:
    """All that the processes need; each machine has the same program and the same models."""

    server: ServerSettings
    models: ModelsSettings
    pipeline: PipelineSettings
    key_digests: dict[str, str]
    """The SHA-256 of each key of a client, by its name; none lets this machine alone in."""
    log_level: str = "INFO"
    log_form: LogForm = "text"


class SpeechReplica:
    """A process that speaks.

    Raises:
        EngineUnavailable: the engine of the settings cannot be used.
    """

    def __init__(self, orders: ClusterOrders) -> None:
        set_up_logging(orders.log_level, form=orders.log_form)
        self._voices = open_voices(orders.server, orders.models, stock=(), wait=True)
        log.info("this process speaks: %s", self._voices.label)

    def describe(self) -> DescribedVoices:
        """The engine and its voices."""
        voices = self._voices
        return DescribedVoices(voices.label, voices.voices(), voices.variants())

    async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
        """s16le mono at `API_RATE`, as it is made. Closing it stops the synthesis.

        Raises:
            UnknownVoice: no engine has it; the text names those that there are.
            SynthesisFailed: the engine failed on the text.
        """
        spoken = self._voices.speak(text, voice, speed)
        chunks = encoded(spoken.chunks, "pcm", spoken.rate, API_RATE)
        async with aclosing(stream_from_thread(chunks)) as stream:
            async for chunk in stream:
                yield chunk


class TranscriptionReplica:
    """A process that transcribes, one piece of audio at a time.

    Raises:
        ModelUnavailable, ModelError, ListeningUnavailable: Whisper is missing or does not load.
    """

    def __init__(self, orders: ClusterOrders) -> None:
        set_up_logging(orders.log_level, form=orders.log_form)
        store = ModelStore(orders.models)
        self._whisper = load_transcriber(orders.pipeline.stt, partial(whisper_folder, store))
        self._name = whisper_name(orders.pipeline.stt)
        self._worker = ModelWorker("speech to text", limit=_MOST_WAITING)
        self._number = itertools.count()
        log.info("this process transcribes: %s on %s", self._name, self._whisper.device)

    def describe(self) -> DescribedWhisper:
        """The model, and where it runs."""
        whisper = self._whisper
        return DescribedWhisper(
            self._name, whisper.device, whisper.compute_type, tuple(whisper.languages)
        )

    async def transcribe(self, wanted: WantedWords) -> Transcription:
        """See `Transcriber.transcribe`."""
        work = partial(
            self._whisper.transcribe,
            np.asarray(wanted.audio, np.float32),
            language=wanted.language,
            among=wanted.among,
            usual=wanted.usual,
            sure=wanted.sure,
            names=wanted.names,
            fallback=wanted.fallback,
            choices=wanted.choices,
        )
        return await self._worker.run(next(self._number), work)
