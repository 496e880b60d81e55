from __future__ import annotations

import io
import struct
import wave

import pytest

from server.tts.wav import BadWav, WavFormat, header, read_header


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def fmt(tag: int, channels: int, rate: int, bits: int, extension: bytes = b"") -> bytes:
    block = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extension


def riff(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def test_our_header_is_what_others_read() -> None:
    samples = bytes(range(100))
    with wave.open(io.BytesIO(header(22_050, len(samples)) + samples)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 22_050)
        assert read.readframes(1000) == samples


def test_our_streaming_header_is_of_no_known_end() -> None:
    assert read_header(header(22_050)) == (WavFormat(22_050, 1, 16), 44, None)


def test_a_known_length_is_read() -> None:
    assert read_header(header(24_000, 9600)) == (WavFormat(24_000, 1, 16), 44, 9600)


def test_other_chunks_before_the_samples_are_passed_over() -> None:
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
def test_what_cannot_be_read_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(BadWav, match=problem):
        read_header(data)
