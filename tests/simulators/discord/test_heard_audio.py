from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from pipeline.audio import Pcm16
from simulators.discord import HeardAudio, HeardFrame, TimedOut
from simulators.discord.heard_audio import audible
from tests.simulators.discord.sounds import pitch, tone

FRAME = tone(1000, 0.02)
HUSH = np.zeros(960, dtype=np.int16)


def frame(at: float, pcm: Pcm16 = FRAME, sequence: int = 0) -> HeardFrame:
    return HeardFrame(at, sequence, 960 * sequence, pcm, audible(pcm))


def test_frames_that_jitter_play_in_one_row() -> None:
    hearing = HeardAudio()
    for index, wobble in enumerate([0, 0.004, -0.003, 0.03, 0.001]):
        hearing.hear(frame(10 + 0.02 * index + wobble, tone(1000, 0.1)[960 * index :][:960]))
    assert np.array_equal(hearing.timeline(), tone(1000, 0.1))


def test_a_pause_is_silence_of_its_length() -> None:
    hearing = HeardAudio()
    hearing.hear(frame(10.0))
    hearing.hear(frame(11.0))
    played = hearing.timeline(since=9.5)
    assert played.size == int(1.5 * 48_000) + 960
    assert np.array_equal(played[24_000:24_960], FRAME)
    assert not played[24_960:72_000].any()
    assert np.array_equal(played[72_000:], FRAME)


def test_a_burst_is_played_at_its_own_pace() -> None:
    hearing = HeardAudio()
    for index in range(50):
        hearing.hear(frame(10 + 0.0001 * index, tone(440, 1.0)[960 * index :][:960]))
    assert hearing.timeline().size == 48_000
    assert pitch(hearing.timeline()) == pytest.approx(440)


def test_nothing_heard_is_an_empty_timeline() -> None:
    assert HeardAudio().timeline().size == 0
    assert HeardAudio().pcm().size == 0


def test_first_and_last_sound_ignore_silence() -> None:
    hearing = HeardAudio()
    for at, pcm in [(1.0, HUSH), (2.0, FRAME), (3.0, FRAME), (4.0, HUSH)]:
        hearing.hear(frame(at, pcm))
    assert hearing.first_sound_at() == 2.0
    assert hearing.first_sound_at(since=2.5) == 3.0
    assert hearing.last_sound_at() == 3.0
    assert hearing.pcm(since=3.5).size == 960
    hearing.clear()
    assert hearing.first_sound_at() is None


async def test_waiting_for_a_sound_ends_with_its_arrival() -> None:
    hearing = HeardAudio()
    waiting = asyncio.create_task(hearing.wait_for_sound(since=5.0, timeout=2.0))
    for at, pcm in [(4.0, FRAME), (6.0, HUSH), (7.0, FRAME)]:
        await asyncio.sleep(0)
        hearing.hear(frame(at, pcm))
    assert await waiting == 7.0


async def test_waiting_for_a_sound_that_does_not_come() -> None:
    with pytest.raises(TimedOut, match=r"a sound of the bot: not within 0\.01 s"):
        await HeardAudio().wait_for_sound(timeout=0.01)


async def test_waiting_for_quiet_ends_with_the_last_sound() -> None:
    hearing = HeardAudio()
    spoken = time.monotonic() - 0.05
    hearing.hear(frame(spoken))
    assert await hearing.wait_for_quiet(quiet_s=0.1, timeout=2.0) == spoken
    assert time.monotonic() >= spoken + 0.1


async def test_a_bot_that_does_not_stop() -> None:
    hearing = HeardAudio()
    hearing.hear(frame(time.monotonic() + 60))
    with pytest.raises(TimedOut, match="still spoke"):
        await hearing.wait_for_quiet(timeout=0.01)
