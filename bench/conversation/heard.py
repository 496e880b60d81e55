"""The models in virtual time, with real words: Whisper hears the audio of the scene."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Hashable
from typing import Protocol

from bench.conversation.oracle import OracleModels, TranscriptStyle
from pipeline.audio import Pcm16, Samples, to_samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.speech_models import TurnModel
from pipeline.inference.whisper import Transcription
from pipeline.listening.audio_input import AudioInput


class HearsWords(Protocol):
    """Speech to text with everything but the audio fixed."""

    def transcribe(self, audio: Samples) -> Transcription:
        """The words in 16 kHz ``float32[n]``."""
        ...


class HeardModels(OracleModels):
    """Speech models without threads; a transcription takes ``stt_ms`` of the virtual clock."""

    def __init__(
        self,
        audio_input: AudioInput,
        turn: TurnModel,
        transcriber: HearsWords,
        *,
        turn_ms: float,
        stt_ms: float,
    ) -> None:
        super().__init__(
            audio_input, turn, (), TranscriptStyle.WHISPER, turn_ms=turn_ms, stt_ms=stt_ms
        )
        self._transcriber = transcriber
        self._takes_s = stt_ms / 1000

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        among: Collection[str] = (),
        usual: str | None = None,
        names: ExpectedNames = NO_NAMES,
        final: bool,
        priority: Priority | None = None,
    ) -> Transcription:
        found = self._transcriber.transcribe(to_samples(audio))
        await asyncio.sleep(self._takes_s)
        return found
