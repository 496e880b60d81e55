"""Opus packets of 20 ms and the samples in them, by FFmpeg's libopus (PyAV). No I/O.

A packet (RFC 6716) is one binary message of the WebSocket; there is no container.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import av
import numpy as np
from av.codec.codec import UnknownCodecError

from pipeline.audio import FRAME_MS, SPOKEN_FRAME, SPOKEN_RATE, Pcm16
from web.errors import TalkRefused

AudioForm: TypeAlias = Literal["pcm", "opus"]
"""How audio is sent: as samples, or as Opus where both ends can."""

LONGEST_PACKET: Final = 1_500
"""Bytes. A frame of 20 ms has 1,275 at most."""
BIT_RATE: Final = 32_000
"""Of speech in full band (RFC 7587 gives 28 to 40 kb/s); PCM at 48 kHz has 768,000."""
_COMPLEXITY: Final = "5"
"""0.17 ms for a frame on the machine of the benchmarks; 10 takes 0.23 ms, for the same rate."""


def usable(form: AudioForm) -> AudioForm:
    """``form``, or PCM where this FFmpeg has no libopus."""
    try:
        av.Codec("libopus", "w")
        av.Codec("libopus", "r")
    except UnknownCodecError:
        return "pcm"
    return form


class PageOpusDecoder:
    """Decodes the packets of one stream, in their order."""

    def __init__(self) -> None:
        self._codec = av.AudioCodecContext.create("libopus", "r")
        self._codec.sample_rate = SPOKEN_RATE
        self._codec.layout = "mono"
        self._codec.open()

    def decode(self, packet: bytes) -> Pcm16:
        """The samples of a packet, 48 kHz mono ``int16[n]``.

        Raises:
            TalkRefused: it is no packet of Opus.
        """
        if not 0 < len(packet) <= LONGEST_PACKET:
            raise TalkRefused(f"a packet of Opus has 1 to {LONGEST_PACKET} bytes")
        try:
            frames = self._codec.decode(av.Packet(packet))
        except av.FFmpegError as error:
            raise TalkRefused("the page sent what is no packet of Opus") from error
        parts = [frame.to_ndarray().reshape(-1) for frame in frames]
        return np.concatenate(parts) if parts else np.empty(0, np.int16)


class PageOpusEncoder:
    """Encodes one stream, 20 ms at a time. What comes out is 6.5 ms behind what goes in."""

    def __init__(self) -> None:
        self._codec = av.AudioCodecContext.create("libopus", "w")
        self._codec.sample_rate = SPOKEN_RATE
        self._codec.layout = "mono"
        self._codec.format = av.AudioFormat("s16")
        self._codec.bit_rate = BIT_RATE
        self._codec.options = {
            "application": "voip",
            "frame_duration": str(FRAME_MS),
            "compression_level": _COMPLEXITY,
        }
        self._codec.open()

    def encode(self, frame: bytes) -> bytes:
        """The packet of 20 ms: 960 samples of 16 bits, little-endian, at 48 kHz."""
        pcm = np.frombuffer(frame, "<i2").astype(np.int16)
        if pcm.size != SPOKEN_FRAME:
            raise ValueError(f"a frame has {SPOKEN_FRAME} samples, not {pcm.size}")
        samples = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        samples.sample_rate = SPOKEN_RATE
        return b"".join(bytes(packet) for packet in self._codec.encode(samples))
