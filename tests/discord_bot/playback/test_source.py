from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import discord
import numpy as np
import pytest

from discord_bot.playback.source import DiscordLoudspeaker, ReplySource
from pipeline.audio import SPOKEN_FRAME, Pcm16, level_db
from pipeline.ports import DUCKED_DB, Loudspeaker, Playback

LEVEL = 10_000


def audio(ms: float, level: int = LEVEL) -> Pcm16:
    return np.full(round(ms * 48), level, np.int16)


class Voice:
    """A voice client where the test stands for the player's thread: it reads on request."""

    def __init__(self) -> None:
        self.connected = True
        self.source: discord.AudioSource | None = None
        self.options: dict[str, Any] = {}
        self.after: Callable[[Exception | None], None] | None = None
        self.played: list[discord.AudioSource] = []

    def play(
        self,
        source: discord.AudioSource,
        *,
        after: Callable[[Exception | None], None],
        **options: Any,
    ) -> None:
        if not self.connected:
            raise discord.ClientException("Not connected to voice.")
        if self.source is not None:
            raise discord.ClientException("Already playing audio.")
        self.source, self.after, self.options = source, after, options
        self.played.append(source)

    def stop(self) -> None:
        if self.source is not None:
            self.end()

    def end(self, error: Exception | None = None) -> None:
        """The last step of the player's thread."""
        self.source = None
        assert self.after is not None
        thread = threading.Thread(target=self.after, args=(error,))
        thread.start()
        thread.join()

    def read(self) -> Pcm16 | None:
        """One frame, left channel; None when the source has ended."""
        assert self.source is not None
        data = self.source.read()
        if not data:
            self.end()
            return None
        assert len(data) == 3840
        stereo = np.frombuffer(data, np.int16).reshape(-1, 2)
        assert np.array_equal(stereo[:, 0], stereo[:, 1])
        return stereo[:, 0]

    def sound(self) -> Pcm16:
        """One frame; fails at the end of the source."""
        frame = self.read()
        assert frame is not None, "the source has ended"
        return frame


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def loudspeaker(voice: Voice) -> DiscordLoudspeaker:
    return DiscordLoudspeaker(lambda: voice)


@pytest.fixture
async def reply(loudspeaker: DiscordLoudspeaker) -> ReplySource:
    return loudspeaker.open()


async def finished(reply: ReplySource) -> bool:
    async with asyncio.timeout(5):
        await reply.wait_finished()
    return True


def test_the_classes_implement_the_pipelines_ports(loudspeaker: DiscordLoudspeaker) -> None:
    room_side: Loudspeaker = loudspeaker
    assert room_side is loudspeaker


async def test_what_is_fed_is_sent_in_stereo_frames(voice: Voice, reply: ReplySource) -> None:
    playback: Playback = reply
    tone = (8000 * np.sin(np.arange(960 * 3) / 20)).astype(np.int16)
    playback.feed(tone[:1000])
    playback.feed(tone[1000:])
    playback.end()
    sent = np.concatenate([voice.sound() for _ in range(3)])
    assert np.array_equal(sent, tone)
    assert voice.read() is None
    assert await finished(reply)
    assert voice.options == {"application": "voip", "bitrate": 64, "signal_type": "voice"}


async def test_nothing_is_sent_before_there_is_audio(voice: Voice, reply: ReplySource) -> None:
    reply.feed(audio(5))
    assert voice.played == []
    reply.feed(audio(15))
    assert voice.played == [reply]
    before = time.monotonic()
    voice.sound()
    assert reply.first_sent_at is not None
    assert before <= reply.first_sent_at <= time.monotonic()


async def test_a_reply_without_audio_finishes_unplayed(voice: Voice, reply: ReplySource) -> None:
    reply.end()
    assert await finished(reply)
    assert len(voice.played) == 0


