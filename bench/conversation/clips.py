"""Neural voices for the evaluations: each clip is synthesised once and kept in a folder.

The voices are Kokoro's, named by their ids (``af_heart``), and the product's own engine speaks
them. A clip is a WAV of 24 kHz in `CLIPS_FOLDER`, named by its voice, speed and text.
"""

from __future__ import annotations

import functools
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
from pipeline.audio import Pcm16, Samples
from server.engines.kokoro import KOKORO_RATE, KokoroModel, kokoro_folder
from server.errors import TtsError
from settings import load_settings

CLIPS_FOLDER: Final = Path(os.environ.get("OPENCLAW_VOICE_CLIPS", ".cache/bench/clips"))
HELD_VOICES: Final = (
    "af_jessica", "am_liam", "af_alloy", "bm_fable", "af_aoede", "am_echo", "af_river", "af_sky",
)  # fmt: skip
"""The voices of the parts ``held``; only ``bm_fable`` is in another part too."""


class MissingClip(Exception):
    """A clip is not in the folder, and cannot be synthesised."""


def clip(text: str, voice: str, speed: float = 1.0) -> Samples:
    """``text`` in a voice: ``float32[n]``, 16 kHz, without silence around it, at `SPEECH_LEVEL_DB`.

    A missing clip is synthesised, which takes about as long as the clip lasts. Several processes
    may do that at once.

    Raises:
        MissingClip: Kokoro's weights are not on this machine, it has no such voice, or the text has
            no sound.
    """
    path = CLIPS_FOLDER / f"{clip_key(text, voice, speed)}.wav"
    if not path.exists():
        try:
            _keep(path, _synthesized(text, voice, speed))
        except TtsError as error:
            raise MissingClip(f"{path} ({voice}: {text!r}) is missing: {error}") from error
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        rate = file.getframerate()
    if not pcm.any():
        raise MissingClip(f"{path} ({voice}: {text!r}) has no sound")
    return at_level(trimmed(resampled(pcm, rate)), SPEECH_LEVEL_DB)


def _synthesized(text: str, voice: str, speed: float) -> Pcm16:
    parts = list(_model().speak(text, voice, speed))
    audio = np.concatenate([np.zeros(0, np.float32), *parts])
    pcm: Pcm16 = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
    return pcm


def _keep(path: Path, pcm: Pcm16) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    with wave.open(str(partial), "wb") as file:
        file.setparams((1, 2, KOKORO_RATE, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())
    os.replace(partial, path)


@functools.cache
def _model() -> KokoroModel:
    return KokoroModel(kokoro_folder(load_settings().models.dir))


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
