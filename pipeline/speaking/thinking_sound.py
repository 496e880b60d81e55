"""The quiet sound that tells people an agent is still at it: made here, played under no words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import Playback

_LOOP_S: Final = 2.4
_NOTES: Final = ((0.0, 392.0), (0.6, 523.25))
"""When, in seconds, and which: G4, then C5, and a rest; a rising fourth asks for no answer."""
_NOTE_S: Final = 0.9
_PEAK_DB: Final = -36.0
"""Some 15 dB under speech: heard in a quiet room, and nobody has to talk over it."""


@lru_cache(maxsize=1)
def thinking_sound() -> Pcm16:
    """One round of the sound, 48 kHz mono ``int16[n]``, silent at both ends: it can be looped."""
    sound = np.zeros(round(_LOOP_S * SPOKEN_RATE), np.float64)
    length = round(_NOTE_S * SPOKEN_RATE)
    seconds = np.arange(length) / SPOKEN_RATE
    swell = np.sin(np.pi * seconds / _NOTE_S) ** 2
    for begins_s, pitch_hz in _NOTES:
        begin = round(begins_s * SPOKEN_RATE)
        sound[begin : begin + length] += np.sin(2 * np.pi * pitch_hz * seconds) * swell
    peak = 32767 * 10 ** (_PEAK_DB / 20)
    looped: Pcm16 = np.round(sound / np.abs(sound).max() * peak).astype(np.int16)
    looped.flags.writeable = False
    return looped


class ThinkingSound:
    """Lets the sound be heard after ``after_s`` without a word, and stops it when words come.

    ``playback()`` opens what it is played on; ``left_ms()`` tells how much speech is still to be
    played there. With ``after_s`` 0 nothing happens at all.
    """

    def __init__(
        self, after_s: float, playback: Callable[[], Playback], left_ms: Callable[[], float]
    ) -> None:
        self._after_s = after_s
        self._playback = playback
        self._left_ms = left_ms
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_from = 0.0
        """When what was said has been heard, on the loop's clock."""
        self._filled: Playback | None = None

    def expect_words(self) -> None:
        """Words are being waited for, from now on."""
        if self._after_s and self._filled is None:
            self._later(self._after_s)

    def words_came(self) -> None:
        """There is something to be heard; after it, words are waited for again."""
        now = asyncio.get_running_loop().time()
        self._quiet_from = now + self._left_ms() / 1000
        if self._filled is not None:
            self.stop()
            self.expect_words()

    def no_more(self) -> None:
        """After the words that are on their way, none will come."""
        self._after_s = 0.0
        if self._timer is not None:
            self._timer.cancel()

    def stop(self) -> None:
        """Be silent at once."""
        if self._filled is not None:
            self._filled.fill(None)
            self._filled = None

    def _later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._due)

    def _due(self) -> None:
        now = asyncio.get_running_loop().time()
        left_s = self._left_ms() / 1000
        quiet_from = now + left_s if left_s > 0 else self._quiet_from
        if quiet_from + self._after_s > now:
            self._later(quiet_from + self._after_s - now)
            return
        self._filled = self._playback()
        self._filled.fill(thinking_sound())
