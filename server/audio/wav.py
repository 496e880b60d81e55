"""WAV headers: writing our own, and reading those of other servers' streams.

The layout is the RIFF WAVE format of Microsoft's "Multimedia Programming Interface and Data
Specifications 1.0" and ``WAVEFORMATEXTENSIBLE``; RF64 is EBU Tech 3306.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

FILE: Final = re.compile(rb"(?:RIFF|RF64)....WAVE", re.DOTALL)
"""The twelve bytes that a file begins with."""
FILE_BYTES: Final = 12
CHUNK_BYTES: Final = 8
"""Name and size, before the content of a chunk."""

_NAME: Final = re.compile(rb"[ -~]{4}")
_UNKNOWN_SIZE: Final = 0xFFFFFFFF
_PCM: Final = 1
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
_FMT_BYTES: Final = 16
_FMT_READ: Final = 26
"""Up to and including the format tag of the extensible form."""
_HEADER_LIMIT: Final = 1 << 20
"""The longest header; the metadata of real ones is a few hundred bytes."""
_RATES_HZ: Final = (1_000, 768_000)
_READABLE: Final = frozenset(
    {(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)}
)
_MOST_CHUNKS: Final = 64
"""Most chunks before the samples; a streamed header is parsed again as it grows."""


class BadWav(ValueError):
    """The data is not a readable WAV; the text says why."""


@dataclass(frozen=True, slots=True)
class WavFormat:
    """The sample format: ``bits`` each, floats or integers, channels interleaved."""

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

    Without ``data_bytes`` the stream's length is unknown. Its sizes are then 0xFFFFFFFF, which
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


def read_header(data: bytes, *, complete: bool = False) -> tuple[WavFormat, int, int | None] | None:
    """The format, the index of the first sample, and the bytes of samples (None: to the end).

    Returns None as long as ``data`` ends before the samples. The sizes 0 and 0xFFFFFFFF are those
    of a stream, and mean: to the end. A chunk with a wrong size is skipped when no chunk begins
    after it, or when a ``complete`` file ends before.

    Raises:
        BadWav: it is not a WAV, or has no usable format before its samples.
    """
    if len(data) < FILE_BYTES:
        return None
    if not FILE.match(data):
        raise BadWav("the data does not begin with a RIFF/WAVE header")
    found: WavFormat | None = None
    searched = offset = FILE_BYTES
    for _ in range(_MOST_CHUNKS):
        if len(data) < offset + CHUNK_BYTES and not complete:
            break
        if not _NAME.fullmatch(data, offset, offset + 4):
            offset = data.find(b"data", searched)
        if offset < 0 or len(data) < offset + CHUNK_BYTES:
            break
        name, size = chunk_at(data, offset)
        searched = offset + 4  # its name is valid, its size may not be
        offset += CHUNK_BYTES
        if name == b"data":
            if found is None:
                raise BadWav("the samples come before their format")
            return found, offset, None if size in (0, _UNKNOWN_SIZE) else size
        if name == b"fmt " and len(data) >= offset + min(size, _FMT_READ):
            found = read_format(data[offset : offset + min(size, _FMT_READ)])
        offset += size
        if size % 2 and data[offset : offset + 1] in (b"\0", b""):
            offset += 1  # the padding that some writers omit
        if offset > _HEADER_LIMIT:
            offset = data.find(b"data", searched)
            if offset < 0:
                raise BadWav("no samples within its first MiB")
    else:
        raise BadWav(f"no samples among its first {_MOST_CHUNKS} chunks")
    if len(data) > _HEADER_LIMIT:
        raise BadWav("no samples within its first MiB")
    return None


def chunk_at(data: bytes, offset: int) -> tuple[bytes, int]:
    """The name and the claimed size of the chunk at ``offset``."""
    name, size = struct.unpack_from("<4sI", data, offset)
    return name, size


def read_format(chunk: bytes) -> WavFormat:
    """The format in a ``fmt`` chunk, without its name and size.

    Raises:
        BadWav: it is too short, or the sample format is not supported.
    """
    if len(chunk) < _FMT_BYTES:
        raise BadWav(f"its format has {len(chunk)} bytes, {_FMT_BYTES} at least are needed")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE:
        (tag,) = struct.unpack_from("<H", chunk, 24) if len(chunk) >= _FMT_READ else (_PCM,)
    usual = _RATES_HZ[0] <= rate <= _RATES_HZ[1]
    if (tag, bits) not in _READABLE or channels == 0 or not usual:
        raise BadWav(f"format {tag} with {bits} bits, {channels} channels and {rate} Hz")
    return WavFormat(rate, channels, bits, tag == _FLOAT)
