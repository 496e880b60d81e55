"""The bot's audio at one member: frames and their arrival times."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from simulators.changes import Changes
from simulators.discord.errors import TimedOut

AUDIBLE_PEAK: Final = 328
"""A frame is silent if its loudest sample is below 1 % of full scale."""
_JITTER_BUFFER_S: Final = 0.06
"""A client plays frames without a gap if they are at most this late (three frames)."""


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """One decoded audio packet of the bot: 48 kHz mono, ``int16[n]``."""

    at: float
    """``time.monotonic()`` of its arrival at the media server."""
    sequence: int
    timestamp: int
    pcm: Pcm16
    audible: bool


def audible(pcm: Pcm16) -> bool:
    return pcm.size > 0 and max(int(pcm.max()), -int(pcm.min())) >= AUDIBLE_PEAK


def timeline(frames: list[HeardFrame], since: float | None = None) -> Pcm16:
    """``int16[n]``, 48 kHz: the audio from ``since`` (default: the first frame) on.

    Late frames follow each other without a gap, as far as a jitter buffer reaches; longer gaps are
    silence.
    """
    wanted = [f for f in frames if since is None or f.at >= since]
    if not wanted:
        return np.zeros(0, dtype=np.int16)
    start = wanted[0].at if since is None else since
    pieces: list[Pcm16] = []
    played = 0
    for frame in wanted:
        due = int((frame.at - start) * SPOKEN_RATE)
        if due - played > _JITTER_BUFFER_S * SPOKEN_RATE or not pieces:
            pieces.append(np.zeros(max(0, due - played), dtype=np.int16))
            played = max(played, due)
        pieces.append(frame.pcm)
        played += frame.pcm.size
    return np.concatenate(pieces)


@dataclass(eq=False)
class HeardAudio:
    """All audio of the bot that one member heard."""

    frames: list[HeardFrame] = field(default_factory=list)
    unheard: Counter[str] = field(default_factory=Counter)
    """Number of the bot's packets that were not audible here, by reason."""
    _changes: Changes = field(default_factory=lambda: Changes(TimedOut))

    def hear(self, frame: HeardFrame) -> None:
        self.frames.append(frame)
        self._changes.notify()

    def miss(self, reason: str) -> None:
        self.unheard[reason] += 1

    def clear(self) -> None:
        """Forget all frames, as before the next part of a test."""
        self.frames.clear()
        self.unheard.clear()

    def sounds(self, since: float = 0.0) -> Iterator[HeardFrame]:
        """The audible frames."""
        return (f for f in self._from(since) if f.audible)

    def _from(self, since: float) -> list[HeardFrame]:
        return self.frames[bisect_left(self.frames, since, key=lambda f: f.at) :]

    def pcm(self, since: float = 0.0) -> Pcm16:
        """``int16[n]``, 48 kHz: the frames without the gaps between them."""
        heard = [f.pcm for f in self._from(since)]
        return np.concatenate(heard) if heard else np.zeros(0, dtype=np.int16)

    def timeline(self, since: float | None = None) -> Pcm16:
        """``int16[n]``, 48 kHz: with the gaps; see `timeline`."""
        return timeline(self.frames, since)

    def first_sound_at(self, since: float = 0.0) -> float | None:
        return next((f.at for f in self.sounds(since)), None)

    def last_sound_at(self) -> float | None:
        return next((f.at for f in reversed(self.frames) if f.audible), None)

    async def wait_for_sound(self, since: float = 0.0, timeout: float = 5.0) -> float:
        """When the first audible frame at or after ``since`` arrived, in ``time.monotonic()``.

        Raises:
            TimedOut: nothing was audible for ``timeout`` seconds.
        """
        return await self._changes.until(
            lambda: self.first_sound_at(since), timeout, "a sound of the bot"
        )

    async def wait_for_quiet(self, quiet_s: float = 0.3, timeout: float = 30.0) -> float:
        """Until nothing was audible for ``quiet_s``; returns when the last sound arrived.

        A bot that has said nothing yet counts from now.

        Raises:
            TimedOut: the bot still spoke after ``timeout`` seconds.
        """
        begun = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                while True:
                    last = self.last_sound_at() or begun
                    left = last + quiet_s - time.monotonic()
                    if left <= 0:
                        return last
                    await asyncio.sleep(left)
        except TimeoutError:
            raise TimedOut(f"the bot still spoke after {timeout:g} s") from None
