"""Makes a PNG small: at most 256 colours, and the best compression.

Source: Portable Network Graphics (PNG) Specification (Third Edition), W3C.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {2: 3, 6: 4}
_MOST_COLOURS: Final = 256

Pixels = npt.NDArray[np.uint8]


def small_png(png: bytes) -> bytes:
    """The picture with a palette; it replaces colours by near ones where it has more than 256.

    Raises:
        ValueError: it is no PNG with 8 bits a channel in colour and without interlacing.
    """
    pixels = decoded(png)
    colours, places = _palette(pixels)
    height, width = pixels.shape[:2]
    rows = np.zeros((height, width + 1), np.uint8)  # a row begins with its filter: none
    rows[:, 1:] = places.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def decoded(png: bytes) -> Pixels:
    """The picture as ``uint8[height, width, 3]``; transparency is left out.

    Raises:
        ValueError: as `small_png`.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("this is no PNG")
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in _CHANNELS or interlaced:
        raise ValueError("only colour with 8 bits a channel and without interlacing is read")
    step = _CHANNELS[kind]
    data = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    raw = np.frombuffer(data, np.uint8).reshape(height, width * step + 1)
    above = [0] * (width * step)
    rows = []
    for row in raw:
        above = _unfiltered(int(row[0]), row[1:].tolist(), above, step)
        rows.append(above)
    return np.array(rows, np.uint8).reshape(height, width, step)[:, :, :3]


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], len(_SIGNATURE)
    while at + 8 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _unfiltered(kind: int, row: list[int], above: list[int], step: int) -> list[int]:
    """Reverse a row's filter (section 9 of the specification)."""
    for at, value in enumerate(row):
        left = row[at - step] if at >= step else 0
        up = above[at]
        match kind:
            case 0:
                predicted = 0
            case 1:
                predicted = left
            case 2:
                predicted = up
            case 3:
                predicted = (left + up) // 2
            case _:
                predicted = _paeth(left, up, above[at - step] if at >= step else 0)
        row[at] = (value + predicted) & 255
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    by_left, by_up, by_corner = (abs(estimate - each) for each in (left, up, corner))
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _palette(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Up to 256 colours, ``uint8[n, 3]``, and the colour of each pixel, ``uint8[pixels]``.

    Colours that differ only in their last bits become the most frequent of them.
    """
    flat = pixels.reshape(-1, 3).astype(np.uint32)
    codes = (flat[:, 0] << 16) | (flat[:, 1] << 8) | flat[:, 2]
    colours, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    for bits in range(8):
        keep = np.uint32(0x010101 * (255 >> bits << bits))
        groups, group_of = np.unique(colours & keep, return_inverse=True)
        if groups.size <= _MOST_COLOURS:
            break
    frequent = np.zeros(groups.size, np.uint32)
    order = np.argsort(counts)  # the most frequent colour of a group is written last
    frequent[group_of[order]] = colours[order]
    shown = np.stack([frequent >> 16, frequent >> 8 & 255, frequent & 255], axis=1)
    return shown.astype(np.uint8), group_of[places.reshape(-1)].astype(np.uint8)
