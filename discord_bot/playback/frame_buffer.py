"""Buffers of 48 kHz mono audio in frames of 20 ms: a reply's, which can be rewound, and a loop."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from pipeline.audio import FRAME_MS, SPOKEN_FRAME, SPOKEN_RATE, Pcm16

_REWINDABLE: Final = 10_000 // FRAME_MS
"""Frames kept for a rewind after they were sent: 10 s."""
_FADE: Final = SPOKEN_RATE * 10 // 1000
"""A change of gain takes 10 ms, which causes neither a click nor a noticeable delay."""


class FrameBuffer:
    """The audio of a reply, with a read position that can be rewound."""

    def __init__(self) -> None:
        self._ahead: deque[Pcm16] = deque()
        self._behind: deque[Pcm16] = deque(maxlen=_REWINDABLE)
        self._rest: Pcm16 = np.empty(0, np.int16)
        self.played = 0
        """Samples before the read position."""

    def append(self, pcm: Pcm16) -> None:
        whole = np.concatenate((self._rest, pcm))
        cut = len(whole) - len(whole) % SPOKEN_FRAME
        self._ahead.extend(whole[i : i + SPOKEN_FRAME] for i in range(0, cut, SPOKEN_FRAME))
        self._rest = whole[cut:]

    def close_frame(self) -> None:
        """Release the last, incomplete frame as it is."""
        if len(self._rest):
            self._ahead.append(self._rest)
            self._rest = self._rest[:0]

    @property
    def has_frame(self) -> bool:
        return bool(self._ahead)

    @property
    def is_empty(self) -> bool:
        return not self._ahead and not len(self._rest)

    def peek(self) -> Pcm16:
        """The next frame, ``int16[n]``, n up to 960, without moving the read position."""
        return self._ahead[0]

    def take(self) -> Pcm16:
        """The next frame; moves the read position."""
        frame = self._ahead.popleft()
        self._behind.append(frame)
        self.played += len(frame)
        return frame

    def rewind(self, frames: int) -> None:
        for _ in range(min(frames, len(self._behind))):
            frame = self._behind.pop()
            self._ahead.appendleft(frame)
            self.played -= len(frame)

    def clear(self) -> None:
        self._ahead.clear()
        self._behind.clear()
        self._rest = self._rest[:0]


def fade(pcm: Pcm16, start: float, end: float) -> Pcm16:
    """One frame, ``int16[960]``, with a fade from ``start`` to ``end`` gain in its first 10 ms.

    A short frame is padded with zeros; samples are clipped to 16 bits.
    """
    frame = np.zeros(SPOKEN_FRAME, np.int16)
    if start == end == 1.0:
        frame[: len(pcm)] = pcm
    else:
        gain = np.full(SPOKEN_FRAME, end, np.float32)
        gain[:_FADE] = np.linspace(start, end, _FADE, dtype=np.float32)
        frame[: len(pcm)] = np.clip(pcm * gain[: len(pcm)], -32768, 32767)
    return frame


def mix(one: Pcm16, other: Pcm16) -> Pcm16:
    """The sum of two frames, clipped to 16 bits."""
    both: Pcm16 = np.clip(one.astype(np.int32) + other, -32768, 32767).astype(np.int16)
    return both


class BackgroundLoop:
    """A looped sound between words, no part of the reply. Every change of gain is faded."""

    def __init__(self) -> None:
        self.playing = False
        """Whether a sound is set; False while one fades out."""
        self._loop = np.zeros(0, np.int16)
        self._at = 0
        self._gain = 0.0

    def play(self, loop: Pcm16 | None) -> None:
        """Play ``loop``, ``int16[n]`` of any length, from its start; None fades it out."""
        self.playing = loop is not None and loop.size > 0
        if loop is not None and self.playing:
            self._loop, self._at = loop, 0

    def frame(self, gain: float) -> Pcm16 | None:
        """The next frame, ``int16[960]``, with a fade to ``gain``; None for silence."""
        start, self._gain = self._gain, gain if self.playing else 0.0
        if start == self._gain == 0.0:
            return None
        places = np.arange(self._at, self._at + SPOKEN_FRAME) % self._loop.size
        self._at = int(places[-1]) + 1
        return fade(self._loop[places], start, self._gain)
