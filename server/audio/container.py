"""Detection of the audio container by its first bytes: content types are unreliable."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Container(Enum):
    """The container of an audio stream; it selects the decoder."""

    PCM = "raw samples"
    WAV = "WAV"
    MP3 = "MP3"
    OTHER = "a container that is decoded once it is complete"


_MAGIC_BYTES: Final = (b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FORM", b"caff", b"\x1f\x8b\x08")
"""Magic bytes. The last are gzip's: not audio, but not raw samples either."""
_BITRATES: Final = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
"""kbit/s of layer III by index: MPEG 1, and MPEG 2 and 2.5 (ISO 11172-3, 13818-3)."""
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Hz by index, for the version bits of MPEG 1, 2 and 2.5."""


def detect_container(head: bytes, *, complete: bool, asked_for_pcm: bool) -> Container | None:
    """The container of a stream that begins with ``head``; None if more bytes are needed.

    Raw samples have no magic bytes: they are the default, if they were requested.
    """
    if len(head) < 12 and not complete:
        return None
    if head.startswith((b"RIFF", b"RF64")):
        return Container.WAV
    if head.startswith(b"ID3"):
        return Container.MP3
    if head.startswith(_MAGIC_BYTES) or head[4:8] == b"ftyp":
        return Container.OTHER
    if head[:1] == b"\xff" and head[1:2] >= b"\xe0":
        return _mpeg_or_samples(head, complete, asked_for_pcm)
    return Container.PCM if asked_for_pcm else Container.OTHER


def _mpeg_or_samples(head: bytes, complete: bool, asked_for_pcm: bool) -> Container | None:
    """Quiet samples can look like a frame header, so a second header must follow the first."""
    length = mp3_frame_bytes(head)
    if length is not None:
        if len(head) < length + 4 and not complete:
            return None
        next_frame = head[length:]
        if mp3_frame_bytes(next_frame) is not None or (complete and not next_frame):
            return Container.MP3
    return Container.PCM if asked_for_pcm else Container.OTHER


def mp3_frame_bytes(head: bytes) -> int | None:
    """The length of the layer III frame that begins ``head``; None if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in _RATES or bitrate in (0, 15) or rate == 3:
        return None
    kbits = _BITRATES[0 if version == 3 else 1][bitrate]
    samples = 1152 if version == 3 else 576
    return samples * kbits * 125 // _RATES[version][rate] + (head[2] >> 1 & 1)
