"""Encoders: s16le speech to the formats of OpenAI's speech API, piece by piece. No I/O.

MP3, Opus in Ogg, AAC in ADTS and FLAC are FFmpeg's, by PyAV; raw samples and WAV are our own. Every
format has `API_RATE` unless the request names another rate; Opus is always decoded at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream as EncodedStream

from server.audio import wav
from server.audio.decode import PcmDecoder

SpeechFormat: TypeAlias = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]

API_RATE: Final = 24_000
"""Hz of the speech of OpenAI's API; its ``pcm`` has no other rate."""
_PAGE_US: Final = "100000"
"""Microseconds of an Ogg page. FFmpeg's own second would delay the first sound by as much."""
_SILENT: Final = API_RATE // 10
"""Samples of the silence that is encoded where there is no speech: an empty file is no file."""


@dataclass(frozen=True, slots=True)
class _Codec:
    container: str
    name: str
    bit_rate: int
    media_type: str
    options: Mapping[str, str] = field(default_factory=dict)


_CODECS: Final[Mapping[str, _Codec]] = MappingProxyType(
    {
        # The Xing header is written last, at the beginning of the file: a stream cannot have it.
        "mp3": _Codec(
            "mp3", "libmp3lame", 64_000, "audio/mpeg", {"write_xing": "0", "id3v2_version": "0"}
        ),
        "opus": _Codec("ogg", "libopus", 32_000, "audio/ogg", {"page_duration": _PAGE_US}),
        "aac": _Codec("adts", "aac", 64_000, "audio/aac"),
        "flac": _Codec("flac", "flac", 0, "audio/flac"),
    }
)
FORMATS: Final[tuple[SpeechFormat, ...]] = ("mp3", "opus", "aac", "flac", "wav", "pcm")


class Encoder(Protocol):
    """Encodes s16le mono. ``finish`` returns what is left at the end, and comes last."""

    def feed(self, pcm: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


def media_type(form: SpeechFormat, rate: int) -> str:
    """The content type of a response; the one of raw samples has their rate."""
    if form == "pcm":
        return f"audio/pcm;rate={rate};channels=1"
    return "audio/wav" if form == "wav" else _CODECS[form].media_type


def encoded(
    chunks: Generator[bytes, None, None], form: SpeechFormat, spoken_rate: int, rate: int
) -> Generator[bytes, None, None]:
    """The file of s16le mono ``chunks`` at ``spoken_rate``, in ``form`` at ``rate`` Hz.

    A WAV has the sizes of a stream, as its length is not known. Closing the result closes
    ``chunks``.
    """
    encoder = _encoder(form, spoken_rate, rate)
    try:
        for chunk in chunks:
            if data := encoder.feed(chunk):
                yield data
        if data := encoder.finish():
            yield data
    finally:
        chunks.close()


def _encoder(form: SpeechFormat, spoken_rate: int, rate: int) -> Encoder:
    if form in _CODECS:
        return _FileEncoder(_CODECS[form], spoken_rate)
    samples = _Samples() if spoken_rate == rate else _ResampledSamples(spoken_rate, rate)
    return samples if form == "pcm" else _WavEncoder(samples, rate)


class _Samples:
    def feed(self, pcm: bytes) -> bytes:
        return pcm

    def finish(self) -> bytes:
        return b""


class _ResampledSamples:
    def __init__(self, spoken_rate: int, rate: int) -> None:
        self._decoder = PcmDecoder(spoken_rate)
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)

    def feed(self, pcm: bytes) -> bytes:
        frames = self._decoder.feed(pcm)
        return b"".join(
            _bytes(ready) for each in frames for ready in self._resampler.resample(each)
        )

    def finish(self) -> bytes:
        return b"".join(map(_bytes, self._resampler.resample(None)))


class _WavEncoder:
    def __init__(self, samples: Encoder, rate: int) -> None:
        self._samples = samples
        self._header = wav.header(rate)

    def feed(self, pcm: bytes) -> bytes:
        head, self._header = self._header, b""
        return head + self._samples.feed(pcm)

    def finish(self) -> bytes:
        return self._header + self._samples.finish()


class _FileEncoder:
    """A file of FFmpeg's that is never gone back in."""

    def __init__(self, codec: _Codec, spoken_rate: int) -> None:
        self._written = _Sink()
        self._file = av.open(
            self._written,
            "w",
            format=codec.container,
            options={**codec.options, "flush_packets": "1"},
        )
        stream = self._file.add_stream(codec.name, rate=API_RATE, layout="mono")
        self._stream = cast(EncodedStream, stream)
        if codec.bit_rate:
            self._stream.codec_context.bit_rate = codec.bit_rate
        self._decoder = PcmDecoder(spoken_rate)
        self._spoken_rate = spoken_rate
        self._empty = True

    def feed(self, pcm: bytes) -> bytes:
        self._encode(pcm)
        return self._written.take()

    def _encode(self, pcm: bytes) -> None:
        for frame in self._decoder.feed(pcm):
            self._empty = False
            self._file.mux(self._stream.encode(frame))

    def finish(self) -> bytes:
        if self._empty:
            self._encode(bytes(2 * (_SILENT * self._spoken_rate // API_RATE)))
        self._file.mux(self._stream.encode(None))
        self._file.close()
        return self._written.take()


class _Sink:
    """A file that can only be written. What was written is taken out once."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


def _bytes(frame: av.AudioFrame) -> bytes:
    return np.ascontiguousarray(frame.to_ndarray()).astype("<i2").tobytes()
