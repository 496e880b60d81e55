"""The audio that a room has sent to its listeners in the last seconds, and when."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16

_DECIMATION: Final = SPOKEN_RATE // HEARD_RATE
_KEPT: Final = 3 * HEARD_RATE
"""Samples of played audio that are kept."""
_REWINDABLE: Final = 12 * HEARD_RATE
"""Samples of fed audio that are kept after they were played: a reply can be rewound."""
_JITTER: Final = HEARD_RATE * 60 // 1000
"""A gap shorter than this is none: the position is read in steps of 20 ms."""


class PlaybackHistory:
    """The played part of one reply after another, 16 kHz mono, on the room's clock."""

    def __init__(self) -> None:
        self._played = np.zeros(_KEPT, np.int16)
        self._played_end = 0
        """When the last sample of ``_played`` was played, in samples since the clock's zero."""
        self._last_played_at: float | None = None
        self._fed: deque[Pcm16] = deque()
        self._fed_start = 0
        self._fed_end = 0
        self._remainder: Pcm16 = np.zeros(0, np.int16)
        """Fed samples that do not fill a sample of 16 kHz yet."""
        self._position = 0
        """The sample of the fed audio that is played next; 0 is the reply's first."""

    def reply_began(self) -> None:
        """Forget the audio that was fed: it belongs to the reply before."""
        self._fed.clear()
        self._fed_start = self._fed_end = self._position = 0
        self._remainder = self._remainder[:0]

    def feed(self, pcm: Pcm16) -> None:
        """Take audio that will be played, 48 kHz mono ``int16[n]``."""
        whole = np.concatenate((self._remainder, pcm))
        cut = whole.size - whole.size % _DECIMATION
        self._remainder = whole[cut:]
        # A mean of three is a sufficient low-pass for bands that end at 6 kHz.
        decimated = whole[:cut].reshape(-1, _DECIMATION).mean(axis=1).astype(np.int16)
        self._fed.append(decimated)
        self._fed_end += decimated.size

    def tick(self, now: float, played_ms: float) -> None:
        """Note that ``played_ms`` of the fed audio had been played at ``now`` (seconds)."""
        position = min(int(played_ms * HEARD_RATE / 1000), self._fed_end)
        if position > self._position:
            self._append(self._fed_slice(self._position, position), now)
            self._last_played_at = now
        self._position = position
        while self._fed and self._fed_start + self._fed[0].size < position - _REWINDABLE:
            self._fed_start += self._fed.popleft().size

    def sounded_within(self, seconds: float, now: float) -> bool:
        """Whether anything was played in the last ``seconds``."""
        return self._last_played_at is not None and now - self._last_played_at <= seconds

    def audio(self, start: float, end: float) -> Pcm16:
        """What was played from ``start`` to ``end``, ``int16[n]``; silence where nothing was."""
        first, last = round(start * HEARD_RATE), round(end * HEARD_RATE)
        out = np.zeros(last - first, np.int16)
        begin = self._played_end - self._played.size
        low, high = max(first, begin), min(last, self._played_end)
        if low < high:
            out[low - first : high - first] = self._played[low - begin : high - begin]
        return out

    def _append(self, pcm: Pcm16, now: float) -> None:
        """Append ``pcm``, whose last sample was played at ``now``."""
        gap = round(now * HEARD_RATE) - pcm.size - self._played_end
        silence = gap if abs(gap) > _JITTER else 0
        new = np.concatenate((np.zeros(min(max(silence, 0), _KEPT), np.int16), pcm))[-_KEPT:]
        self._played = np.concatenate((self._played[new.size :], new))
        self._played_end += silence + pcm.size

    def _fed_slice(self, start: int, end: int) -> Pcm16:
        whole = np.concatenate(self._fed) if self._fed else np.zeros(0, np.int16)
        return whole[max(0, start - self._fed_start) : max(0, end - self._fed_start)]
