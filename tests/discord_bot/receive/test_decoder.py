from __future__ import annotations

import numpy as np
import pytest

from discord_bot.receive.decoder import OpusDecoder
from discord_bot.receive.errors import OpusRefused
from discord_bot.receive.rtp import OPUS_SILENCE
from pipeline.audio import level_db
from tests.discord_bot.receive.packets import opus_frames, pitch, tone


def test_48_khz_stereo_comes_out_as_16_khz_mono() -> None:
    decoder = OpusDecoder()
    frames = [decoder.decode(packet) for packet in opus_frames(tone(440, 0.4))]
    assert [len(pcm) for pcm in frames] == [320] * 20
    assert {pcm.dtype.name for pcm in frames} == {"int16"}
    assert pitch(np.concatenate(frames[5:])) == pytest.approx(440, abs=5)


def test_frames_are_the_caller_s_own() -> None:
    decoder = OpusDecoder()
    first, second = opus_frames(tone(440, 0.04))
    pcm = decoder.decode(first)
    before = pcm.copy()
    decoder.decode(second)
    assert np.array_equal(pcm, before)


def test_the_end_of_talk_is_20_ms_too() -> None:
    assert len(OpusDecoder().decode(OPUS_SILENCE)) == 320


def test_a_lost_frame_is_rebuilt_better_than_made_up() -> None:
    rng = np.random.default_rng(1)
    speech = tone(200, 0.3) + (2000 * rng.standard_normal(14400)).astype(np.int16)
    sweep = np.concatenate([speech, tone(900, 0.3)])
    packets = opus_frames(sweep)
    lost = 15  # the pitch changes here: from before, nobody could know

    def after_loss(*, fec: bool) -> np.ndarray:
        decoder = OpusDecoder()
        for packet in packets[:lost]:
            decoder.decode(packet)
        return decoder.recover(packets[lost + 1]) if fec else decoder.conceal()

    reference = OpusDecoder()
    truth = [reference.decode(packet) for packet in packets][lost]
    error_rebuilt = level_db(after_loss(fec=True) - truth)
    error_made_up = level_db(after_loss(fec=False) - truth)
    assert error_rebuilt < error_made_up - 1.0


def test_made_up_audio_is_as_long_as_the_frames_before() -> None:
    decoder = OpusDecoder()
    for packet in opus_frames(tone(440, 0.1)):
        decoder.decode(packet)
    assert len(decoder.conceal()) == 320


@pytest.mark.parametrize("packet", [b"", b"\xff" * 40, b"\x03"])
def test_what_is_no_opus_is_refused_and_the_decoder_lives_on(packet: bytes) -> None:
    decoder = OpusDecoder()
    with pytest.raises(OpusRefused):
        decoder.decode(packet)
    assert len(decoder.decode(opus_frames(tone(440, 0.02))[0])) == 320
