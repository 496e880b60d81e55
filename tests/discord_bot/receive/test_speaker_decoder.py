from __future__ import annotations

import discord.opus
import numpy as np
import pytest

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.errors import OpusRefused
from discord_bot.receive.ports import FrameKind
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from discord_bot.receive.speaker_decoder import OpusDecoder, SpeakerDecoder
from pipeline.audio import Pcm16, level_db
from tests.discord_bot.receive.conftest import LIBRARIES
from tests.discord_bot.receive.packets import ANN, RecordingSink, opus_frames, pitch, speech, tone

pytestmark = pytest.mark.usefixtures("opus_library")


def test_48_khz_stereo_comes_out_as_16_khz_mono() -> None:
    decoder = OpusDecoder()
    frames = [decoder.decode(packet) for packet in opus_frames(tone(440, 0.4))]
    assert [len(pcm) for pcm in frames] == [320] * 20
    assert {pcm.dtype.name for pcm in frames} == {"int16"}
    assert pitch(np.concatenate(frames[5:])) == pytest.approx(440, abs=5)


def test_decoded_frames_are_copies() -> None:
    decoder = OpusDecoder()
    first, second = opus_frames(tone(440, 0.04))
    pcm = decoder.decode(first)
    before = pcm.copy()
    decoder.decode(second)
    assert np.array_equal(pcm, before)


def test_the_end_of_talk_is_20_ms_too() -> None:
    assert len(OpusDecoder().decode(OPUS_SILENCE)) == 320


@pytest.mark.parametrize("sender", LIBRARIES.values(), ids=LIBRARIES.keys())
def test_lost_speech_is_rebuilt_better_by_redundancy_than_by_concealment(
    opus_library: str, sender: str
) -> None:
    discord.opus.load_opus(sender)
    packets = opus_frames(speech("What time is it in Berlin?"))
    discord.opus.load_opus(opus_library)

    def after_loss(lost: int, *, fec: bool) -> Pcm16:
        decoder = OpusDecoder()
        for packet in packets[:lost]:
            decoder.decode(packet)
        return decoder.recover(packets[lost + 1]) if fec else decoder.conceal()

    decoder = OpusDecoder()
    truth = [decoder.decode(packet) for packet in packets]
    voiced = [n for n, pcm in enumerate(truth[5:-1], 5) if level_db(pcm) > -35][::5]
    better_by_db = [
        level_db(after_loss(n, fec=False) - truth[n]) - level_db(after_loss(n, fec=True) - truth[n])
        for n in voiced
    ]
    assert len(voiced) >= 10
    assert np.median(better_by_db) > 6.0


def test_concealed_audio_has_the_length_of_the_frames_before() -> None:
    decoder = OpusDecoder()
    for packet in opus_frames(tone(440, 0.1)):
        decoder.decode(packet)
    assert len(decoder.conceal()) == 320


@pytest.mark.parametrize("packet", [b"", b"\xff" * 40, b"\x03"])
def test_invalid_opus_is_refused_and_the_decoder_stays_usable(packet: bytes) -> None:
    decoder = OpusDecoder()
    with pytest.raises(OpusRefused):
        decoder.decode(packet)
    assert len(decoder.decode(opus_frames(tone(440, 0.02))[0])) == 320


def talk(drop: set[int], frames: list[bytes]) -> tuple[RecordingSink, ReceiveCounters]:
    heard, counters = RecordingSink(), ReceiveCounters()
    decoder = SpeakerDecoder(ANN, counters, heard.on_audio)
    for n, frame in enumerate(frames):
        if n not in drop:
            decoder.push(RtpPacket(n, 5, n * 0.02, frame))
    decoder.due(len(frames) * 0.02 + 0.1)
    return heard, counters


def test_speech_and_its_end() -> None:
    heard, counters = talk(set(), [*opus_frames(tone(440, 0.2)), OPUS_SILENCE])
    assert heard.kinds(ANN) == [FrameKind.SPEECH] * 10 + [FrameKind.SILENCE]
    assert pitch(heard.pcm(ANN, FrameKind.SPEECH)[640:]) == pytest.approx(440, abs=10)
    assert (counters.frames, counters.silence) == (11, 1)
    assert counters.last_frame_at == {ANN: pytest.approx(0.2)}


def test_lost_frames_are_filled_and_the_length_is_kept() -> None:
    heard, counters = talk({5, 6, 12}, opus_frames(tone(440, 0.4)))
    assert heard.ms(ANN) == 400
    assert (counters.concealed, counters.fec) == (1, 2)
    kinds = heard.kinds(ANN)
    assert [n for n, kind in enumerate(kinds) if kind is FrameKind.CONCEALED] == [5, 6, 12]
    gap = heard.pcm(ANN)[5 * 320 : 7 * 320]
    assert np.abs(gap).max() > 1000, "the tone goes on through the gap"


def test_an_invalid_opus_frame_is_dropped_and_counted() -> None:
    frames = opus_frames(tone(440, 0.2))
    frames[4] = b"\xff" * 40
    heard, counters = talk(set(), frames)
    assert heard.kinds(ANN) == [FrameKind.SPEECH] * 9
    assert counters.opus_fail == 1
