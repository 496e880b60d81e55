"""The ear: every speaker's packets become one gapless stream, and one model hears them all.

Discord sends nothing while nobody talks, and what it sends comes late, early or not at all. A
`SpeakerStream` lays one speaker's audio on a time line of our own: where nothing came it puts
zeros, so that the voice model sees the silence that ends a turn. Every 20 ms `AudioInput` collects
the chunks that are due, of all speakers of all rooms, and steps the model once for the batch. A
speaker who is quiet for a while sleeps and costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from typing import Final, Protocol

import numpy as np

from logs import FaultLog
from pipeline.audio import FRAME_MS, HEARD_RATE, Pcm16, Samples, to_samples
from pipeline.inference.silero_vad import CHUNK, VadStream

log = logging.getLogger(__name__)

ZEROS_AFTER_S: Final = 0.06
"""A packet may be this late before zeros take its place: the receive side's reorder window."""
SLEEP_AFTER_S: Final = 1.0
"""A quiet speaker from whom nothing came for this long is not listened to any more."""
QUIET_MEMORY_S: Final = 2.0
"""Between turns this much is remembered: what goes before the first voiced chunk, and to spare."""

LAGS_KEPT: Final = 1000


class VoiceModel(Protocol):
    """What `AudioInput` needs of pipeline.inference.silero_vad.SileroVad."""

    def open(self) -> VadStream: ...

    def step(self, batch: Sequence[tuple[VadStream, Samples]]) -> list[float]: ...


