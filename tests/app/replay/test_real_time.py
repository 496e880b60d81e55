"""A replay in real time keeps up with the clock, and hears while it speaks."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import Any, cast

import numpy as np
import pytest

from app.replay.microphone import Microphone
from app.replay.models import RealTimeSynthesizer
from app.replay.playback import TimedPlayback
from app.replay.room import play
from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16
from pipeline.ports import Voice


class BusyRoom:
    """A room in which each frame takes most of its 20 ms."""

    frames = 0

    def hear(self, speaker: int, frame: Pcm16, at: float) -> None:
        self.frames += 1
        be_busy()


def be_busy() -> None:
    time.sleep(0.012)


async def test_a_busy_room_does_not_delay_the_recordings() -> None:
    clock = asyncio.get_running_loop().time
    room = BusyRoom()
    began = clock()
    microphone = Microphone("alice", np.zeros(HEARD_RATE, np.int16))
    await play(cast(Any, room), [microphone], clock, lambda: None)
    assert room.frames == 50
    assert clock() - began == pytest.approx(1.0, abs=0.3)


async def test_a_busy_loop_does_not_make_a_reply_longer() -> None:
    clock = asyncio.get_running_loop().time
    playback = TimedPlayback(clock)
    playback.feed(np.zeros(SPOKEN_RATE, np.int16))
    playback.end()
    began = clock()
    finished = asyncio.create_task(playback.wait_finished())
    while not finished.done():
        be_busy()
        await asyncio.sleep(0.001)
    assert clock() - began == pytest.approx(1.0, abs=0.3)


async def test_the_room_hears_while_a_sentence_is_synthesised() -> None:
    def synthesize(text: str, voice: Voice) -> Pcm16:
        time.sleep(0.3)
        return np.ones(SPOKEN_RATE, np.int16)

    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with aclosing(RealTimeSynthesizer(synthesize).speak("Hello.", Voice("jarvis"))) as audio:
        spoken = [chunk async for chunk in audio]
    ticking.cancel()
    assert sum(chunk.size for chunk in spoken) == SPOKEN_RATE
    assert ticks > 5
