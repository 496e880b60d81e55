"""The agent's side of a reply: deltas become queued sentences, and a quiet sound fills silences."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import AgentDelta, Playback
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.transcript import Kind

_PAUSE_S: Final = 0.2
"""Three of the Gateway's intervals between deltas (75 ms): a longer one is a pause."""
_CUT_AT_ONCE: Final = 1000
"""Characters that are cut into sentences before other tasks run: some milliseconds of work."""
_RETRY_S: Final = 0.1

_LOOP_S: Final = 2.4
_NOTES: Final = ((0.0, 392.0), (0.6, 523.25))
"""Start in seconds and pitch in Hz: G4, then C5. A rising fourth asks for no answer."""
_NOTE_S: Final = 0.9
_PEAK_DB: Final = -36.0
"""Some 15 dB under speech: audible in a quiet room, and easy to talk over."""


@dataclass(frozen=True, slots=True)
class QueuedSentence:
    """A sentence that waits for its synthesis."""

    text: str
    kind: Kind = "answer"


class SentenceQueue:
    """The sentences of one reply, in the order in which they are spoken. It has one reader."""

    def __init__(self) -> None:
        self.has_answer = False
        """Whether there is, or was, a sentence of the answer."""
        self._queued: deque[QueuedSentence] = deque()
        self._ended = False
        self._changed = asyncio.Event()

    @property
    def open(self) -> bool:
        """Whether more may be put in."""
        return not self._ended

    def put(self, sentence: QueuedSentence, *, first: bool = False) -> None:
        """Append a sentence, or make it the next one."""
        self.has_answer = self.has_answer or sentence.kind == "answer"
        (self._queued.appendleft if first else self._queued.append)(sentence)
        self._changed.set()

    def put_back(self, sentence: QueuedSentence) -> None:
        """Make it the next one again."""
        self._queued.appendleft(sentence)

    def drop_answer(self) -> None:
        """Remove the sentences of the answer; interjections stay."""
        self._queued = deque(each for each in self._queued if each.kind != "answer")

    def end(self) -> None:
        """Nothing more will be put in."""
        self._ended = True
        self._changed.set()

    async def next(self) -> QueuedSentence | None:
        """Wait for the next sentence; None at the end."""
        while not self._queued:
            if self._ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._queued.popleft()

    def answer(self) -> list[str]:
        """The queued sentences of the answer."""
        return [each.text for each in self._queued if each.kind == "answer"]


