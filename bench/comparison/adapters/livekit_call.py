"""A call with one user on LiveKit's own AgentSession, in memory: for barge-in.

The session has its local VAD and turn detector and every default; no speech to text and no model.
It then pauses a reply when speech has lasted 0.5 s (``min_duration``). The out side plays a frame
every 20 ms and obeys ``pause`` and ``clear_buffer`` at the next one; there is no network.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from livekit import rtc  # type: ignore[import-not-found]
from livekit.agents import Agent, AgentSession, inference  # type: ignore[import-not-found]
from livekit.agents.voice import io  # type: ignore[import-not-found]

from bench.comparison.harness import Report
from bench.comparison.protocol import FRAME_S
from bench.comparison.tone import TONE_RATE, tone

_SPOKEN_FRAME = int(TONE_RATE * FRAME_S)


class LiveKitIn(io.AudioInput):  # type: ignore[misc]
    """Gives the session the frames of its user."""

    def __init__(self) -> None:
        super().__init__(label="comparison")
        self.frames: asyncio.Queue[Any] = asyncio.Queue()

    async def __anext__(self) -> Any:
        return await self.frames.get()


class LiveKitOut(io.AudioOutput):  # type: ignore[misc]
    """Plays what it is given on a clock of 20 ms."""

    def __init__(self, report: Report) -> None:
        super().__init__(
            label="comparison",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=TONE_RATE,
        )
        self._report = report
        self._frames: deque[Any] = deque()
        self._paused = self._flushed = self._begun = self._captured = False
        self._played_s = 0.0

    async def capture_frame(self, frame: Any) -> None:
        await super().capture_frame(frame)
        self._flushed = False
        self._captured = True
        self._frames.append(np.frombuffer(bytes(frame.data), np.int16))

    def flush(self) -> None:
        super().flush()
        self._flushed = True
        if not self._frames:
            self._finish(interrupted=False)

    def clear_buffer(self) -> None:
        self._frames.clear()
        self._flushed = True
        self._finish(interrupted=True)

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    async def run(self) -> None:
        due = time.monotonic()
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not self._paused and self._frames:
                self._play(self._frames.popleft())

    def _play(self, pcm: Any) -> None:
        if not self._begun:
            self._begun = True
            self.on_playback_started(created_at=time.time())
        self._report.sound(pcm, TONE_RATE)
        self._played_s += FRAME_S
        if not self._frames and self._flushed:
            self._finish(interrupted=False)

    def _finish(self, *, interrupted: bool) -> None:
        if self._captured:
            self._begun = self._captured = False
            self.on_playback_finished(playback_position=self._played_s, interrupted=interrupted)
        self._played_s = 0.0


class LiveKitCall:
    """One user and one agent whose replies are a tone."""

    def __init__(self) -> None:
        self._session: Any = None
        self._in: Any = None

    async def open_conversation(self, report: Report) -> None:
        self._in, self._out = LiveKitIn(), LiveKitOut(report)
        self._session = AgentSession(
            vad=inference.VAD(),
            turn_handling={"turn_detection": inference.TurnDetector(version="v1-mini")},
        )
        self._session.input.audio = self._in
        self._session.output.audio = self._out
        self._clock = asyncio.create_task(self._out.run())
        await self._session.start(Agent(instructions=""))

    def hear_in_call(self, frame: Any) -> None:
        self._in.frames.put_nowait(frame)

    async def reply(self) -> None:
        await self._session.interrupt(force=True)
        self._out.resume()
        self._session.say("a tone", audio=_frames())

    async def close_conversation(self) -> None:
        self._clock.cancel()
        await self._session.aclose()


async def _frames() -> AsyncIterator[Any]:
    audio = tone()
    for at in range(0, audio.size - _SPOKEN_FRAME + 1, _SPOKEN_FRAME):
        yield rtc.AudioFrame(
            data=audio[at : at + _SPOKEN_FRAME].tobytes(),
            sample_rate=TONE_RATE,
            num_channels=1,
            samples_per_channel=_SPOKEN_FRAME,
        )
