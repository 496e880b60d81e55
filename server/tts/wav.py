"""WAV headers: writing ours, and reading those of other servers while they stream.

Layout after the RIFF WAVE format of Microsoft's "Multimedia Programming Interface and Data
Specifications 1.0" and ``WAVEFORMATEXTENSIBLE``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_UNKNOWN_SIZE: Final = 0xFFFFFFFF
_PCM: Final = 1
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
_FMT_BYTES: Final = 16
_HEADER_LIMIT: Final = 1 << 20
"""A header longer than this is no header: the metadata of real ones is a few hundred bytes."""
_MOST_CHUNKS: Final = 64
"""Chunks before the samples; a header that streams in is read anew with each piece of it."""


class BadWav(ValueError):
    """Not a WAV that can be read; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class WavFormat:
    """How the samples of a WAV lie: ``bits`` each, as floats or integers, channels interleaved."""

    rate: int
    channels: int
    bits: int
    is_float: bool = False

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


def header(rate: int, data_bytes: int | None = None) -> bytes:
    """The 44 bytes before s16le mono samples.

    Without ``data_bytes`` those of a stream whose end nobody knows: its sizes are 0xFFFFFFFF, which
    ffmpeg, sox and browsers read up to the end.
    """
    data = _UNKNOWN_SIZE if data_bytes is None else data_bytes
    riff = _UNKNOWN_SIZE if data_bytes is None else data_bytes + 36
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", riff, b"WAVE", b"fmt ", _FMT_BYTES),
        *(_PCM, 1, rate, rate * 2, 2, 16),
        *(b"data", data),
    )


def read_header(data: bytes) -> tuple[WavFormat, int, int | None] | None:
    """The format, where the samples begin, and how many bytes of them follow (None: to the end).

    None as long as ``data`` ends before the samples begin. Sizes of 0 and 0xFFFFFFFF are those of a
    stream: to the end.

    Raises:
        BadWav: not a WAV, or one without a usable format before its samples.
    """
    if len(data) < 12:
        return None
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadWav("the data does not begin with a RIFF/WAVE header")
    found: WavFormat | None = None
    offset = 12
    for _ in range(_MOST_CHUNKS):
        if len(data) < offset + 8:
            return None
        name, size = struct.unpack_from("<4sI", data, offset)
        offset += 8
        if name == b"data":
            if found is None:
                raise BadWav("the samples come before their format")
            return found, offset, None if size in (0, _UNKNOWN_SIZE) else size
        if name == b"fmt " and len(data) >= offset + size:
            found = _read_format(data[offset : offset + size])
        offset += size + size % 2
        if offset > _HEADER_LIMIT:
            raise BadWav("no samples within its first MiB")
    raise BadWav(f"no samples among its first {_MOST_CHUNKS} chunks")


def _read_format(chunk: bytes) -> WavFormat:
    if len(chunk) < _FMT_BYTES:
        raise BadWav(f"its format has {len(chunk)} bytes, {_FMT_BYTES} at least are needed")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        (tag,) = struct.unpack_from("<H", chunk, 24)
    known = {(_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32)}
    if (tag, bits) not in known or channels == 0 or rate == 0:
        raise BadWav(f"format {tag} with {bits} bits, {channels} channels and {rate} Hz")
    return WavFormat(rate, channels, bits, tag == _FLOAT)