class AgentReader:
    """Reads one answer into a `SentenceQueue`. Make it, then `run` it once.

    Cancelling `run` aborts the agent's run. Each of ``bridges`` is called after so many seconds
    without a delta, ``on_delta`` with every delta.
    """

    def __init__(
        self,
        answer: AsyncGenerator[AgentDelta, None],
        cutter: SentenceCutter,
        sentences: SentenceQueue,
        thinking_sound: ThinkingSound,
        bridges: Sequence[tuple[float, Callable[[], None]]],
        on_delta: Callable[[], None],
    ) -> None:
        self._answer = answer
        self._cutter = cutter
        self._sentences = sentences
        self._thinking_sound = thinking_sound
        self._bridges = bridges
        self._on_delta = on_delta
        self.silent = False
        """The agent finished without a word: it chose to say nothing."""
        self._bridge_timers: list[asyncio.TimerHandle] = []
        self._pause_timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Read to the end, or to the error that ends the answer."""
        later = asyncio.get_running_loop().call_later
        self._bridge_timers = [later(after_s, bridge) for after_s, bridge in self._bridges]
        self._thinking_sound.expect_speech()
        finished = False
        try:
            async with aclosing(self._answer) as deltas:
                async for delta in deltas:
                    self._cancel_bridges()
                    self._on_delta()
                    await self._cut(delta)
                    self._expect_more()
            finished = True
        finally:
            self._cancel_bridges()
            self._thinking_sound.disable()
            if self._pause_timer is not None:
                self._pause_timer.cancel()
            # An aborted answer still has text that speech leaves out: the text channel gets it.
            self._put(self._cutter.finish(), spoken=finished)
            has_text = self._sentences.has_answer or bool(self._cutter.left_out)
            self.silent = finished and not has_text
            self._sentences.end()

    async def _cut(self, delta: AgentDelta) -> None:
        """Queue the sentences of a delta. A long one is cut in steps: other tasks run between."""
        if self._pause_timer is not None:
            self._pause_timer.cancel()
        for start in range(0, max(1, len(delta.text)), _CUT_AT_ONCE):
            if start:
                await asyncio.sleep(0)
            piece = delta.text[start : start + _CUT_AT_ONCE]
            self._put(self._cutter.feed(piece, replace=delta.replace and not start))
        self._put(self._cutter.flush_early())

    def _cancel_bridges(self) -> None:
        for timer in self._bridge_timers:
            timer.cancel()
        self._bridge_timers.clear()

    def _expect_more(self) -> None:
        """Start the timer of a pause: an agent that runs a tool has ended its sentence."""
        if self._pause_timer is not None:
            self._pause_timer.cancel()
        self._pause_timer = asyncio.get_running_loop().call_later(
            _PAUSE_S, lambda: self._put(self._cutter.flush_on_pause())
        )
        self._thinking_sound.expect_speech()

    def _put(self, sentences: list[str], *, spoken: bool = True) -> None:
        if self._cutter.retracted():
            self._sentences.drop_answer()
        for sentence in sentences if spoken else ():
            self._sentences.put(QueuedSentence(sentence))


@lru_cache(maxsize=1)
def thinking_sound() -> Pcm16:
    """One round of the sound, 48 kHz mono ``int16[n]``, silent at both ends: it can be looped."""
    sound = np.zeros(round(_LOOP_S * SPOKEN_RATE), np.float64)
    length = round(_NOTE_S * SPOKEN_RATE)
    seconds = np.arange(length) / SPOKEN_RATE
    swell = np.sin(np.pi * seconds / _NOTE_S) ** 2
    for begins_s, pitch_hz in _NOTES:
        begin = round(begins_s * SPOKEN_RATE)
        sound[begin : begin + length] += np.sin(2 * np.pi * pitch_hz * seconds) * swell
    peak = 32767 * 10 ** (_PEAK_DB / 20)
    looped: Pcm16 = np.round(sound / np.abs(sound).max() * peak).astype(np.int16)
    looped.flags.writeable = False
    return looped


class ThinkingSound:
    """Plays the sound after ``after_s`` without speech, and stops it when speech comes.

    ``open_playback()`` gives the playback of the reply, and ``unplayed_ms()`` the speech that it
    still has to play. It waits while ``may_sound()`` is false. With ``after_s`` 0 there is no
    sound.
    """

    def __init__(
        self,
        after_s: float,
        open_playback: Callable[[], Playback],
        unplayed_ms: Callable[[], float],
        may_sound: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may_sound = may_sound
        self._after_s = after_s
        self._open_playback = open_playback
        self._unplayed_ms = unplayed_ms
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_from = 0.0
        """When the speech that was fed has been played, on the loop's clock."""
        self._filled: Playback | None = None

    def expect_speech(self) -> None:
        """Speech is waited for from now on: start the timer."""
        if self._after_s and self._filled is None:
            self._start_timer(self._after_s)

    def speech_fed(self) -> None:
        """Speech was fed; more of it is waited for afterwards."""
        now = asyncio.get_running_loop().time()
        self._quiet_from = now + self._unplayed_ms() / 1000
        if self._filled is not None:
            self.stop()
            self.expect_speech()

    def disable(self) -> None:
        """Do not start any more: no speech follows what was fed."""
        self._after_s = 0.0
        if self._timer is not None:
            self._timer.cancel()

    def stop(self) -> None:
        """Silence the sound at once."""
        if self._filled is not None:
            self._filled.fill(None)
            self._filled = None

    def _start_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._timer_fired)

    def _timer_fired(self) -> None:
        now = asyncio.get_running_loop().time()
        unplayed_s = self._unplayed_ms() / 1000
        quiet_from = now + unplayed_s if unplayed_s > 0 else self._quiet_from
        if quiet_from + self._after_s > now:
            self._start_timer(quiet_from + self._after_s - now)
            return
        if not self._may_sound():
            self._start_timer(_RETRY_S)
            return
        self._filled = self._open_playback()
        self._filled.fill(thinking_sound())
