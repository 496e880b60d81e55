"""A sound that is heard while there are no words: looped, faded, and no part of a reply."""

from __future__ import annotations

import numpy as np

from discord_bot.playback.frame_buffer import shape
from pipeline.audio import SPOKEN_FRAME, Pcm16


class Background:
    """Gives frames of 48 kHz mono, each going from the gain before to the one asked for."""

    def __init__(self) -> None:
        self.playing = False
        """Whether there is a sound to be heard; one that fades out is none any more."""
        self._loop = np.zeros(0, np.int16)
        self._at = 0
        self._gain = 0.0

    def play(self, loop: Pcm16 | None) -> None:
        """Begin ``loop``, ``int16[n]`` of any length, at its start; None lets it fade out."""
        self.playing = loop is not None and loop.size > 0
        if loop is not None and self.playing:
            self._loop, self._at = loop, 0

    def frame(self, gain: float) -> Pcm16 | None:
        """The next frame, ``int16[960]``, or None when nothing of it is to be heard."""
        start, self._gain = self._gain, gain if self.playing else 0.0
        if start == self._gain == 0.0:
            return None
        places = np.arange(self._at, self._at + SPOKEN_FRAME) % self._loop.size
        self._at = int(places[-1]) + 1
        return shape(self._loop[places], start, self._gain)
