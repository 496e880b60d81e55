"""WAV as servers send it: every sample is decoded, and nothing else."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from server.audio import wav
from server.audio.wav_decoder import WavDecoder
from server.errors import Undecodable
from server.synthesis.audio_stream import AudioStream
from tests.server.audio.decoding import chunk, decoded, fmt, riff, wav_of
from tests.server.sounds import is_the_tone, pcm, tone, wav_file


@pytest.mark.parametrize("piece", [1, 7, 45, 10**6])
def test_a_wav_may_arrive_in_any_chunks(piece: int) -> None:
    assert np.array_equal(decoded(WavDecoder(), wav_file(24_000), piece), tone(24_000))


def test_the_rate_is_the_headers() -> None:
    (frame,) = WavDecoder().feed(wav_file(44_100))
    assert frame.sample_rate == 44_100


def test_chunks_after_the_samples_are_skipped() -> None:
    data = wav_file(24_000) + b"LIST\x08\0\0\0INFOjunk"
    assert np.array_equal(decoded(WavDecoder(), data, 1000), tone(24_000))


def test_a_streaming_wav_is_read_to_its_end() -> None:
    data = wav.header(24_000) + pcm(24_000)
    assert np.array_equal(decoded(WavDecoder(), data, 1000), tone(24_000))


@pytest.mark.parametrize("piece", [61, 4096])
def test_bit_depth_and_channels_do_not_change_the_audio(piece: int) -> None:
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


def test_an_unsupported_wav_raises() -> None:
    with pytest.raises(Undecodable, match="format 7 with 8 bits"):
        WavDecoder().feed(riff(chunk(b"fmt ", fmt(7, 1, 8000, 8))))


def test_a_wav_without_samples_raises() -> None:
    decoder = WavDecoder()
    decoder.feed(wav_file(24_000)[:40])
    with pytest.raises(Undecodable, match="40 bytes that ends inside its header"):
        decoder.finish()


# -- sizes -------------------------------------------------------------------------------------

RATE = 24_000
SOUND = tone(RATE, ms=50)
TONE = SOUND.tobytes()
FORMAT = chunk(b"fmt ", fmt(1, 1, RATE, 16))
INFO = b"INFOISFT\x0e\0\0\0Lavf60.16.100\0"
PIECES = [1, 61, 4096, 10**6]


def sized(size: int, samples: bytes = TONE) -> bytes:
    """A WAV that claims ``size`` bytes of samples."""
    return riff(FORMAT, chunk(b"data", samples, size=size, pad=False), size=size)


SIZES = [0, 1, 2, 100, 101, len(TONE) // 2, len(TONE) - 2, len(TONE) - 1, len(TONE)]
SIZES += [len(TONE) + 1, 2 * len(TONE), 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("size", SIZES)
def test_all_samples_are_decoded_despite_wrong_sizes(size: int, piece: int) -> None:
    assert np.array_equal(decoded(WavDecoder(), sized(size), piece), SOUND)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("size", SIZES)
def test_consecutive_files_are_decoded_despite_wrong_sizes(size: int, piece: int) -> None:
    heard = decoded(WavDecoder(), sized(size) * 3, piece)
    assert np.array_equal(heard, np.tile(SOUND, 3))


@pytest.mark.parametrize("size", [0, len(TONE), 0xFFFFFFFF])
def test_the_first_sample_is_not_delayed(size: int) -> None:
    decoder = WavDecoder()
    (frame,) = decoder.feed(sized(size)[:1000])
    assert frame.samples == (1000 - 44) // 2


# -- chunks ------------------------------------------------------------------------------------

EXTRAS = {
    "text": chunk(b"LIST", INFO),
    "several": chunk(b"fact", b"1234") + chunk(b"LIST", INFO) + chunk(b"note", b"odd"),
    "unpadded": chunk(b"note", b"odd", pad=False),
    "id3": chunk(b"id3 ", b"ID3\x04\0\0\0\0\0\x05tag.."),
    "samples alike": chunk(b"JUNK", TONE[:2000]),
    "nothing": chunk(b"PEAK", b""),
}


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("extra", EXTRAS.values(), ids=EXTRAS)
def test_chunks_around_the_samples_are_skipped(extra: bytes, piece: int) -> None:
    one = riff(extra, FORMAT, extra, chunk(b"data", TONE), extra)
    assert np.array_equal(decoded(WavDecoder(), one, piece), SOUND)
    assert np.array_equal(decoded(WavDecoder(), one + one, piece), np.tile(SOUND, 2))


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 2 * len(TONE), 100])
def test_text_after_samples_of_unknown_length_is_not_heard(size: int, piece: int) -> None:
    data = sized(size) + EXTRAS["text"] + EXTRAS["id3"]
    assert np.array_equal(decoded(WavDecoder(), data, piece), SOUND)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("pad", [b"", b"\0"], ids=["bare", "padded"])
def test_an_odd_number_of_bytes_is_padded_or_not(pad: bytes, piece: int) -> None:
    odd = np.full(4001, 200, np.uint8).tobytes()
    one = riff(chunk(b"fmt ", fmt(1, 1, RATE, 8)), chunk(b"data", odd, pad=False) + pad)
    for end in (b"", EXTRAS["text"]):
        heard = decoded(WavDecoder(), one + end + one + end, piece)
        loud = heard[heard == (200 - 128) * 256]
        assert loud.size == 2 * 4001
        assert heard.size - loud.size <= 1, "but for the last padding, which may be a sample"


@pytest.mark.parametrize("piece", PIECES)
def test_a_second_chunk_of_samples_goes_on(piece: int) -> None:
    half = len(TONE) // 2
    data = riff(FORMAT, chunk(b"data", TONE[:half]), chunk(b"data", TONE[half:]))
    assert np.array_equal(decoded(WavDecoder(), data, piece), SOUND)


@pytest.mark.parametrize("piece", PIECES)
def test_chunks_between_samples_and_files_lose_none_of_them(piece: int) -> None:
    half, between = len(TONE) // 2, EXTRAS["several"]
    one = riff(FORMAT, chunk(b"data", TONE[:half]), between, chunk(b"data", TONE[half:]), between)
    assert np.array_equal(decoded(WavDecoder(), one * 2, piece), np.tile(SOUND, 2))


@pytest.mark.parametrize("piece", PIECES)
def test_loud_samples_beyond_the_claim_that_spell_words_are_heard(piece: int) -> None:
    spelled = TONE + b"LOUD" * 300
    heard = decoded(WavDecoder(), sized(len(TONE), spelled), piece)
    assert heard.tobytes() == spelled


@pytest.mark.parametrize("claimed", [5, 400, 1 << 30, 0xFFFFFFFF])
def test_a_file_after_a_chunk_of_wrong_size_is_decoded(claimed: int) -> None:
    one = sized(len(TONE))
    data = one + chunk(b"LIST", INFO, size=claimed) + one
    assert np.array_equal(decoded(WavDecoder(), data, 777), np.tile(SOUND, 2))


def test_a_truncated_header_does_not_affect_the_file_before() -> None:
    one = sized(len(TONE))
    for end in (1, 4, 11, 12, 20, 43):
        heard = decoded(WavDecoder(), one + one[:end], 500)
        assert heard.size - SOUND.size in (0, end // 2)
        assert np.array_equal(heard[: SOUND.size], SOUND)


def test_an_unreadable_second_file_does_not_affect_the_first() -> None:
    bad = riff(chunk(b"fmt ", fmt(7, 1, 8000, 8)), chunk(b"data", TONE))
    heard = decoded(WavDecoder(), sized(0) + bad, 500)
    assert np.array_equal(heard, SOUND)


# -- kinds of samples --------------------------------------------------------------------------


def extensible(tag: int, bits: int) -> bytes:
    guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
    return fmt(0xFFFE, 1, RATE, bits, struct.pack("<HHI", 22, bits, 4) + guid)


def as_bytes(kind: str) -> tuple[bytes, bytes]:
    """A format, and the tone in that format."""
    sound = SOUND.astype(np.float64)
    as_24 = (sound.astype("<i4") << 8).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return {
        "8 bits": (fmt(1, 1, RATE, 8), (sound / 256 + 128).astype(np.uint8).tobytes()),
        "24 bits": (fmt(1, 1, RATE, 24), as_24),
        "double": (fmt(3, 1, RATE, 64), (sound / 32767).astype("<f8").tobytes()),
        "extensible": (extensible(1, 16), TONE),
        "extensible 24": (extensible(1, 24), as_24),
        "extensible float": (extensible(3, 32), (sound / 32767).astype("<f4").tobytes()),
    }[kind]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "kind", ["8 bits", "24 bits", "double", "extensible", "extensible 24", "extensible float"]
)
def test_every_sample_format_gives_the_same_audio(kind: str, piece: int) -> None:
    format_, samples = as_bytes(kind)
    data = riff(chunk(b"fmt ", format_), chunk(b"data", samples))
    heard = decoded(WavDecoder(), data * 2, piece).astype(int)
    coarse = 256 if kind == "8 bits" else 1
    assert np.max(np.abs(heard - np.tile(SOUND, 2))) <= coarse


def test_nan_samples_are_silence() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 1e300, 0.5], "<f8").tobytes()
    heard = decoded(WavDecoder(), wav_of(RATE, 1, 64, odd, is_float=True), 100)
    assert list(heard) == [0, 32767, -32768, 32767, 16383]


def test_files_of_different_rates_become_one_sound() -> None:
    data = wav_file(24_000) + wav_file(44_100) + wav_file(8_000)
    stream = AudioStream(pcm_rate=1, asked_for_pcm=True, trim_leading=True, max_trailing_ms=0)
    parts = [stream.feed(data[begin : begin + 500]) for begin in range(0, len(data), 500)]
    assert is_the_tone(np.concatenate([*parts, stream.finish()]), ms=1200)
