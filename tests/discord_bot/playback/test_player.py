from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, cast

import discord
import numpy as np
import pytest

from discord_bot.playback.player import SteadyPlayer
from pipeline.pacing import Pacer

FRAME = bytes(3840)
TRIES = 5
"""The exact times of frames: a busy machine is late now and then, a wrong clock every time."""


class Source(discord.AudioSource):
    """A source of a number of frames; calls ``on_read`` with the number of each."""

    def __init__(self, frames: int) -> None:
        self.left = frames

    def read(self) -> bytes:
        self.left -= 1
        return FRAME if self.left >= 0 else b""


class Gateway:
    def __init__(self) -> None:
        self.speaking: list[int] = []

    async def speak(self, state: discord.SpeakingState) -> None:
        self.speaking.append(state.value)


class Voice:
    """The part of a voice client that a player uses."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.client = self
        self.ws = Gateway()
        self.timeout = 5.0
        self.connected = True
        self.sent: list[tuple[float, bool]] = []
        self.done = asyncio.Event()
        self.sending = asyncio.Event()

    def is_connected(self) -> bool:
        return self.connected

    def send_audio_packet(self, data: bytes, *, encode: bool = True) -> None:
        self.loop.call_soon_threadsafe(self.sending.set)
        self.sent.append((time.monotonic(), encode))

    def play(self, source: Source, asked: threading.Event | None = None) -> SteadyPlayer:
        """``asked`` is set when the player has called ``can_send``."""

        def can_send() -> bool:
            if asked is not None:
                asked.set()
            return self.connected

        player = SteadyPlayer(source, cast(Any, self), after=self.after, can_send=can_send)
        player.start()
        return player

    def after(self, error: Exception | None) -> None:
        assert error is None
        self.loop.call_soon_threadsafe(self.done.set)

    def gaps_ms(self) -> np.ndarray:
        return 1000 * np.diff([at for at, audio in self.sent if audio])


async def test_it_says_that_it_speaks_to_the_session_that_it_speaks_in() -> None:
    voice = Voice()
    before, voice.connected = voice.ws, False
    voice.play(Source(5))
    await asyncio.sleep(0.1)
    assert before.speaking == []
    voice.ws, voice.connected = Gateway(), True
    await asyncio.wait_for(voice.done.wait(), 5)
    await asyncio.sleep(0.1)
    assert before.speaking == []
    assert voice.ws.speaking[0] == discord.SpeakingState.voice.value
    assert voice.ws.speaking[-1] == discord.SpeakingState.none.value


def test_frames_are_due_every_20_ms_from_the_first() -> None:
    pacer = Pacer(10.0, 0.02)
    assert pacer.delay(10.001) == pytest.approx(0.019)
    assert pacer.delay(10.022) == pytest.approx(0.018), "and do not drift"


def test_a_short_stall_is_caught_up() -> None:
    pacer = Pacer(10.0, 0.02)
    assert [pacer.delay(10.09) for _ in range(5)] == pytest.approx([0, 0, 0, 0, 0.01])


def test_a_long_stall_is_not_sent_in_a_burst() -> None:
    pacer = Pacer(10.0, 0.02)
    assert pacer.delay(11.0) == 0
    assert pacer.delay(11.001) == pytest.approx(0.019)


def test_a_restart_resets_the_clock() -> None:
    pacer = Pacer(10.0, 0.02)
    pacer.restart(50.0)
    assert pacer.delay(50.005) == pytest.approx(0.015)


async def test_the_second_frame_follows_as_soon_as_all_others() -> None:
    took_ms = []
    for _ in range(TRIES):
        voice = Voice()
        voice.play(Source(20))
        async with asyncio.timeout(5):
            await voice.done.wait()
        gaps = voice.gaps_ms()
        assert len(gaps) == 19
        assert [audio for _, audio in voice.sent[-5:]] == [False] * 5, "five of silence end it"
        took_ms.append(sum(gaps))
        if abs(took_ms[-1] - 19 * 20) <= 15 and abs(np.median(gaps) - 20) <= 3:
            return
    pytest.fail(f"19 gaps took {took_ms} ms; discord.py's own player takes 20 ms more")


async def test_speaking_is_signalled_at_both_ends() -> None:
    voice = Voice()
    voice.play(Source(2))
    async with asyncio.timeout(5):
        await voice.done.wait()
    await asyncio.sleep(0)
    assert (voice.ws.speaking[0], voice.ws.speaking[-1]) == (1, 0)


async def test_a_stop_takes_effect_at_once() -> None:
    voice = Voice()
    player = voice.play(Source(1000))
    async with asyncio.timeout(5):
        await voice.sending.wait()
        before = len(voice.sent)
        player.stop()
        await voice.done.wait()
    after = [audio for _, audio in voice.sent[before:]]
    assert after.count(True) <= 2, "a frame or two may be under way"


async def test_a_paused_player_continues_where_it_stopped() -> None:
    voice = Voice()
    source = Source(6)
    player = voice.play(source)
    async with asyncio.timeout(5):
        await voice.sending.wait()
        player.pause()
        while all(audio for _, audio in voice.sent):  # until the silence
            voice.sending.clear()
            await voice.sending.wait()
        player.resume()
        await voice.done.wait()
    assert len([audio for _, audio in voice.sent if audio]) == 6


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_reply_waits_for_a_reconnect_until_the_timeout(comes_back: bool) -> None:
    voice = Voice()
    voice.connected = False
    voice.timeout = 5.0 if comes_back else 0.1
    asked = threading.Event()
    source = Source(3)
    voice.play(source, asked)
    async with asyncio.timeout(5):
        await asyncio.to_thread(asked.wait)
        assert source.left == 3, "nothing is read while nobody can hear it"
        voice.connected = comes_back
        await voice.done.wait()
    assert len([audio for _, audio in voice.sent if audio]) == (3 if comes_back else 0)


async def test_a_stop_ends_the_wait_for_a_reconnect() -> None:
    voice = Voice()
    voice.connected = False
    voice.timeout = 60.0
    player = voice.play(Source(3))
    player.stop()
    async with asyncio.timeout(5):
        await voice.done.wait()
    assert voice.sent == []
