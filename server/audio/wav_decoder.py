"""The decoder of a WAV stream, which does not rely on the sizes in its headers.

A streaming server writes the header before it knows the size. A server that joins sentences sends
one file for each. Editors put text chunks before and after the samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

import av
import numpy as np

from pipeline.audio import Pcm16
from server.audio.resample import mono_frame
from server.audio.wav import (
    CHUNK_BYTES,
    FILE,
    FILE_BYTES,
    BadWav,
    WavFormat,
    chunk_at,
    read_header,
)
from server.errors import Undecodable

_END_OF_SAMPLES: Final = re.compile(
    rb"(?:RIFF|RF64)....WAVE|LIST....(?:INFO|adtl)|(?:id3 |ID3 )....ID3", re.DOTALL
)
"""The next file, or metadata of this one. Samples hardly ever match nine bytes or more."""
_FILES: Final = (b"RIFF", b"RF64")
_ENDS: Final = (*_FILES, b"LIST", b"id3 ", b"ID3 ")
_LONGEST_END: Final = 12
_CHUNK_NAME: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_ ]{3}")
_LONGEST_EXTRA: Final = 1 << 20
"""Longest chunk after the samples: loud samples can look like a chunk's name."""
_TO_THE_NEXT_FILE: Final = 1 << 62
"""The number of bytes to skip when it is unknown: up to the next file."""


class _At(Enum):
    """The next part of the stream."""

    HEADER = "a file's header"
    SAMPLES = "samples"
    CHUNK = "a chunk after the samples"


class WavDecoder:
    """Decodes PCM of 8 to 32 bits and floats, with any number of channels, file after file."""

    def __init__(self) -> None:
        self._data = b""
        self._at = _At.HEADER
        self._enough = 0
        """Bytes needed before the header is parsed again from its beginning."""
        self._format: WavFormat | None = None
        self._left: int | None = None
        """Bytes of samples that remain according to the header; None: to the end."""
        self._skip = 0
        """Bytes of the current chunk that remain to be skipped."""

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        self._data += data
        return list(self._frames(complete=False))

    def finish(self) -> list[av.AudioFrame]:
        frames = list(self._frames(complete=True))
        if self._format is None:
            raise Undecodable(f"a WAV of {len(self._data)} bytes that ends inside its header")
        return frames

    def _frames(self, *, complete: bool) -> Iterator[av.AudioFrame]:
        more = True
        while more:
            match self._at:
                case _At.HEADER:
                    more = self._read_header(complete=complete)
                case _At.CHUNK:
                    more = self._skip_chunk(complete=complete)
                case _At.SAMPLES:
                    samples, more = self._take_samples(complete=complete)
                    if samples:
                        assert self._format is not None
                        yield mono_frame(_to_mono(samples, self._format), self._format.rate)

    def _read_header(self, *, complete: bool) -> bool:
        if len(self._data) < self._enough and not complete:
            return False
        try:
            found = read_header(self._data, complete=complete)
        except BadWav as error:
            if self._format is not None:
                self._data = b""  # bytes after a complete file
                return False
            raise Undecodable(f"a WAV that cannot be read: {error}") from error
        if found is None:
            self._enough = len(self._data) + len(self._data) // 4
            return False
        self._enough = 0
        self._format, begin, self._left = found
        self._data = self._data[begin:]
        self._at = _At.SAMPLES
        return True

    def _take_samples(self, *, complete: bool) -> tuple[bytes, bool]:
        """The bytes that are certainly samples, and whether to continue."""
        end = _find(_END_OF_SAMPLES, _ENDS, self._data)
        if end is not None and (self._left is None or end <= self._left):
            samples, self._data = self._cut(end), self._data[end:]
            self._at, self._skip = _At.CHUNK, 0
            return samples, True
        if self._left is not None and len(self._data) >= self._left:
            return self._end_of_claim(complete=complete)
        return self._take(len(self._data) if complete else _certain_bytes(self._data)), False

    def _end_of_claim(self, *, complete: bool) -> tuple[bytes, bool]:
        """The header's end of the samples; it was wrong if no chunk follows."""
        assert self._left is not None
        assert self._format is not None
        if len(self._data) < self._left + 1 + FILE_BYTES and not complete:
            return self._take(min(self._left, _certain_bytes(self._data))), False
        for end in (self._left, self._left + 1):  # an odd number of bytes may be padded
            if _begins_chunk(self._data[end : end + FILE_BYTES]):
                # A byte that completes a sample is not padding.
                whole = self._left % self._format.frame_bytes == 0
                samples = self._cut(self._left if whole else end)
                self._data = self._data[end:]
                self._at, self._skip = _At.CHUNK, 0
                return samples, True
        self._left = None
        return b"", True

    def _take(self, end: int) -> bytes:
        """Remove and return the complete samples before ``end``."""
        samples = self._cut(end)
        self._data = self._data[len(samples) :]
        if self._left is not None:
            self._left -= len(samples)
        return samples

    def _cut(self, end: int) -> bytes:
        assert self._format is not None
        return self._data[: end - end % self._format.frame_bytes]

    def _skip_chunk(self, *, complete: bool) -> bool:
        """Skip one chunk after the samples; return whether to continue."""
        following = _find(FILE, _FILES, self._data)
        if following is not None and following <= self._skip:
            self._data = self._data[following:]
            self._at = _At.HEADER
            return True
        if len(self._data) < self._skip + FILE_BYTES and not complete:
            passed = min(self._skip, max(len(self._data) - FILE_BYTES + 1, 0))
            self._data, self._skip = self._data[passed:], self._skip - passed
            return False
        self._data = self._data[self._skip :].lstrip(b"\0")
        self._skip = 0
        if len(self._data) < (CHUNK_BYTES if complete else FILE_BYTES):
            return False
        if not _begins_chunk(self._data):
            self._skip = _TO_THE_NEXT_FILE
        elif not FILE.match(self._data):
            self._enter_chunk()
        return True

    def _enter_chunk(self) -> None:
        name, size = chunk_at(self._data, 0)
        if name == b"data":
            self._data, self._left = self._data[CHUNK_BYTES:], size or None
            self._at = _At.SAMPLES
        else:
            self._skip = CHUNK_BYTES + size


