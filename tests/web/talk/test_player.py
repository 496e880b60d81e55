from __future__ import annotations

import asyncio

import numpy as np
import pytest

from discord_bot.playback.source import DiscordLoudspeaker
from pipeline.audio import SPOKEN_FRAME, SPOKEN_RATE
from web.talk.player import PacedPlayer, left_channel

pytestmark = pytest.mark.virtual_time

SECOND = np.full(SPOKEN_RATE, 1_000, np.int16)


class Listener:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    @property
    def loud(self) -> list[bool]:
        return [bool(np.abs(np.frombuffer(each, "<i2")).max() > 500) for each in self.frames]


async def test_a_reply_is_sent_in_real_time_as_mono_frames() -> None:
    listener = Listener()
    player = PacedPlayer(listener.frames.append)
    playback = DiscordLoudspeaker(lambda: player).open()
    playback.feed(SECOND)
    playback.end()
    began = asyncio.get_running_loop().time()
    await playback.wait_finished()
    assert asyncio.get_running_loop().time() - began == pytest.approx(1.0, abs=0.03)
    assert len(listener.frames) == 51
    assert listener.loud == [True] * 50 + [False], "the silence behind it empties an encoder"
    assert {len(frame) for frame in listener.frames} == {SPOKEN_FRAME * 2}
    assert playback.played_ms == 1_000


async def test_a_held_reply_is_silent_and_goes_on_where_it_was() -> None:
    listener = Listener()
    player = PacedPlayer(listener.frames.append)
    playback = DiscordLoudspeaker(lambda: player).open()
    playback.feed(SECOND)
    playback.end()
    await asyncio.sleep(0.5)
    playback.hold()
    before = playback.played_ms
    await asyncio.sleep(0.4)
    assert not any(listener.loud[-15:])
    assert playback.played_ms == before
    playback.resume()
    await playback.wait_finished()
    assert sum(listener.loud) == pytest.approx(50, abs=2)


async def test_a_cut_reply_ends_and_the_next_one_sounds() -> None:
    listener = Listener()
    player = PacedPlayer(listener.frames.append)
    loudspeaker = DiscordLoudspeaker(lambda: player)
    first = loudspeaker.open()
    first.feed(SECOND)
    await asyncio.sleep(0.2)
    second = loudspeaker.open()
    second.feed(SECOND[: SPOKEN_RATE // 5])
    second.end()
    await second.wait_finished()
    assert first.played_ms < 300
    assert sum(listener.loud) == pytest.approx(20, abs=3)


async def test_closing_ends_a_reply_that_is_played() -> None:
    player = PacedPlayer(lambda _: None)
    playback = DiscordLoudspeaker(lambda: player).open()
    playback.feed(SECOND)
    await asyncio.sleep(0.1)
    await player.aclose()
    await asyncio.sleep(0.1)
    await playback.wait_finished()


def test_half_a_sample_is_no_audio() -> None:
    assert left_channel(b"\1\2\3\4\5\6\7\x08") == b"\1\2\5\6"
    assert left_channel(b"\1\2") == b""
