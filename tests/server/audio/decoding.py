"""Helpers to feed a decoder in chunks, and to build WAV files."""

from __future__ import annotations

import struct

import numpy as np

from pipeline.audio import Pcm16
from server.audio.decode import Decoder


def decoded(decoder: Decoder, data: bytes, piece: int) -> Pcm16:
    """All samples of ``data``, fed ``piece`` bytes at a time."""
    frames = []
    for begin in range(0, len(data), piece):
        frames += decoder.feed(data[begin : begin + piece])
    frames += decoder.finish()
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def chunk(name: bytes, data: bytes, *, size: int | None = None, pad: bool = True) -> bytes:
    """A chunk; ``size`` overrides the size in its header."""
    claimed = len(data) if size is None else size
    return name + struct.pack("<I", claimed) + data + b"\0" * (len(data) % 2 if pad else 0)


def fmt(tag: int, channels: int, rate: int, bits: int, extension: bytes = b"") -> bytes:
    """The content of a ``fmt`` chunk."""
    block = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extension


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    claimed = 4 + sum(map(len, chunks)) if size is None else size
    return b"RIFF" + struct.pack("<I", claimed) + b"WAVE" + b"".join(chunks)


def wav_of(rate: int, channels: int, bits: int, samples: bytes, *, is_float: bool = False) -> bytes:
    format_ = chunk(b"fmt ", fmt(3 if is_float else 1, channels, rate, bits))
    return riff(format_, chunk(b"data", samples, pad=False), size=0)
