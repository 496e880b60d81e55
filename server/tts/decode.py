"""The bytes of an answer to frames of samples, one decoder a container. No I/O.

Each takes the bytes as they come and returns what they complete, so raw samples, WAV and MP3 are
heard while they arrive; the other containers are decoded when the answer is complete.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final, Protocol

import av
import numpy as np

from pipeline.audio import Pcm16
from server.tts.resample import mono_frame
from server.tts.sniff import Container
from server.tts.wav import BadWav, WavFormat, read_header


class Undecodable(ValueError):
    """The bytes are no audio that can be decoded; the text says what they looked like."""


class Decoder(Protocol):
    """Bytes in, `av.AudioFrame`s out. Both methods raise `Undecodable`."""

    def feed(self, data: bytes) -> list[av.AudioFrame]: ...

    def finish(self) -> list[av.AudioFrame]: ...


def decoder_for(container: Container, pcm_rate: int) -> Decoder:
    """A new decoder; ``pcm_rate`` is that of raw samples."""
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
    """s16le mono. An odd byte waits for its other half."""

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


class WavDecoder:
    """PCM of 16, 24 and 32 bits and 32-bit floats, any number of channels."""

    def __init__(self) -> None:
        self._data = b""
        self._format: WavFormat | None = None
        self._left: int | None = None

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        self._data += data
        if self._format is None and not self._read_header():
            return []
        assert self._format is not None
        usable = len(self._data) if self._left is None else min(len(self._data), self._left)
        usable -= usable % self._format.frame_bytes
        if usable == 0:
            return []
        samples, self._data = self._data[:usable], self._data[usable:]
        if self._left is not None:
            self._left -= usable
        return [mono_frame(_to_mono(samples, self._format), self._format.rate)]

    def finish(self) -> list[av.AudioFrame]:
        if self._format is None:
            raise Undecodable(f"a WAV of {len(self._data)} bytes that ends inside its header")
        return []

    def _read_header(self) -> bool:
        try:
            found = read_header(self._data)
        except BadWav as error:
            raise Undecodable(f"a WAV that cannot be read: {error}") from error
        if found is None:
            return False
        self._format, begin, self._left = found
        self._data = self._data[begin:]
        return True


def _to_mono(data: bytes, wav: WavFormat) -> Pcm16:
    if wav.is_float:
        samples = np.frombuffer(data, "<f4").astype(np.float64) * 32767
    elif wav.bits == 16:
        samples = np.frombuffer(data, "<i2").astype(np.float64)
    elif wav.bits == 32:
        samples = np.frombuffer(data, "<i4") / 65536.0
    else:
        # The two upper bytes of three are the 16-bit sample.
        upper = np.frombuffer(data, np.uint8).reshape(-1, 3)[:, 1:]
        samples = np.ascontiguousarray(upper).view("<i2").reshape(-1).astype(np.float64)
    mixed = samples.reshape(-1, wav.channels).mean(axis=1)
    mono: Pcm16 = np.clip(mixed, -32768, 32767).astype(np.int16)
    return mono


class Mp3Decoder:
    """MPEG layer III, frame by frame, after whatever ID3v2 tag comes first."""

    _TAG_HEADER: Final = 10

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("mp3", "r")
        self._head = b""
        self._skip: int | None = None

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        if self._skip is None:
            self._head += data
            if len(self._head) < self._TAG_HEADER:
                return []
            self._skip = _id3_bytes(self._head)
            data, self._head = self._head, b""
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        return self._decode(self._codec.parse(data[skipped:]))

    def finish(self) -> list[av.AudioFrame]:
        return self._decode([*self._codec.parse(b""), None])

    def _decode(self, packets: Sequence[av.Packet[Any] | None]) -> list[av.AudioFrame]:
        frames: list[av.AudioFrame] = []
        for packet in packets:
            try:
                frames += self._codec.decode(packet)
            except av.InvalidDataError:
                # A damaged frame is 24 ms of a sentence: the rest of it is worth more.
                continue
            except av.FFmpegError as error:
                raise Undecodable(f"MP3 that cannot be decoded: {error}") from error
        return frames


def _id3_bytes(head: bytes) -> int:
    """Length of the ID3v2 tag at the start, 0 without one (id3.org, ID3v2.4 section 3.1)."""
    if not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    footer = 10 if head[5] & 0x10 else 0
    return 10 + size + footer


class WholeDecoder:
    """Ogg, FLAC and whatever else FFmpeg knows, once it has all of it."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        self._data += data
        return []

    def finish(self) -> list[av.AudioFrame]:
        try:
            with av.open(io.BytesIO(self._data), "r") as container:
                return list(container.decode(audio=0))
        except (av.FFmpegError, IndexError) as error:
            start = bytes(self._data[:8])
            raise Undecodable(
                f"{len(self._data)} bytes that begin with {start!r} and are no audio: {error}"
            ) from error
