from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from demo.pictures.png import decoded, small_png

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows: bytes, width: int, height: int, *, kind: int = 2, depth: int = 8) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def test_each_filter_is_reversed() -> None:
    # Two RGB pixels a row; every row shows 10 20 30, 11 22 33.
    rows = bytes(
        [
            *(0, 10, 20, 30, 11, 22, 33),
            *(1, 10, 20, 30, 1, 2, 3),
            *(2, 0, 0, 0, 0, 0, 0),
            *(3, 5, 10, 15, 1, 1, 2),
            *(4, 0, 0, 0, 0, 0, 0),
        ]
    )
    expected = [[[10, 20, 30], [11, 22, 33]]] * 5
    assert decoded(png(rows, 2, 5)).tolist() == expected


def test_transparency_is_left_out() -> None:
    assert decoded(png(bytes([0, 1, 2, 3, 255]), 1, 1, kind=6)).tolist() == [[[1, 2, 3]]]


def palette_picture(data: bytes) -> np.ndarray:
    """A picture with a palette and without filters, as `small_png` writes it."""
    found, at = {}, len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += length + 12
    width, height = struct.unpack_from(">II", found[b"IHDR"])
    colours = np.frombuffer(found[b"PLTE"], np.uint8).reshape(-1, 3)
    rows = np.frombuffer(zlib.decompress(found[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return colours[rows[:, 1:]]


def test_few_colours_stay_as_they_are() -> None:
    pixels = np.random.default_rng(1).integers(0, 6, (40, 30, 3), np.uint8) * 40
    rows = np.concatenate([np.zeros((40, 1), np.uint8), pixels.reshape(40, 90)], axis=1)
    kept = palette_picture(small_png(png(rows.tobytes(), 30, 40)))
    assert kept.tolist() == pixels.tolist()


def test_of_many_colours_each_becomes_a_near_one() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    rows = np.concatenate([np.zeros((64, 1), np.uint8), pixels.reshape(64, 192)], axis=1)
    kept = palette_picture(small_png(png(rows.tobytes(), 64, 64)))
    assert np.abs(kept.astype(int) - pixels).max() < 64
    assert len(np.unique(kept.reshape(-1, 3), axis=0)) <= 256


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", png(b"\0\0", 1, 1, depth=16)])
def test_another_picture_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r"PNG|8 bits"):
        small_png(wrong)
