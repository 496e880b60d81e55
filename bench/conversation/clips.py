"""Neural voices for the evaluations: each clip is synthesised once and kept in a folder.

The voices are Kokoro's, named by their ids (``af_heart``). A clip is a WAV of 24 kHz in
`CLIPS_FOLDER`, named by its voice, speed and text.
"""

from __future__ import annotations

import hashlib
import os
import wave
from pathlib import Path
from typing import Final

import numpy as np

from bench.conversation.rendering import (
    SPEECH_LEVEL_DB,
    RenderedSpeech,
    at_level,
    audible_samples,
    resampled,
    trimmed,
    words_in,
)
from pipeline.audio import Samples

CLIPS_FOLDER: Final = Path(os.environ.get("OPENCLAW_VOICE_CLIPS", ".cache/bench/clips"))


class MissingClip(Exception):
    """A clip is not in the folder, and no engine is there to synthesise it."""


def clip(text: str, voice: str, speed: float = 1.0) -> Samples:
    """``text`` in a voice: ``float32[n]``, 16 kHz, without silence around it, at `SPEECH_LEVEL_DB`.

    Raises:
        MissingClip: it was not synthesised yet.
    """
    path = CLIPS_FOLDER / f"{clip_key(text, voice, speed)}.wav"
    try:
        with wave.open(str(path)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            rate = file.getframerate()
    except OSError as error:
        raise MissingClip(f"{path} ({voice}: {text!r}) is missing: {error.strerror}") from error
    return at_level(trimmed(resampled(pcm, rate)), SPEECH_LEVEL_DB)


def clip_key(text: str, voice: str, speed: float = 1.0) -> str:
    """The name of a clip's file, without its ending."""
    return hashlib.sha1(f"{voice}|{speed:.2f}|{text}".encode(), usedforsecurity=False).hexdigest()[
        :16
    ]


class NeuralVoices:
    """Clips as pieces of a scene, with about the time of every word."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, str], RenderedSpeech] = {}

    def piece(self, text: str, voice: str) -> RenderedSpeech:
        """``text`` in a voice.

        Raises:
            MissingClip: it cannot be had.
        """
        if (text, voice) not in self._pieces:
            audio = clip(text, voice)
            words = words_in(text, audible_samples(audio))
            self._pieces[text, voice] = RenderedSpeech(audio, words)
        return self._pieces[text, voice]