def _certain_bytes(data: bytes) -> int:
    """The number of bytes that cannot belong to a marker completed by the next bytes."""
    for begin in range(max(len(data) - _LONGEST_END + 1, 0), len(data)):
        if data[begin : begin + 1] in b"RLiI" and _may_begin_end(data[begin:]):
            return begin
    return len(data)


def _may_begin_end(tail: bytes) -> bool:
    return any(name.startswith(tail[:4]) for name in _ENDS)


def _find(mark: re.Pattern[bytes], names: Iterable[bytes], data: bytes) -> int | None:
    """The index of the first match of ``mark``, which begins with one of ``names``.

    To search for the names is five times as fast as to search for the pattern.
    """
    found: list[int] = []
    for name in names:
        begin = data.find(name)
        while begin >= 0 and not mark.match(data, begin):
            begin = data.find(name, begin + 1)
        if begin >= 0:
            found.append(begin)
    return min(found, default=None)


def _begins_chunk(data: bytes) -> bool:
    if len(data) < CHUNK_BYTES:
        return False
    if FILE.match(data):
        return True
    name, size = chunk_at(data, 0)
    return name == b"data" or (_CHUNK_NAME.fullmatch(name) is not None and size <= _LONGEST_EXTRA)


def _to_mono(data: bytes, wav: WavFormat) -> Pcm16:
    mixed = _sixteen_bit(data, wav).reshape(-1, wav.channels).mean(axis=1)
    mono: Pcm16 = np.clip(mixed, -32768, 32767).astype(np.int16)
    return mono


def _sixteen_bit(data: bytes, wav: WavFormat) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """All samples as floats in the 16-bit range."""
    if wav.is_float:
        with np.errstate(invalid="ignore"):
            floats = np.frombuffer(data, "<f8" if wav.bits == 64 else "<f4").astype(np.float64)
        return np.clip(np.nan_to_num(floats), -2.0, 2.0) * 32767
    if wav.bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if wav.bits == 16:
        return np.frombuffer(data, "<i2").astype(np.float64)
    if wav.bits == 32:
        return np.frombuffer(data, "<i4") / 65536.0
    # The two upper bytes of three are the 16-bit sample.
    upper = np.frombuffer(data, np.uint8).reshape(-1, 3)[:, 1:]
    return np.ascontiguousarray(upper).view("<i2").reshape(-1).astype(np.float64)
