"""The encoding of a turn's audio, made before it is known whether the turn pauses there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import ctranslate2

from pipeline.audio import HEARD_RATE, Samples

_SILENCE_BEHIND: Final = HEARD_RATE // 5
"""Most samples that may follow the audio that was encoded."""


@dataclass(frozen=True, slots=True)
class EncodedSpeech:
    """An encoding of ``samples`` of 16 kHz audio, in a window of ``floor`` frames at least."""

    samples: int
    floor: int
    encoding: ctranslate2.StorageView
    detected: tuple[str, float] | None
    """The language and its probability ``among`` others; None if it was not to be detected."""
    among: Collection[str]

    def fits(self, audio: Samples, floor: int) -> bool:
        """Whether it serves for ``audio``, which is the same with a little silence behind it."""
        behind = audio.size - self.samples
        return floor == self.floor and 0 <= behind <= _SILENCE_BEHIND
