"""Playback on the room's clock, to no device: 20 ms of what was fed every 20 ms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pipeline.audio import FRAME_MS, SPOKEN_RATE, Pcm16
from pipeline.ports import Playback


class TimedPlayback:
    """Plays one reply in time and drops the audio."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._fed = 0
        """Samples, since a sum of milliseconds would be inexact."""
        self._played_ms = 0.0
        self._held = False
        self._ended = False
        self._first_sent_at: float | None = None
        self._finished = asyncio.Event()
        self._task = asyncio.create_task(self._play(), name="playback")

    async def _play(self) -> None:
        due = self._clock()
        while not self._finished.is_set():
            # By the clock: a busy loop must not make the reply longer.
            due += FRAME_MS / 1000
            await asyncio.sleep(due - self._clock())
            if not self._held and self._played_ms < self._fed_ms:
                if self._first_sent_at is None:
                    self._first_sent_at = self._clock()
                self._played_ms = min(self._played_ms + FRAME_MS, self._fed_ms)
            if self._ended and self._played_ms >= self._fed_ms:
                self._finished.set()

    @property
    def _fed_ms(self) -> float:
        return self._fed * 1000 / SPOKEN_RATE

    def feed(self, pcm: Pcm16) -> None:
        self._fed += pcm.size

    def end(self) -> None:
        self._ended = True

    def fill(self, loop: Pcm16 | None) -> None:
        """A sound beside the reply is not played here."""

    def duck(self) -> None:
        """Loudness has no effect here."""

    def hold(self) -> None:
        self._held = True

    def resume(self, rewind_ms: float = 0.0) -> None:
        self._held = False
        self._played_ms = max(0.0, self._played_ms - rewind_ms)

    def cut(self) -> None:
        self._finished.set()

    @property
    def played_ms(self) -> float:
        return self._played_ms

    @property
    def first_sent_at(self) -> float | None:
        return self._first_sent_at

    async def wait_finished(self) -> None:
        await self._finished.wait()


class TimedLoudspeaker:
    """Opens a `TimedPlayback` for each reply."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._current: TimedPlayback | None = None

    def open(self) -> Playback:
        if self._current is not None:
            self._current.cut()
        self._current = TimedPlayback(self._clock)
        return self._current

    @property
    def played_ms(self) -> float:
        """What was played of the reply that was opened last."""
        return 0.0 if self._current is None else self._current.played_ms

    def set_gain_db(self, gain_db: float) -> None:
        """Loudness has no effect here."""
