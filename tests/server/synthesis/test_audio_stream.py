from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Undecodable
from server.synthesis.audio_stream import AudioStream, rate_in
from tests.server.sounds import encoded, is_the_tone, pcm, wav_file


def stream(pcm_rate: int = 24_000) -> AudioStream:
    return AudioStream(
        pcm_rate=pcm_rate, asked_for_pcm=True, trim_leading=True, max_trailing_ms=200
    )


@pytest.mark.parametrize("piece", [7, 100, 4096, 10**6])
@pytest.mark.parametrize("data", [pcm(24_000), wav_file(22_050)], ids=["pcm", "wav"])
def test_the_split_into_chunks_does_not_change_the_audio(data: bytes, piece: int) -> None:
    audio = stream()
    pieces = [audio.feed(data[begin : begin + piece]) for begin in range(0, len(data), piece)]
    heard = np.concatenate([*pieces, audio.finish()])
    assert is_the_tone(heard)
    assert audio.decoded_s == pytest.approx(0.4, abs=0.001)


def test_a_response_too_short_to_detect_is_decoded_at_its_end() -> None:
    audio = stream(pcm_rate=48_000)
    assert audio.feed(b"\x00\x40\x00\x40").size == 0
    assert list(audio.finish()) == [0x4000, 0x4000]


def test_silence_counts_as_decoded_audio() -> None:
    audio = stream()
    said = np.concatenate((audio.feed(bytes(48_000)), audio.finish()))
    assert said.size == 0
    assert audio.decoded_s == pytest.approx(1.0, abs=0.001)
    assert not audio.sounded
    assert audio.returned_s == 0


def test_returned_audio_is_counted_without_silence() -> None:
    audio = stream()
    audio.feed(pcm(24_000, lead_ms=500, trail_ms=500))
    audio.finish()
    assert audio.sounded
    assert audio.decoded_s == pytest.approx(1.4, abs=0.001)
    assert audio.returned_s == pytest.approx(0.01 + 0.4 + 0.2, abs=0.002)


@pytest.mark.parametrize(
    ("content_type", "rate"),
    [
        ("audio/pcm;rate=22050;channels=1", 22_050),
        ("audio/L16; rate=16000", 16_000),
        ("audio/pcm", None),
        ("audio/pcm; rate=0000", None),
        ("audio/pcm; bitrate=64000", None),
        ("", None),
    ],
)
def test_the_rate_in_a_label_is_read(content_type: str, rate: int | None) -> None:
    assert rate_in(content_type) == rate


FILES = [
    wav_file(24_000, ms=40) * 2,
    encoded("mp3", "libmp3lame", 24_000, ms=100),
    encoded("ogg", "libopus", 48_000, ms=100),
    encoded("flac", "flac", 24_000, ms=40),
    encoded("ipod", "aac", 44_100, ms=100),
]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_bytes_are_decoded_or_raise_undecodable(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        if data.draw(st.booleans()):
            damaged[place] = data.draw(st.integers(0, 255))
        else:
            damaged[place : place + 4] = data.draw(st.binary(max_size=12))
    audio = stream()
    piece = data.draw(st.sampled_from([61, 1000, 10**6]))
    with contextlib.suppress(Undecodable):
        for begin in range(0, len(damaged), piece):
            audio.feed(bytes(damaged[begin : begin + piece]))
        audio.finish()
    assert audio.returned_s <= audio.decoded_s + 0.001