async def test_the_volume_changes_at_once_and_stays_for_the_next_reply(
    voice: Voice, loudspeaker: DiscordLoudspeaker, reply: ReplySource
) -> None:
    reply.feed(audio(60))
    assert (voice.sound() == LEVEL).all()
    loudspeaker.set_gain_db(-20.0)
    fading = voice.sound()
    assert fading[0] == LEVEL
    assert (fading[480:] == LEVEL // 10).all()
    reply.duck()
    ducked = voice.sound()
    assert level_db(ducked[480:]) == pytest.approx(level_db(fading[480:]) + DUCKED_DB, abs=0.2)
    reply.end()
    assert voice.read() is None
    assert await finished(reply)
    following = loudspeaker.open()
    following.feed(audio(20))
    assert (voice.sound() == LEVEL // 10).all()


async def test_too_loud_samples_are_clipped_without_overflow(
    voice: Voice, loudspeaker: DiscordLoudspeaker, reply: ReplySource
) -> None:
    loudspeaker.set_gain_db(8.0)
    reply.feed(np.concatenate((audio(20, 20_000), audio(20, -20_000))))
    assert (voice.sound() == 32_767).all()
    assert (voice.sound() == -32_768).all()


async def test_late_audio_causes_silence_and_not_the_end(voice: Voice, reply: ReplySource) -> None:
    reply.feed(audio(20))
    voice.sound()
    assert (voice.sound() == 0).all()
    assert reply.underruns == 1
    reply.feed(audio(20))
    assert (voice.sound() == LEVEL).all()
    assert reply.played_ms == 40


async def test_an_incomplete_frame_is_sent_when_nothing_follows(
    voice: Voice, reply: ReplySource
) -> None:
    reply.feed(audio(30))
    voice.sound()
    tail = voice.sound()
    assert (tail[:480] == LEVEL).all()
    assert (tail[480:] == 0).all()
    assert reply.played_ms == 30


async def test_ducking_is_quiet_within_a_frame_and_comes_back(
    voice: Voice, reply: ReplySource
) -> None:
    reply.feed(audio(200))
    loud = level_db(voice.sound())
    reply.duck()
    voice.sound()
    assert level_db(voice.sound()) - loud == pytest.approx(DUCKED_DB, abs=0.1)
    reply.resume()
    voice.sound()
    assert level_db(voice.sound()) == loud
    assert reply.played_ms == 100, "it went on meanwhile"


async def test_changes_of_gain_are_faded(voice: Voice, reply: ReplySource) -> None:
    reply.feed(audio(400))
    changes = [reply.duck, reply.resume, reply.hold, reply.resume, reply.duck, reply.hold]
    heard = [voice.sound()]
    for change in changes:
        change()
        heard += [voice.sound(), voice.sound()]
    reply.resume(rewind_ms=40)
    heard += [voice.sound(), voice.sound()]
    reply.cut()
    heard.append(voice.sound())
    step = np.abs(np.diff(np.concatenate(heard).astype(np.int32))).max()
    assert step < LEVEL * 0.01


async def test_a_held_reply_is_silent_and_keeps_its_place(voice: Voice, reply: ReplySource) -> None:
    count = np.arange(960 * 5, dtype=np.int16)
    reply.feed(count)
    voice.sound()
    reply.hold()
    fading = voice.sound()
    assert (fading[480:] == 0).all(), "10 ms"
    assert (voice.sound() == 0).all()
    assert reply.played_ms == 20
    assert reply.underruns == 0
    reply.resume()
    back = voice.sound()
    assert np.array_equal(back[480:], count[960 + 480 : 960 * 2]), "nothing is left out"
    assert reply.played_ms == 40


async def test_a_rewind_repeats_audio_without_counting_it_twice(
    voice: Voice, reply: ReplySource
) -> None:
    count = np.arange(960 * 6, dtype=np.int16)
    reply.feed(count)
    reply.end()
    for _ in range(4):
        voice.sound()
    reply.hold()
    voice.sound()
    reply.resume(rewind_ms=30)
    assert reply.played_ms == 40, "in whole frames, rather more than less"
    rest = np.concatenate([voice.sound() for _ in range(4)])
    assert np.array_equal(rest[480:], count[960 * 2 + 480 :])
    assert voice.read() is None
    assert reply.played_ms == 120


async def test_a_held_reply_does_not_end_by_itself(voice: Voice, reply: ReplySource) -> None:
    reply.feed(audio(20))
    reply.end()
    reply.hold()
    for _ in range(5):
        voice.sound()
    reply.cut()
    assert voice.read() is None
    assert await finished(reply)


async def test_a_cut_fades_in_ten_milliseconds_and_drops_the_rest(
    voice: Voice, reply: ReplySource
) -> None:
    reply.feed(audio(1000))
    voice.sound()
    reply.cut()
    last = voice.sound()
    assert last[0] == LEVEL
    assert (last[480:] == 0).all()
    assert voice.read() is None
    assert await finished(reply)
    assert reply.played_ms == 20
    reply.feed(audio(1000))
    reply.resume()
    reply.end()
    assert len(voice.played) == 1


async def test_a_reply_cut_or_held_before_its_audio_is_never_heard(
    voice: Voice, loudspeaker: DiscordLoudspeaker
) -> None:
    cut = loudspeaker.open()
    cut.cut()
    cut.feed(audio(100))
    assert await finished(cut)
    held = loudspeaker.open()
    held.hold()
    held.feed(audio(100))
    held.end()
    assert len(voice.played) == 0
    held.resume()
    assert len(voice.played) == 1


async def test_a_new_reply_cuts_the_one_before_and_follows_its_fade(
    voice: Voice, loudspeaker: DiscordLoudspeaker
) -> None:
    first = loudspeaker.open()
    first.feed(audio(1000))
    voice.sound()
    second = loudspeaker.open()
    second.feed(audio(20, level=5))
    second.end()
    assert (voice.sound()[480:] == 0).all()
    assert voice.read() is None
    assert await finished(first)
    assert (voice.sound() == 5).all()
    assert voice.read() is None
    assert await finished(second)


async def test_a_reply_cut_while_it_waits_for_its_turn_is_never_heard(
    voice: Voice, loudspeaker: DiscordLoudspeaker
) -> None:
    first = loudspeaker.open()
    first.feed(audio(1000))
    second = loudspeaker.open()
    second.feed(audio(1000))
    third = loudspeaker.open()
    third.feed(audio(20, level=5))
    assert await finished(second)
    while voice.read() is not None:
        pass
    assert await finished(first)
    assert (voice.sound() == 5).all()


@pytest.mark.parametrize("there_is_one", [True, False])
async def test_without_a_connection_a_reply_is_over_at_once(
    voice: Voice, there_is_one: bool, caplog: pytest.LogCaptureFixture
) -> None:
    voice.connected = False
    reply = DiscordLoudspeaker(lambda: voice if there_is_one else None).open()
    reply.feed(audio(100))
    assert await finished(reply)
    assert reply.played_ms == 0
    assert "Not connected" in caplog.text


async def test_a_connection_that_dies_finishes_its_reply(
    voice: Voice, loudspeaker: DiscordLoudspeaker
) -> None:
    reply = loudspeaker.open()
    reply.feed(audio(1000))
    voice.sound()
    voice.stop()  # as discord.py does on every disconnect
    assert await finished(reply)
    assert reply.played_ms == 20
    again = loudspeaker.open()
    again.feed(audio(20))
    assert len(voice.played) == 2


async def test_a_cut_during_a_reconnect_does_not_wait_for_it(
    voice: Voice, reply: ReplySource
) -> None:
    reply.feed(audio(1000))
    voice.connected = False
    reply.cut()
    assert await finished(reply)


async def test_a_player_that_fails_is_logged_and_finishes_the_reply(
    voice: Voice, reply: ReplySource, caplog: pytest.LogCaptureFixture
) -> None:
    reply.feed(audio(1000))
    with caplog.at_level(logging.ERROR):
        voice.end(RuntimeError("encoder broke"))
        assert await finished(reply)
    assert "encoder broke" in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [np.zeros(960, np.float32), np.zeros((960, 2), np.int16)],
)
async def test_other_shapes_of_audio_are_refused(reply: ReplySource, wrong: Any) -> None:
    with pytest.raises(ValueError, match="48 kHz mono"):
        reply.feed(wrong)


async def test_every_frame_is_whole_while_another_thread_feeds(
    voice: Voice, reply: ReplySource
) -> None:
    """Reads a thousand frames while another thread feeds, ducks and resumes without a pause."""
    reply.feed(audio(20))
    stop = threading.Event()

    def meddle() -> None:
        while not stop.is_set():
            reply.feed(audio(20))
            reply.duck()
            reply.resume(20)

    thread = threading.Thread(target=meddle)
    thread.start()
    try:
        for _ in range(1000):
            assert len(voice.sound()) == SPOKEN_FRAME
    finally:
        stop.set()
        thread.join()
