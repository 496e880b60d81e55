from __future__ import annotations

import io
import struct
import wave

import pytest

from server.audio.wav import BadWav, WavFormat, header, read_header
from tests.server.audio.decoding import chunk, fmt, riff


def test_our_header_is_readable_by_others() -> None:
    samples = bytes(range(100))
    with wave.open(io.BytesIO(header(22_050, len(samples)) + samples)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 22_050)
        assert read.readframes(1000) == samples


def test_our_streaming_header_has_an_unknown_length() -> None:
    assert read_header(header(22_050)) == (WavFormat(22_050, 1, 16), 44, None)


def test_a_known_length_is_read() -> None:
    assert read_header(header(24_000, 9600)) == (WavFormat(24_000, 1, 16), 44, 9600)


def test_other_chunks_before_the_samples_are_skipped() -> None:
    data = riff(
        chunk(b"JUNK", b"odd"), chunk(b"fmt ", fmt(1, 2, 48_000, 24)), chunk(b"LIST", b"x" * 26)
    )
    data += b"data" + struct.pack("<I", 0)
    found = read_header(data)
    assert found == (WavFormat(48_000, 2, 24), len(data), None)


def test_every_beginning_of_a_header_waits_for_the_rest() -> None:
    whole = header(24_000, 100)
    assert [read_header(whole[:end]) for end in range(44)] == [None] * 44


def test_the_extensible_form_names_its_samples_further_in() -> None:
    guid = struct.pack("<H", 3) + bytes.fromhex("000000001000800000aa00389b71")
    extension = struct.pack("<HHI", 22, 32, 4) + guid
    data = riff(chunk(b"fmt ", fmt(0xFFFE, 1, 24_000, 32, extension)), chunk(b"data", b""))
    found = read_header(data)
    assert found is not None
    assert found[0] == WavFormat(24_000, 1, 32, is_float=True)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"OggS" + bytes(20), "RIFF/WAVE"),
        (riff(chunk(b"data", b"1234")), "before their format"),
        (riff(chunk(b"fmt ", fmt(7, 1, 8000, 8))), "format 7 with 8 bits"),
        (riff(chunk(b"fmt ", fmt(1, 0, 8000, 16))), "0 channels"),
        (riff(chunk(b"fmt ", fmt(1, 1, 0, 16))), "0 Hz"),
        (riff(chunk(b"fmt ", b"short")), "5 bytes"),
        (riff() + b"LIST" + struct.pack("<I", 1 << 30), "no samples within"),
        (riff(*[chunk(b"LIST", b"")] * 65), "among its first 64 chunks"),
    ],
)
def test_an_unreadable_format_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(BadWav, match=problem):
        read_header(data)


SAMPLES = b"data" + struct.pack("<I", 100)
FORMAT = chunk(b"fmt ", fmt(1, 1, 24_000, 16))
INFO = b"INFOISFT\x05\0\0\0abcd\0\0"


@pytest.mark.parametrize("claimed", [0, 7, 8, 12, 21, 40, 5000, 1 << 22, 0xFFFFFFFF])
def test_a_chunk_before_the_samples_may_have_a_wrong_size(claimed: int) -> None:
    data = riff(FORMAT, chunk(b"LIST", INFO, size=claimed), SAMPLES) + bytes(100)
    found = read_header(data, complete=True)
    assert found == (WavFormat(24_000, 1, 16), len(data) - 100, 100)


def test_the_padding_of_an_odd_chunk_may_be_missing() -> None:
    data = riff(FORMAT, chunk(b"note", b"odd", pad=False), SAMPLES)
    found = read_header(data + bytes(100))
    assert found == (WavFormat(24_000, 1, 16), len(data), 100)


@pytest.mark.parametrize("size", [14, 0xFFFFFFFF])
def test_a_format_of_a_wrong_size_is_read_as_far_as_it_goes(size: int) -> None:
    longer = fmt(1, 1, 24_000, 16) + b"\0\0"
    data = riff(chunk(b"fmt ", longer, size=max(size, 16)), SAMPLES)
    assert read_header(data) == (WavFormat(24_000, 1, 16), len(data), 100)


def test_the_form_for_large_files_is_read_to_its_end() -> None:
    data = b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", bytes(28)) + FORMAT
    data += b"data\xff\xff\xff\xff"
    assert read_header(data) == (WavFormat(24_000, 1, 16), len(data), None)


def test_an_extensible_form_that_is_too_short_for_its_tag_is_pcm() -> None:
    data = riff(chunk(b"fmt ", fmt(0xFFFE, 2, 24_000, 16)), SAMPLES)
    assert read_header(data) == (WavFormat(24_000, 2, 16), len(data), 100)


def test_a_header_without_samples_is_limited() -> None:
    with pytest.raises(BadWav, match="first MiB"):
        read_header(riff(FORMAT) + b"\0" * (1 << 20))
