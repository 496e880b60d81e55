"""Rendering of scenes with synthetic voices, with the time of every word.

The voices are espeak-ng's. Their only prosody: the pitch falls at the end of a sentence, and holds
at a comma. So the measurements show how a policy handles pauses and words, not how a turn model
performs on real speakers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Pcm16, Samples
from server.engines.espeak import EspeakEngine, EspeakVoice

VOICES: Final[dict[str, EspeakVoice]] = {
    "f4": EspeakVoice("en-us", "f4", 170, 55),
    "m7": EspeakVoice("en-gb-scotland", "m7", 150, 40),
    "klatt": EspeakVoice("en-gb", "klatt2", 165, 50),
    "f2": EspeakVoice("en-gb-x-rp", "f2", 190, 60),
    "m2": EspeakVoice("en-gb", "m2", 175, 35),
    "annie": EspeakVoice("en-us", "Annie", 160, 50),
    "m3": EspeakVoice("en-us", "m3", 185, 45),
    "f5": EspeakVoice("en-029", "f5", 155, 65),
}
"""Eight voices that differ in accent, speaker, speed and pitch; klatt is another synthesis too."""

NOISE_FLOOR: Final = 5e-4
"""The quiet of a room through an open microphone: -66 dB below full scale."""
SPEECH_LEVEL_DB: Final = -24.0
"""RMS of speech, in dB below full scale: a usual level after Discord's gain control."""
_BLOCK: Final = HEARD_RATE // 200
_AUDIBLE_DB: Final = -32.0
"""Level below the loudest 5 ms at which a block counts as inaudible."""
_CLOSING: Final = (".", "?", "!", ",")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a stream; ``start`` and ``end`` in samples at 16 kHz."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RenderedSpeech:
    """Audible speech without a silence before or after it: ``float32[n]``, and its words in it."""

    audio: Samples
    words: tuple[Word, ...]


class SceneVoices(Protocol):
    """Speech by text and voice."""

    def piece(self, text: str, voice: str) -> RenderedSpeech: ...


class Renderer:
    """Renders speech; caches it by text and voice."""

    def __init__(self, engine: EspeakEngine) -> None:
        self._engine = engine
        self._pieces: dict[tuple[str, str], RenderedSpeech] = {}

    def pieces(self, texts: Sequence[str], voice: str) -> list[RenderedSpeech]:
        """The pieces of a turn, each spoken apart."""
        return [self.piece(text, voice) for text in texts]

    def piece(self, text: str, voice: str) -> RenderedSpeech:
        """``text`` as a voice of `VOICES` says it.

        Words without a closing mark are spoken as before a comma: the voice does not fall.
        """
        if (text, voice) not in self._pieces:
            self._pieces[text, voice] = self._render(text, VOICES[voice])
        return self._pieces[text, voice]

    def _render(self, text: str, voice: EspeakVoice) -> RenderedSpeech:
        spoken = text if text.endswith(_CLOSING) else f"{text},"
        pcm = np.frombuffer(b"".join(self._engine.synthesize(spoken, voice)), np.int16)
        audio = trimmed(resampled(pcm, self._engine.rate))
        return RenderedSpeech(
            at_level(audio, SPEECH_LEVEL_DB), words_in(text, audible_samples(audio))
        )


def resampled(pcm: Pcm16, rate: int) -> Samples:
    """``int16[n]`` at any rate as ``float32[n]`` at 16 kHz."""
    frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], "s16", "mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    joined = np.concatenate([part.to_ndarray()[0] for part in parts])
    return joined.astype(np.float32) / np.float32(32768)


def trimmed(audio: Samples) -> Samples:
    """From the first audible block of 5 ms to the last: there is no onset before the speech."""
    audible = np.nonzero(_audible(audio))[0]
    return audio[audible[0] * _BLOCK : (audible[-1] + 1) * _BLOCK]


def silences(audio: Samples, at_least_ms: float) -> list[tuple[int, int]]:
    """Where a trimmed piece falls silent within itself, in samples."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], _audible(audio), [True]])))
    gaps = [
        (int(a) * _BLOCK, int(b) * _BLOCK) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    return [gap for gap in gaps if (gap[1] - gap[0]) * 1000 >= at_least_ms * HEARD_RATE]


def at_level(audio: Samples, level_db: float) -> Samples:
    """The same sound at an RMS of ``level_db`` below full scale."""
    rms = float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
    return (audio * np.float32(10 ** (level_db / 20) / max(rms, 1e-9))).astype(np.float32)


def words_in(text: str, audible: NDArray[np.intp]) -> tuple[Word, ...]:
    """The words of ``text``, with lengths in proportion to their letters.

    ``audible`` are the samples, ``intp[n]`` and growing, that sound: no word lies in a silence.
    """
    words = text.split()
    weights = np.cumsum([0.0, *(len(word) + 1.0 for word in words)])
    edges = np.round(weights / weights[-1] * audible.size).astype(int)
    return tuple(
        Word(word, int(audible[start]), int(audible[end - 1]) + 1)
        for word, start, end in zip(words, edges[:-1], edges[1:], strict=True)
    )


def mixed(length: int, parts: Sequence[tuple[int, Samples]], seed: int) -> Pcm16:
    """``parts`` from their first samples on, over a room's quiet: ``int16[length]``.

    No two parts of the noise are equal, so that a part of the stream can be located in it.
    """
    stream = np.random.default_rng(seed).normal(0, NOISE_FLOOR, length).astype(np.float32)
    for start, audio in parts:
        stream[start : start + audio.size] += audio[: max(0, length - start)]
    return np.clip(stream * 32767, -32768, 32767).astype(np.int16)


def audible_samples(audio: Samples) -> NDArray[np.intp]:
    """The samples, ``intp[n]`` and growing, in blocks of 5 ms that sound."""
    return np.flatnonzero(np.repeat(_audible(audio), _BLOCK)[: audio.size])


def _audible(audio: Samples) -> NDArray[np.bool_]:
    blocks = np.pad(audio, (0, -audio.size % _BLOCK)).reshape(-1, _BLOCK).astype(np.float64)
    power = np.mean(np.square(blocks), axis=1)
    audible: NDArray[np.bool_] = power >= power.max() * 10 ** (_AUDIBLE_DB / 10)
    return audible
