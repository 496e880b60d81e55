"""What a room has really sent to its listeners' ears in the last seconds, and when."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16

_THIN: Final = SPOKEN_RATE // HEARD_RATE
_MEMORY: Final = 3 * HEARD_RATE
_REWINDABLE: Final = 12 * HEARD_RATE
"""What was fed is kept this long after it was played: playing may go back in it."""
_SEAM: Final = HEARD_RATE * 60 // 1000
"""A place that is off by less goes on where the last one ended: it is noticed in steps of 20 ms."""


class PlaybackHistory:
    """The played part of one reply after another, 16 kHz mono, laid on the room's clock."""

    def __init__(self) -> None:
        self._line = np.zeros(_MEMORY, np.int16)
        self._line_end = 0
        """The time of the line's end, in samples since the clock's zero."""
        self._sounded_at: float | None = None
        self._fed: deque[Pcm16] = deque()
        self._fed_from = 0
        self._fed_to = 0
        self._odd: Pcm16 = np.zeros(0, np.int16)
        self._place = 0

    def reply_began(self) -> None:
        """What was fed so far belongs to a reply that is over."""
        self._fed.clear()
        self._fed_from = self._fed_to = self._place = 0
        self._odd = self._odd[:0]

    def feed(self, pcm: Pcm16) -> None:
        """Take audio that is going to be played, 48 kHz mono ``int16[n]``."""
        whole = np.concatenate((self._odd, pcm))
        cut = whole.size - whole.size % _THIN
        self._odd = whole[cut:]
        # A mean of three is low-pass enough for bands that end at 6 kHz.
        thin = whole[:cut].reshape(-1, _THIN).mean(axis=1).astype(np.int16)
        self._fed.append(thin)
        self._fed_to += thin.size

    def tick(self, now: float, played_ms: float) -> None:
        """Tell how much of what was fed had been played at ``now`` (seconds)."""
        place = min(int(played_ms * HEARD_RATE / 1000), self._fed_to)
        if place > self._place:
            self._lay(self._slice(self._place, place), now)
            self._sounded_at = now
        self._place = place
        while self._fed and self._fed_from + self._fed[0].size < place - _REWINDABLE:
            self._fed_from += self._fed.popleft().size

    def sounded_within(self, seconds: float, now: float) -> bool:
        """Whether anything was played in the last ``seconds``."""
        return self._sounded_at is not None and now - self._sounded_at <= seconds

    def audio(self, start: float, end: float) -> Pcm16:
        """What was played from ``start`` to ``end``, ``int16[n]``; silence where nothing was."""
        first, last = round(start * HEARD_RATE), round(end * HEARD_RATE)
        out = np.zeros(last - first, np.int16)
        begin = self._line_end - self._line.size
        low, high = max(first, begin), min(last, self._line_end)
        if low < high:
            out[low - first : high - first] = self._line[low - begin : high - begin]
        return out

    def _lay(self, pcm: Pcm16, now: float) -> None:
        """Put ``pcm`` where it ends at ``now``."""
        gap = round(now * HEARD_RATE) - pcm.size - self._line_end
        silence = gap if abs(gap) > _SEAM else 0
        new = np.concatenate((np.zeros(min(max(silence, 0), _MEMORY), np.int16), pcm))[-_MEMORY:]
        self._line = np.concatenate((self._line[new.size :], new))
        self._line_end += silence + pcm.size

    def _slice(self, start: int, end: int) -> Pcm16:
        whole = np.concatenate(self._fed) if self._fed else np.zeros(0, np.int16)
        return whole[max(0, start - self._fed_from) : max(0, end - self._fed_from)]
