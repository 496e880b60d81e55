"""The trimmer of silence before and after a sentence."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16

_QUIET: Final = 104
"""Peak of silence: 50 dB below full scale."""
_LEAD_IN: Final = SPOKEN_RATE // 100
"""10 ms kept before the first sound, so that a soft consonant is not cut."""


class SilenceTrimmer:
    """Trims a 48 kHz stream.

    Silence before the first sound and at the end of each pause is held back until a sound follows.
    Silence alone gives no output.
    """

    def __init__(self, *, leading: bool, max_trailing_ms: int) -> None:
        self._drop_leading = leading
        self._limit = max_trailing_ms * SPOKEN_RATE // 1000
        self._sounded = False
        self._quiet_sent = 0
        self._held: list[Pcm16] = []

    @property
    def sounded(self) -> bool:
        """Whether any audio was louder than silence."""
        return self._sounded

    def feed(self, pcm: Pcm16) -> Pcm16:
        """The samples to play now, ``int16[n]``; may be empty."""
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
        """Return ``pcm``, whose last ``quiet`` samples are silent, up to the limit of silence."""
        self._quiet_sent = min(quiet, self._limit)
        end = pcm.size - quiet + self._quiet_sent
        self._held = [pcm[end:]]
        return pcm[:end]
