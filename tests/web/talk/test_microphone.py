from __future__ import annotations

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE
from web.errors import TalkRefused
from web.talk.microphone import LEAD_S, PageMicrophone
from web.talk.opus import PageOpusEncoder


def tone(seconds: float, rate: int, hz: float = 440.0, level: float = 8_000) -> bytes:
    at = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes()


def blocks(audio: bytes, rate: int) -> list[bytes]:
    size = rate // 50 * 2
    return [audio[at : at + size] for at in range(0, len(audio), size)]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_tone_keeps_its_length_its_pitch_and_its_level(rate: int) -> None:
    microphone, now, heard = PageMicrophone(rate), 10.0, []
    for block in blocks(tone(1.0, rate), rate):
        now += 0.02
        pcm = microphone.take(block, now)
        if pcm is not None:
            heard.append(pcm)
    pcm = np.concatenate(heard)
    assert abs(pcm.size - HEARD_RATE) < HEARD_RATE // 100
    spectrum = np.abs(np.fft.rfft(pcm[: HEARD_RATE // 2].astype(float)))
    assert abs(int(spectrum.argmax()) * 2 - 440) <= 4
    assert abs(float(np.abs(pcm).max()) - 8_000) < 400


def test_opus_is_heard_as_samples_are() -> None:
    microphone, encoder, now, heard = PageMicrophone(44_100, "opus"), PageOpusEncoder(), 10.0, []
    for block in blocks(tone(1.0, 48_000), 48_000):
        now += 0.02
        pcm = microphone.take(encoder.encode(block), now)
        assert pcm is not None
        heard.append(pcm)
    pcm = np.concatenate(heard)
    assert abs(pcm.size - HEARD_RATE) < HEARD_RATE // 100
    assert abs(float(np.abs(pcm[HEARD_RATE // 10 :]).max()) - 8_000) < 800


@pytest.mark.parametrize("block", [b"", b"\0", b"\0\0\0"])
def test_what_is_no_audio_is_refused(block: bytes) -> None:
    with pytest.raises(TalkRefused, match="2 bytes a sample"):
        PageMicrophone(16_000).take(block, 0.0)


@pytest.mark.parametrize("rate", [0, 7_999, 192_000])
def test_a_rate_that_no_microphone_has_is_refused(rate: int) -> None:
    with pytest.raises(TalkRefused, match="sample rate"):
        PageMicrophone(rate)


def test_a_burst_after_a_delay_is_heard_and_its_lead_is_lost_in_the_next_silence() -> None:
    microphone = PageMicrophone(16_000)
    microphone.take(tone(0.02, 16_000), 1.0)
    burst = [microphone.take(tone(0.02, 16_000), 1.3) for _ in range(15)]
    assert all(each is not None for each in burst)
    silence = bytes(640)
    quiet = [microphone.take(silence, 1.3 + 0.02 * number) for number in range(1, 40)]
    dropped = sum(each is None for each in quiet)
    assert 0 < dropped * 0.02 <= 0.3 - LEAD_S + 0.1
    assert quiet[-1] is not None


def test_a_page_that_floods_is_dropped_and_then_sent_away() -> None:
    microphone = PageMicrophone(16_000)
    block = tone(0.1, 16_000)
    heard = sum(microphone.take(block, 5.0) is not None for _ in range(200))
    assert heard <= 11
    with pytest.raises(TalkRefused, match="faster than real time"):
        [microphone.take(block, 5.0) for _ in range(20)]
