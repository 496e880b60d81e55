"""Real words in a scene: Whisper transcribes its audio, with everything else fixed."""

from __future__ import annotations

from typing import Any, Protocol

from pipeline.audio import Samples
from pipeline.inference.transcription import Transcription


class HearsWords(Protocol):
    """Speech to text with everything but the audio fixed."""

    def transcribe(self, audio: Samples) -> Transcription:
        """The words in 16 kHz ``float32[n]``."""
        ...


class FixedOptions:
    """A `HearsWords` as the `SpeechToText` of a room, whose options it ignores."""

    def __init__(self, transcriber: HearsWords) -> None:
        self._transcriber = transcriber

    def transcribe(self, audio: Samples, **_: Any) -> Transcription:
        """The words in 16 kHz ``float32[n]``."""
        return self._transcriber.transcribe(audio)
