"""Decoders: the bytes of a response to frames of samples, one decoder a container. No I/O.

Raw samples, WAV and MP3 are decoded as they arrive; other containers when the response is complete.
Several files in one response are played one after the other. Of a damaged file, the readable part
is played.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final, Protocol

import av
import numpy as np

from server.audio.container import Container
from server.audio.media_file import open_media
from server.audio.mp3 import Mp3Decoder
from server.audio.resample import mono_frame
from server.audio.wav_decoder import WavDecoder
from server.errors import Undecodable


class Decoder(Protocol):
    """Decodes a byte stream to `av.AudioFrame`s. Both methods raise `Undecodable`."""

    def feed(self, data: bytes) -> list[av.AudioFrame]: ...

    def finish(self) -> list[av.AudioFrame]: ...


def decoder_for(container: Container, pcm_rate: int) -> Decoder:
    """A new decoder; ``pcm_rate`` is the rate of raw samples in Hz."""
    match container:
        case Container.PCM:
            return PcmDecoder(pcm_rate)
        case Container.WAV:
            return WavDecoder()
        case Container.MP3:
            return Mp3Decoder()
        case Container.OTHER:
            return WholeDecoder()


class PcmDecoder:
    """Raw s16le mono samples. An odd byte waits for the next one."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._rest = b""

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        data = self._rest + data
        even = len(data) & ~1
        self._rest = data[even:]
        return [mono_frame(np.frombuffer(data[:even], "<i2"), self._rate)] if even else []

    def finish(self) -> list[av.AudioFrame]:
        return []


class WholeDecoder:
    """Ogg, FLAC and what else `open_media` reads, once the response is complete."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        self._data += data
        return []

    def finish(self) -> list[av.AudioFrame]:
        frames: list[av.AudioFrame] = []
        problem: Exception | None = None
        for file in files_in(bytes(self._data)):
            try:
                with open_media(io.BytesIO(file)) as container:
                    # No list comprehension: the frames before the damage count.
                    for frame in container.decode(audio=0):
                        frames.append(frame)  # noqa: PERF402
            except (av.FFmpegError, IndexError, ValueError) as error:
                problem = error
        if problem is not None and not frames:
            start = bytes(self._data[:8])
            raise Undecodable(
                f"{len(self._data)} bytes that begin with {start!r} and are not audio: {problem}"
            ) from problem
        return frames


_BEGINS: Final = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22|\x00\x00\x00.ftyp", re.DOTALL)
"""The beginning of a FLAC or an MP4 file, long enough not to occur within one."""
_OGG_PAGE: Final = re.compile(rb"OggS\x00(.)", re.DOTALL)
_FIRST_PAGE: Final = 0x02
"""The flag of the first page of an Ogg stream (RFC 3533, section 6)."""


def files_in(data: bytes) -> list[bytes]:
    """The files that ``data`` consists of; bytes before the first belong to it."""
    begins = sorted({0, *(_ogg_begins(data) if data.startswith(b"OggS") else _begins(data))})
    return [data[begin:end] for begin, end in zip(begins, [*begins[1:], len(data)], strict=True)]


def _begins(data: bytes) -> Iterator[int]:
    return (found.start() for found in _BEGINS.finditer(data))


def _ogg_begins(data: bytes) -> Iterator[int]:
    """Where files begin: at a first page after others. Each stream of a file has a first page."""
    others = False
    for page in _OGG_PAGE.finditer(data):
        is_first = bool(page[1][0] & _FIRST_PAGE)
        if is_first and others:
            yield page.start()
        others = not is_first
