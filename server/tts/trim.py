"""Silence around a sentence: none before it, and only so much after it."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16

_QUIET: Final = 104
"""Peak of what counts as silence: -50 dB below full scale."""
_LEAD_IN: Final = SPOKEN_RATE // 100
"""10 ms kept before the first sound, so that a soft consonant does not begin in its middle."""

_NOTHING: Final = np.empty(0, np.int16)


class SilenceTrimmer:
    """48 kHz in, 48 kHz out. Pauses inside a sentence pass whole; only their end is held back
    until it is known that more speech follows."""

    def __init__(self, *, leading: bool, max_trailing_ms: int) -> None:
        self._started = not leading
        self._limit = max_trailing_ms * SPOKEN_RATE // 1000
        self._quiet_sent = 0
        self._held: Pcm16 = _NOTHING

    def feed(self, pcm: Pcm16) -> Pcm16:
        """What can be said now, ``int16[n]``; may be empty."""
        loud = np.flatnonzero((pcm > _QUIET) | (pcm < -_QUIET))
        if not self._started:
            if loud.size == 0:
                self._held = np.concatenate((self._held, pcm))[-_LEAD_IN:]
                return _NOTHING
            self._started = True
            first = self._held.size + int(loud[0])
            joined = np.concatenate((self._held, pcm))[max(first - _LEAD_IN, 0) :]
            return self._split(joined, pcm.size - int(loud[-1]) - 1)
        if loud.size == 0:
            room = self._limit - self._quiet_sent
            self._quiet_sent += min(room, pcm.size)
            self._held = np.concatenate((self._held, pcm[room:]))
            return pcm[:room]
        return self._split(np.concatenate((self._held, pcm)), pcm.size - int(loud[-1]) - 1)

    def _split(self, pcm: Pcm16, quiet: int) -> Pcm16:
        """Send ``pcm``, whose last ``quiet`` samples are silent, as far as the limit allows."""
        self._quiet_sent = min(quiet, self._limit)
        end = pcm.size - quiet + self._quiet_sent
        self._held = pcm[end:]
        return pcm[:end]
