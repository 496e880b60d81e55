"""The background sound of a reply: faded in and out, replaced by speech, not counted as speech."""

from __future__ import annotations

import numpy as np
import pytest

from discord_bot.playback.source import DiscordLoudspeaker, ReplySource
from pipeline.audio import SPOKEN_FRAME, SPOKEN_RATE, Pcm16, level_db
from pipeline.ports import DUCKED_DB
from pipeline.speaking.agent_reader import thinking_sound
from tests.discord_bot.playback.test_source import LEVEL, Voice, audio, finished

HUM = np.full(SPOKEN_FRAME * 5, 500, np.int16)


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def loudspeaker(voice: Voice) -> DiscordLoudspeaker:
    return DiscordLoudspeaker(lambda: voice)


@pytest.fixture
async def reply(loudspeaker: DiscordLoudspeaker) -> ReplySource:
    return loudspeaker.open()


def frames(voice: Voice, count: int) -> Pcm16:
    return np.concatenate([voice.sound() for _ in range(count)])


async def test_the_background_plays_before_a_reply_and_is_no_part_of_it(
    voice: Voice, reply: ReplySource
) -> None:
    reply.fill(HUM)
    sent = frames(voice, 12)
    assert sent[0] == 0, "it fades in"
    assert (sent[480:] == 500).all(), "it loops without a gap"
    assert reply.played_ms == 0
    assert reply.first_sent_at is None
    assert reply.underruns == 0


async def test_speech_fades_the_background_out_at_once(voice: Voice, reply: ReplySource) -> None:
    reply.fill(HUM)
    frames(voice, 3)
    reply.feed(audio(60))
    over = voice.sound()
    assert over[0] == LEVEL + 500
    assert (np.diff(over.astype(int)) <= 0).all()
    assert (over[480:] == LEVEL).all()
    assert (frames(voice, 2) == LEVEL).all()
    assert reply.played_ms == 60


async def test_the_background_returns_between_words_until_it_is_ended(
    voice: Voice, reply: ReplySource
) -> None:
    reply.feed(audio(20))
    reply.fill(HUM)
    assert (voice.sound() == LEVEL).all()
    assert (frames(voice, 2)[480:] == 500).all()
    reply.fill(None)
    fading = voice.sound()
    assert fading[0] == 500
    assert (fading[480:] == 0).all()
    assert (voice.sound() == 0).all()
    assert reply.underruns == 1, "silence counts as an underrun again"


async def test_the_background_is_ducked_held_and_follows_the_volume(
    voice: Voice, loudspeaker: DiscordLoudspeaker, reply: ReplySource
) -> None:
    reply.fill(HUM)
    loudspeaker.set_gain_db(6.0)
    loud = frames(voice, 2)[-480:]
    reply.duck()
    ducked = frames(voice, 2)[-480:]
    assert level_db(loud) == pytest.approx(level_db(HUM) + 6.0, abs=0.2)
    assert level_db(ducked) == pytest.approx(level_db(loud) + DUCKED_DB, abs=0.2)
    reply.hold()
    assert (frames(voice, 2)[480:] == 0).all()
    reply.resume()
    assert (frames(voice, 2)[480:] > 900).all()


@pytest.mark.parametrize("how", ["end", "cut"])
async def test_the_background_ends_with_its_reply(
    voice: Voice, reply: ReplySource, how: str
) -> None:
    reply.fill(HUM)
    frames(voice, 2)
    getattr(reply, how)()
    fading = voice.sound()
    assert fading[0] == 500
    assert fading[-1] == 0
    assert voice.read() is None
    assert await finished(reply)
    reply.fill(HUM)
    assert voice.played == [reply], "an ended reply does not start again"


async def test_the_thinking_sound_loops_without_a_click(voice: Voice, reply: ReplySource) -> None:
    reply.fill(thinking_sound())
    sent = frames(voice, 2 * thinking_sound().size // SPOKEN_FRAME).astype(int)
    assert len(sent) > 4 * SPOKEN_RATE
    # A sine of its highest pitch changes by less than this from sample to sample.
    assert np.abs(np.diff(sent)).max() <= 0.08 * np.abs(sent).max() + 1
