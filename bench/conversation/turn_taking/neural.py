"""Turns in neural voices: spoken whole and cut at word borders, or piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import accumulate, pairwise
from typing import Final

import numpy as np

from bench.conversation.alignment import WordAligner
from bench.conversation.clips import HELD_VOICES, clip
from bench.conversation.rendering import RenderedSpeech, audible_samples, trimmed, words_in
from pipeline.audio import HEARD_RATE, Samples

_TEST_VOICES: Final = (
    "af_sarah", "am_adam", "bf_alice", "bm_lewis",
    "am_eric", "bf_lily", "bm_daniel", "af_kore",
)  # fmt: skip
VOICES: Final = {
    "tuning": (
        "af_heart", "am_michael", "bf_emma", "bm_george",
        "af_bella", "am_puck", "bf_isabella", "am_fenrir",
    ),
    "test": _TEST_VOICES,
    "fresh": _TEST_VOICES,
    "fresh2": _TEST_VOICES,
    "held": HELD_VOICES,
}  # fmt: skip
"""Kokoro's voices by the part of the scenes: the other parts have none of the tuning part's."""

_CLOSING: Final = (".", "?", "!", ",")
_FADE: Final = HEARD_RATE // 200
_SHORTEST: Final = HEARD_RATE // 25
_AUDIBLE: Final = 1e-3


class Making(Enum):
    """How a pause inside a turn is made."""

    WHOLE = "whole"
    """The turn is spoken as one, and silence is put between two words: nothing announces it."""
    PIECES = "pieces"
    """Each piece is spoken apart, as before a comma: the voice announces the pause."""


class NeuralRenderer:
    """Renders turns in Kokoro's voices.

    Raises:
        MissingClip: the voice's clip is not there, and no engine can make it.
    """

    def __init__(self, aligner: WordAligner, making: Making) -> None:
        self._aligner = aligner
        self._making = making

    def pieces(self, texts: Sequence[str], voice: str) -> list[RenderedSpeech]:
        """The pieces of a turn as a voice says them, with their words."""
        if self._making is Making.PIECES or len(texts) == 1:
            spoken = [text if text.endswith(_CLOSING) else f"{text}," for text in texts]
            audio = [clip(text, voice) for text in spoken]
        else:
            audio = self._cut(texts, voice)
        return [
            RenderedSpeech(each, words_in(text, audible_samples(each)))
            for text, each in zip(texts, audio, strict=True)
        ]

    def beginnings(self, text: str, voice: str) -> Iterator[Samples]:
        """A turn that is spoken whole, broken off behind each of its words but the last."""
        audio = clip(text, voice)
        for border in self._aligner.borders(audio, text):
            yield faded(audio[:border])

    def _cut(self, texts: Sequence[str], voice: str) -> list[Samples]:
        whole = " ".join(texts)
        audio = clip(whole, voice)
        borders = (0, *self._aligner.borders(audio, whole), audio.size)
        edges = list(accumulate((len(text.split()) for text in texts), initial=0))
        if any(borders[last] - borders[first] < _SHORTEST for first, last in pairwise(edges)):
            # The aligner put no time between two words: their letters divide it.
            letters = accumulate((len(word) + 1 for word in whole.split()), initial=0)
            borders = tuple(count * audio.size // (len(whole) + 1) for count in letters)
        return [
            faded(audio[first:last]) for first, last in pairwise(borders[edge] for edge in edges)
        ]


def faded(audio: Samples) -> Samples:
    """A part of speech without a click at its end, and without silence around it."""
    part = audio.copy()
    length = min(_FADE, part.size // 2)
    if length:
        part[-length:] *= np.linspace(1, 0, length, dtype=np.float32)
    if part.size >= _SHORTEST and np.max(np.abs(part)) > _AUDIBLE:
        return trimmed(part)
    return np.pad(part, (0, max(0, _SHORTEST - part.size)))
