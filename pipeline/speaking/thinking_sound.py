"""The quiet sound of an agent that is still at work. It plays only while nothing is said."""

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
"""Start in seconds and pitch in Hz: G4, then C5. A rising fourth asks for no answer."""
_NOTE_S: Final = 0.9
_PEAK_DB: Final = -36.0
"""Some 15 dB under speech: audible in a quiet room, and easy to talk over."""


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
    """Plays the sound after ``after_s`` without speech, and stops it when speech comes.

    ``open_playback()`` gives the playback of the reply, and ``unplayed_ms()`` the speech that it
    still has to play. With ``after_s`` 0 there is no sound.
    """

    def __init__(
        self,
        after_s: float,
        open_playback: Callable[[], Playback],
        unplayed_ms: Callable[[], float],
    ) -> None:
        self._after_s = after_s
        self._open_playback = open_playback
        self._unplayed_ms = unplayed_ms
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_from = 0.0
        """When the speech that was fed has been played, on the loop's clock."""
        self._filled: Playback | None = None

    def expect_speech(self) -> None:
        """Speech is waited for from now on: start the timer."""
        if self._after_s and self._filled is None:
            self._start_timer(self._after_s)

    def speech_fed(self) -> None:
        """Speech was fed; more of it is waited for afterwards."""
        now = asyncio.get_running_loop().time()
        self._quiet_from = now + self._unplayed_ms() / 1000
        if self._filled is not None:
            self.stop()
            self.expect_speech()

    def disable(self) -> None:
        """Do not start any more: no speech follows what was fed."""
        self._after_s = 0.0
        if self._timer is not None:
            self._timer.cancel()

    def stop(self) -> None:
        """Silence the sound at once."""
        if self._filled is not None:
            self._filled.fill(None)
            self._filled = None

    def _start_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._timer_fired)

    def _timer_fired(self) -> None:
        now = asyncio.get_running_loop().time()
        unplayed_s = self._unplayed_ms() / 1000
        quiet_from = now + unplayed_s if unplayed_s > 0 else self._quiet_from
        if quiet_from + self._after_s > now:
            self._start_timer(quiet_from + self._after_s - now)
            return
        self._filled = self._open_playback()
        self._filled.fill(thinking_sound())
