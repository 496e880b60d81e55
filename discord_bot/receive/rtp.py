"""RTP as Discord's voice server sends it in the ``rtpsize`` modes.

    0   V=2 | padded | extended | CSRC count     1   marker | payload type
    2   sequence      4   timestamp (48 kHz)     8   SSRC
    12  CSRCs, then, if extended, profile and length of the extension: clear and authenticated
    ..  encrypted: extension words, payload, padding; then the tag and a nonce of 4 bytes

The padding lies inside the encryption and around the DAVE frame: left on, it hides DAVE's marker.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from discord_bot.receive.errors import NotAudio

OPUS_PAYLOAD_TYPE: Final = 120
OPUS_SILENCE: Final = b"\xf8\xff\xfe"
"""Sent five times at the end of talk; never DAVE-encrypted."""
TAG_SIZE: Final = 16
NONCE_SIZE: Final = 4
_FIXED_HEADER: Final = 12


class RtpHeader(NamedTuple):
    sequence: int
    timestamp: int
    ssrc: int
    size: int
    """Bytes in the clear, which the tag covers."""
    extension_size: int
    """Encrypted bytes in front of the payload."""
    padded: bool


@dataclass(slots=True)
class RtpPacket:
    """One person's Opus frame on its way to the decoder; DAVE-encrypted or not."""

    sequence: int
    ssrc: int
    at: float
    """Its arrival, on the event loop's clock."""
    frame: bytes
    """Empty for a packet of padding alone: the voice server probes the bandwidth with those."""
    opened: bool = False
    """Whether the DAVE encryption is off already."""

    @property
    def is_speech(self) -> bool:
        """Whether there is anything in it that could be encrypted."""
        return self.frame not in (b"", OPUS_SILENCE)


def parse_header(datagram: bytes) -> RtpHeader:
    """Read the clear part.

    Raises:
        NotAudio: this is no Opus packet, or too short to be one.
    """
    if len(datagram) < _FIXED_HEADER + TAG_SIZE + NONCE_SIZE:
        raise NotAudio(f"{len(datagram)} bytes are too few for RTP")
    first, second = datagram[0], datagram[1]
    if first >> 6 != 2 or second & 0x7F != OPUS_PAYLOAD_TYPE:
        raise NotAudio(f"RTP version {first >> 6}, payload type {second & 0x7F}")
    sequence, timestamp, ssrc = struct.unpack_from(">HII", datagram, 2)
    size = _FIXED_HEADER + 4 * (first & 0x0F)
    extension_size = 0
    if first & 0x10:
        if len(datagram) < size + 4:
            raise NotAudio("cut off before its header extension")
        extension_size = 4 * struct.unpack_from(">H", datagram, size + 2)[0]
        size += 4
    if len(datagram) < size + TAG_SIZE + NONCE_SIZE:
        raise NotAudio("cut off before its payload")
    return RtpHeader(sequence, timestamp, ssrc, size, extension_size, bool(first & 0x20))


def strip(header: RtpHeader, plain: bytes) -> bytes:
    """The payload inside what the transport key opened; it may be empty.

    Raises:
        NotAudio: padding or extension are longer than the packet.
    """
    end = len(plain)
    if header.padded:
        padding = plain[-1] if plain else 0
        if not 0 < padding <= end - header.extension_size:
            raise NotAudio(f"{padding} bytes of padding in {end}")
        end -= padding
    elif header.extension_size > end:
        raise NotAudio(f"a header extension of {header.extension_size} bytes in {end}")
    return plain[header.extension_size : end]
