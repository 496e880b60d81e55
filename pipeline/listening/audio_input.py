"""Audio input: each speaker's packets become a gapless stream, and one VAD model scores them all.

Discord sends nothing during silence, and packets arrive late, early or never. A `SpeakerStream`
lays one speaker's audio on a time line of its own and fills gaps with zeros, so that the VAD gets
the silence that ends a turn. Every 20 ms `AudioInput` collects the chunks that are due, of all
speakers of all rooms, and steps the model once for the batch. A speaker who is quiet for a while
sleeps and costs nothing.
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
"""How late a packet may be before zeros take its place: the reorder window of the receive side."""
SLEEP_AFTER_S: Final = 1.0
"""A speaker outside a turn sleeps after this long without a packet."""
QUIET_MEMORY_S: Final = 2.0
"""Audio kept between turns: more than a turn takes from before its first voiced chunk."""

LAGS_KEPT: Final = 1000


class VadModel(Protocol):
    """What `AudioInput` needs of pipeline.inference.silero_vad.SileroVad."""

    def open(self) -> VadStream: ...

    def step(self, batch: Sequence[tuple[VadStream, Samples]]) -> list[float]: ...


class SpeakerStream:
    """One speaker's audio on a time line, in chunks for the VAD, with a bounded memory.

    Times are seconds on the clock that the caller uses for ``at`` and ``now``. Positions in the
    audio are samples counted since the stream was opened.
    """

    def __init__(
        self,
        vad_stream: VadStream,
        on_probability: Callable[[float, float, float], None],
        memory_s: float,
    ) -> None:
        self.vad_stream = vad_stream
        self.on_probability = on_probability
        self._context = copy_context()
        """Calls made here are logged as of the room that opened the stream."""
        self.in_turn = False
        """Set by the owner: during a turn the stream does not sleep and uses all of its memory."""
        self._memory = int(memory_s * HEARD_RATE)
        self._quiet_memory = min(self._memory, int(QUIET_MEMORY_S * HEARD_RATE))
        self._blocks: deque[Pcm16] = deque()
        self._first = 0
        """Position of the oldest sample in memory."""
        self._end = 0
        self._chunked = 0
        """Position up to which chunks were taken."""
        self._anchor: float | None = None
        """Time of position 0; None while the stream sleeps."""
        self._last_at = 0.0
        self._talk_over = True

    @property
    def awake(self) -> bool:
        return self._anchor is not None

    def push(self, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take audio that arrived at ``at``; with ``end_of_talk`` the sender announced silence."""
        if self._anchor is None:
            self._wake(at - pcm.size / HEARD_RATE)
        self._last_at = at
        self._talk_over = end_of_talk
        self._append(pcm)

    def fill_silence(self, now: float) -> None:
        """Put zeros where audio is due by ``now`` and has not arrived; sleep when it is time."""
        if self._anchor is None:
            return
        if not self.in_turn and now - self._last_at >= SLEEP_AFTER_S:
            self._anchor = None
            self._drop(self._end)
            return
        grace = 0.0 if self._talk_over else ZEROS_AFTER_S
        missing = int((now - grace - self._anchor) * HEARD_RATE) - self._end
        if missing >= HEARD_RATE * FRAME_MS // 1000:
            self._append(np.zeros(missing, np.int16))

    def next_chunk(self) -> Samples | None:
        """The next complete chunk, ``float32[512]``, or None.

        What was dropped from memory before its turn came, after a long stall, is passed over.
        """
        self._chunked = max(self._chunked, self._first)
        if self._end - self._chunked < CHUNK:
            return None
        start, self._chunked = self._chunked, self._chunked + CHUNK
        return to_samples(self._slice(start, start + CHUNK))

    def report(self, probability: float) -> None:
        """Report the voice probability of the last chunk, with the chunk's start and end."""
        end = self.time_at(self._chunked)
        self._context.run(self.on_probability, probability, end - CHUNK / HEARD_RATE, end)

    def audio(self, start: float, end: float) -> Pcm16:
        """The audio from ``start`` to ``end``, ``int16[n]``, as far as it is in memory."""
        return self._slice(self._position(start), self._position(end))

    def drop_before(self, at: float) -> None:
        """Drop the audio before ``at`` from memory."""
        self._drop(self._position(at))

    def time_at(self, position: int) -> float:
        return (self._anchor or 0.0) + position / HEARD_RATE

    def _wake(self, at: float) -> None:
        # Audio from before the sleep belongs to a time line that has ended.
        self._blocks.clear()
        self._first = self._chunked = self._end
        self._anchor = at - self._end / HEARD_RATE
        self.vad_stream.reset()

    def _position(self, at: float) -> int:
        position = round((at - (self._anchor or 0.0)) * HEARD_RATE)
        return min(max(position, self._first), self._end)

    def _append(self, pcm: Pcm16) -> None:
        self._blocks.append(pcm)
        self._end += pcm.size
        self._drop(self._end - (self._memory if self.in_turn else self._quiet_memory))

    def _drop(self, position: int) -> None:
        while self._blocks and self._first + self._blocks[0].size <= position:
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
    """The streams of all rooms and their VAD model, stepped on a 20 ms clock."""

    def __init__(self, vad: VadModel, clock: Callable[[], float]) -> None:
        self._vad = vad
        self._clock = clock
        self._faults = FaultLog(log)
        self._streams: set[SpeakerStream] = set()
        self._tickers: set[Callable[[float], None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.check_lags_ms: deque[float] = deque(maxlen=LAGS_KEPT)
        """How late the turn model's result of each of the last endpoint checks was."""

    def open_stream(
        self, on_probability: Callable[[float, float, float], None], memory_s: float
    ) -> SpeakerStream:
        """Open a stream; calls ``on_probability(probability, start_s, end_s)`` for each chunk."""
        stream = SpeakerStream(self._vad.open(), on_probability, memory_s)
        self._streams.add(stream)
        return stream

    def close_stream(self, stream: SpeakerStream) -> None:
        self._streams.discard(stream)

    def on_tick(self, callback: Callable[[float], None]) -> Callable[[], None]:
        """Call ``callback(now)`` after every tick, until the returned function is called."""
        context = copy_context()

        def ticker(now: float) -> None:
            context.run(callback, now)

        self._tickers.add(ticker)
        return lambda: self._tickers.discard(ticker)

    def tick(self, now: float) -> None:
        """Score every chunk that is due by ``now``."""
        awake = [stream for stream in self._streams if stream.awake]
        for stream in awake:
            stream.fill_silence(now)
        while due := self._due(awake):
            probabilities = self._vad.step([(stream.vad_stream, chunk) for stream, chunk in due])
            for (stream, _), probability in zip(due, probabilities, strict=True):
                stream.report(probability)
        for callback in list(self._tickers):
            callback(now)

    def start(self) -> None:
        """Start the clock in the running event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="audio input")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @staticmethod
    def _due(streams: Iterable[SpeakerStream]) -> list[tuple[SpeakerStream, Samples]]:
        due = ((stream, stream.next_chunk()) for stream in streams)
        return [(stream, chunk) for stream, chunk in due if chunk is not None]

    async def _run(self) -> None:
        next_at = self._clock()
        while True:
            next_at += FRAME_MS / 1000
            now = self._clock()
            # A stall causes no burst of ticks: one tick takes all that is due.
            next_at = max(next_at, now)
            await asyncio.sleep(next_at - now)
            try:
                self.tick(self._clock())
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "a tick of the audio input failed; it goes on", error=error
                )
