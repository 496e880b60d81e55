"""Silence around a sentence: none before it, and only so much after it."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16

_QUIET: Final = 104
"""Peak of what counts as silence: -50 dB below full scale."""
_LEAD_IN: Final = SPOKEN_RATE // 100
"""10 ms kept before the first sound, so that a soft consonant does not begin in its middle."""


class SilenceTrimmer:
    """48 kHz in, 48 kHz out. Silence is held back until it is known that a sound follows: that
    before the first sound, and the end of each pause. Of silence alone nothing comes out."""

    def __init__(self, *, leading: bool, max_trailing_ms: int) -> None:
        self._drop_leading = leading
        self._limit = max_trailing_ms * SPOKEN_RATE // 1000
        self._sounded = False
        self._quiet_sent = 0
        self._held: list[Pcm16] = []

    @property
    def sounded(self) -> bool:
        """Whether there was anything but silence."""
        return self._sounded

    def feed(self, pcm: Pcm16) -> Pcm16:
        """What can be said now, ``int16[n]``; may be empty."""
        loud = np.flatnonzero((pcm > _QUIET) | (pcm < -_QUIET))
        if loud.size == 0:
            return self._quiet(pcm)
        joined = np.concatenate((*self._held, pcm))
        if not self._sounded and self._drop_leading:
            first = joined.size - pcm.size + int(loud[0])
            joined = joined[max(first - _LEAD_IN, 0) :]
        self._sounded = True
        return self._split(joined, pcm.size - int(loud[-1]) - 1)

    def _quiet(self, pcm: Pcm16) -> Pcm16:
        room = self._limit - self._quiet_sent if self._sounded else 0
        self._quiet_sent += min(room, pcm.size)
        if pcm.size > room:
            self._held.append(pcm[room:])
        return pcm[:room]

    def _split(self, pcm: Pcm16, quiet: int) -> Pcm16:
        """Send ``pcm``, whose last ``quiet`` samples are silent, as far as the limit allows."""
        self._quiet_sent = min(quiet, self._limit)
        end = pcm.size - quiet + self._quiet_sent
        self._held = [pcm[end:]]
        return pcm[:end]
