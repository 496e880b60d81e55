from __future__ import annotations

import struct

import numpy as np
import pytest

from pipeline.audio import Pcm16
from server.tts import wav
from server.tts.decode import Decoder, Mp3Decoder, PcmDecoder, Undecodable, WavDecoder, WholeDecoder
from tests.server.tts.sounds import encoded, pcm, tone, wav_file


def decoded(decoder: Decoder, data: bytes, piece: int) -> Pcm16:
    frames = []
    for begin in range(0, len(data), piece):
        frames += decoder.feed(data[begin : begin + piece])
    frames += decoder.finish()
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def wav_of(rate: int, channels: int, bits: int, samples: bytes, *, is_float: bool = False) -> bytes:
    block = channels * bits // 8
    format_ = struct.pack(
        "<HHIIHH", 3 if is_float else 1, channels, rate, rate * block, block, bits
    )
    size = struct.pack("<I", len(samples))
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + format_ + b"data" + size + samples


@pytest.mark.parametrize("piece", [1, 3, 1000, 10**6])
def test_raw_samples_survive_any_cutting(piece: int) -> None:
    assert np.array_equal(decoded(PcmDecoder(24_000), pcm(24_000), piece), tone(24_000))


@pytest.mark.parametrize("piece", [1, 7, 45, 10**6])
def test_a_wav_survives_any_cutting(piece: int) -> None:
    assert np.array_equal(decoded(WavDecoder(), wav_file(24_000), piece), tone(24_000))


def test_the_rate_is_the_headers() -> None:
    (frame,) = WavDecoder().feed(wav_file(44_100))
    assert frame.sample_rate == 44_100


def test_what_follows_the_samples_of_a_wav_is_not_heard() -> None:
    data = wav_file(24_000) + b"LIST\x08\0\0\0INFOjunk"
    assert np.array_equal(decoded(WavDecoder(), data, 1000), tone(24_000))


def test_a_streaming_wav_goes_to_its_end() -> None:
    data = wav.header(24_000) + pcm(24_000)
    assert np.array_equal(decoded(WavDecoder(), data, 1000), tone(24_000))


@pytest.mark.parametrize("piece", [61, 4096])
def test_deeper_and_stereo_samples_become_the_same_sound(piece: int) -> None:
    sound = tone(24_000).astype(np.int32)
    stereo = np.repeat(tone(24_000), 2).tobytes()
    as_24 = (sound << 8).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    as_32 = (sound << 16).astype("<i4").tobytes()
    as_float = (sound / 32767).astype("<f4").tobytes()
    for data in (
        wav_of(24_000, 2, 16, stereo),
        wav_of(24_000, 1, 24, as_24),
        wav_of(24_000, 1, 32, as_32),
        wav_of(24_000, 1, 32, as_float, is_float=True),
    ):
        heard = decoded(WavDecoder(), data, piece)
        assert np.max(np.abs(heard.astype(int) - sound)) <= 1


def test_floats_beyond_full_scale_are_clipped_and_do_not_wrap() -> None:
    loud = np.array([2.0, -2.0], "<f4").tobytes()
    heard = decoded(WavDecoder(), wav_of(24_000, 1, 32, loud, is_float=True), 100)
    assert list(heard) == [32767, -32768]


@pytest.mark.parametrize("piece", [1, 13, 10**6])
@pytest.mark.parametrize("tag", [True, False], ids=["with tag", "bare"])
def test_an_mp3_is_decoded_however_it_is_cut(piece: int, *, tag: bool) -> None:
    data = encoded("mp3", "libmp3lame", 24_000)
    data = data if tag else data[data.index(b"\xff\xf3") :]
    heard = decoded(Mp3Decoder(), data, piece)
    assert 0.38 * 24_000 < heard.size < 0.52 * 24_000
    assert np.abs(heard.astype(float)).max() > 0


def test_a_tag_with_a_picture_is_skipped_whole() -> None:
    # The picture holds what looks like frame headers.
    picture = b"\xff\xfb\x90\x00" * 5000
    size = len(picture)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    plain = encoded("mp3", "libmp3lame", 24_000)
    plain = plain[plain.index(b"\xff\xf3") :]
    tagged = b"ID3\x04\x00\x00" + synchsafe + picture + plain
    assert np.array_equal(decoded(Mp3Decoder(), tagged, 777), decoded(Mp3Decoder(), plain, 777))


def test_a_damaged_mp3_frame_costs_that_frame_only() -> None:
    data = bytearray(encoded("mp3", "libmp3lame", 24_000, ms=2000))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\0" * 40
    assert decoded(Mp3Decoder(), bytes(data), 500).size > 1.7 * 24_000


@pytest.mark.parametrize(
    ("container", "codec", "rate"), [("ogg", "libopus", 48_000), ("flac", "flac", 24_000)]
)
def test_other_containers_are_decoded_when_they_are_whole(
    container: str, codec: str, rate: int
) -> None:
    decoder = WholeDecoder()
    assert decoder.feed(encoded(container, codec, rate)) == []
    seconds = sum(frame.samples / frame.sample_rate for frame in decoder.finish())
    assert 0.38 < seconds < 0.44


@pytest.mark.parametrize("data", [b"", b"{}", b"<html></html>" * 100])
def test_no_audio_is_told_as_such(data: bytes) -> None:
    decoder = WholeDecoder()
    decoder.feed(data)
    with pytest.raises(Undecodable, match=f"{len(data)} bytes"):
        decoder.finish()


def test_a_wav_of_another_kind_is_told() -> None:
    with pytest.raises(Undecodable, match="8 bits"):
        WavDecoder().feed(wav_of(8000, 1, 8, b"1234"))


def test_a_wav_that_never_gets_to_its_samples_is_told() -> None:
    decoder = WavDecoder()
    decoder.feed(wav_file(24_000)[:40])
    with pytest.raises(Undecodable, match="40 bytes that ends inside its header"):
        decoder.finish()