class SpeakerStream:
    """One speaker's audio on a time line, chunk by chunk, with a memory.

    Times are seconds on the clock that the caller uses for ``at`` and ``now``.
    """

    def __init__(
        self, stream: VadStream, on_voice: Callable[[float, float, float], None], memory_s: float
    ) -> None:
        self.stream = stream
        self.on_voice = on_voice
        self._context = copy_context()
        """What is called here is logged as of the room that opened the microphone."""
        self.busy = False
        """Set by the owner while a turn is going on: a busy microphone does not sleep, and
        remembers all that it may."""
        self._memory = int(memory_s * HEARD_RATE)
        self._quiet_memory = min(self._memory, int(QUIET_MEMORY_S * HEARD_RATE))
        self._blocks: deque[Pcm16] = deque()
        self._first = 0
        self._end = 0
        self._chunked = 0
        self._anchor: float | None = None
        self._last_at = 0.0
        self._talk_over = True

    @property
    def awake(self) -> bool:
        return self._anchor is not None

    def push(self, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take audio that came at ``at``; ``end_of_talk`` says the sender announced a silence."""
        if self._anchor is None:
            self._wake(at - pcm.size / HEARD_RATE)
        self._last_at = at
        self._talk_over = end_of_talk
        self._append(pcm)

    def fill(self, now: float) -> None:
        """Put zeros where audio is due by ``now`` and has not come; fall asleep when it is time."""
        if self._anchor is None:
            return
        if not self.busy and now - self._last_at >= SLEEP_AFTER_S:
            self._anchor = None
            self._drop_before(self._end)
            return
        grace = 0.0 if self._talk_over else ZEROS_AFTER_S
        missing = int((now - grace - self._anchor) * HEARD_RATE) - self._end
        if missing >= HEARD_RATE * FRAME_MS // 1000:
            self._append(np.zeros(missing, np.int16))

    def next_chunk(self) -> Samples | None:
        """The next ``float32[512]`` that is complete, or None."""
        if self._end - self._chunked < CHUNK:
            return None
        start, self._chunked = self._chunked, self._chunked + CHUNK
        return to_samples(self._slice(start, start + CHUNK))

    def heard(self, probability: float) -> None:
        """Pass on the voice probability of the chunk taken last, with its start and end."""
        end = self.time_at(self._chunked)
        self._context.run(self.on_voice, probability, end - CHUNK / HEARD_RATE, end)

    def audio(self, start: float, end: float) -> Pcm16:
        """What was heard from ``start`` to ``end``, ``int16[n]``, as far as it is remembered."""
        return self._slice(self._index(start), self._index(end))

    def forget(self, before: float) -> None:
        """What was heard before that time is not needed any more."""
        self._drop_before(self._index(before))

    def time_at(self, index: int) -> float:
        return (self._anchor or 0.0) + index / HEARD_RATE

    def _wake(self, at: float) -> None:
        # What was heard before the sleep lies on a time line that has ended.
        self._blocks.clear()
        self._first = self._chunked = self._end
        self._anchor = at - self._end / HEARD_RATE
        self.stream.reset()

    def _index(self, at: float) -> int:
        index = round((at - (self._anchor or 0.0)) * HEARD_RATE)
        return min(max(index, self._first), self._end)

    def _append(self, pcm: Pcm16) -> None:
        self._blocks.append(pcm)
        self._end += pcm.size
        self._drop_before(self._end - (self._memory if self.busy else self._quiet_memory))

    def _drop_before(self, index: int) -> None:
        while self._blocks and self._first + self._blocks[0].size <= index:
            self._first += self._blocks.popleft().size

    def _slice(self, start: int, end: int) -> Pcm16:
        wanted: list[Pcm16] = []
        position = self._end
        for block in reversed(self._blocks):
            position -= block.size
            if position < end:
                wanted.append(block[max(0, start - position) : end - position])
            if position <= start:
                break
        return np.concatenate(wanted[::-1]) if wanted else np.zeros(0, np.int16)


class AudioInput:
    """One voice model for every microphone of every room, stepped on a 20 ms clock."""

    def __init__(self, vad: VoiceModel, clock: Callable[[], float]) -> None:
        self._vad = vad
        self._clock = clock
        self._faults = FaultLog(log)
        self._microphones: set[SpeakerStream] = set()
        self._tickers: set[Callable[[float], None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.verdict_lags_ms: deque[float] = deque(maxlen=LAGS_KEPT)
        """By how much each of the last verdicts on a pause came later than it was due."""

    def microphone(
        self, on_voice: Callable[[float, float, float], None], memory_s: float
    ) -> SpeakerStream:
        """Open a microphone; ``on_voice(probability, start_s, end_s)`` is called for each chunk."""
        microphone = SpeakerStream(self._vad.open(), on_voice, memory_s)
        self._microphones.add(microphone)
        return microphone

    def close(self, microphone: SpeakerStream) -> None:
        self._microphones.discard(microphone)

    def on_tick(self, callback: Callable[[float], None]) -> Callable[[], None]:
        """Have ``callback(now)`` called after every tick; returns how to end that."""
        context = copy_context()

        def ticker(now: float) -> None:
            context.run(callback, now)

        self._tickers.add(ticker)
        return lambda: self._tickers.discard(ticker)

    def tick(self, now: float) -> None:
        """Hear everything that is due by ``now``."""
        awake = [microphone for microphone in self._microphones if microphone.awake]
        for microphone in awake:
            microphone.fill(now)
        while due := self._due(awake):
            probabilities = self._vad.step([(mic.stream, chunk) for mic, chunk in due])
            for (microphone, _), probability in zip(due, probabilities, strict=True):
                microphone.heard(probability)
        for callback in list(self._tickers):
            callback(now)

    def start(self) -> None:
        """Start the clock in the running event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="hearing")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @staticmethod
    def _due(microphones: Iterable[SpeakerStream]) -> list[tuple[SpeakerStream, Samples]]:
        due = ((microphone, microphone.next_chunk()) for microphone in microphones)
        return [(microphone, chunk) for microphone, chunk in due if chunk is not None]

    async def _run(self) -> None:
        next_at = self._clock()
        while True:
            next_at += FRAME_MS / 1000
            now = self._clock()
            # A stall is not made up for with a burst of ticks: one tick takes all that is due.
            next_at = max(next_at, now)
            await asyncio.sleep(next_at - now)
            try:
                self.tick(self._clock())
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "a tick of the ear failed; hearing goes on", error=error
                )
