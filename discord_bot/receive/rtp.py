"""RTP as Discord's voice server sends it in the ``rtpsize`` modes: parse, decrypt, deduplicate.

    0   V=2 | padded | extended | CSRC count     1   marker | payload type
    2   sequence      4   timestamp (48 kHz)     8   SSRC
    12  CSRCs, then, if extended, profile and length of the extension: clear and authenticated
    ..  encrypted: extension words, payload, padding; then the tag and a nonce of 4 bytes

The padding is inside the transport encryption and after the DAVE frame. It must be removed before
the DAVE marker, at the end of the frame, can be found.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from discord_bot.receive.errors import NotAudio, TransportRefused, UnknownMode

OPUS_PAYLOAD_TYPE: Final = 120
OPUS_SILENCE: Final = b"\xf8\xff\xfe"
"""Sent five times at the end of talk; never DAVE-encrypted."""
TAG_SIZE: Final = 16
NONCE_SIZE: Final = 4
KEY_SIZE: Final = 32
_FIXED_HEADER: Final = 12
_REMEMBERED: Final = 128
"""Sequence numbers of each stream for `ReplayFilter`: 2.5 s of speech."""
_MAX_STREAMS: Final = 256


class RtpHeader(NamedTuple):
    """The clear part of a packet, which the tag authenticates."""

    sequence: int
    timestamp: int
    ssrc: int
    size: int
    """Bytes of the clear part."""
    extension_size: int
    """Encrypted bytes before the payload."""
    padded: bool


@dataclass(slots=True)
class RtpPacket:
    """One Opus frame of one speaker, which may still be DAVE-encrypted."""

    sequence: int
    ssrc: int
    at: float
    """Its arrival, on the event loop's clock."""
    frame: bytes
    """Empty for a packet of padding alone; the voice server probes the bandwidth with those."""
    decrypted: bool = False
    """Whether the DAVE encryption has been removed."""

    @property
    def is_speech(self) -> bool:
        """Whether the frame is one that DAVE encrypts: neither empty nor `OPUS_SILENCE`."""
        return self.frame not in (b"", OPUS_SILENCE)


def parse_header(datagram: bytes) -> RtpHeader:
    """Read the clear part of a datagram.

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


_Decrypt = Callable[[bytes, bytes, bytes, bytes], bytes]
"""key, nonce of 4 bytes, ciphertext with tag, authenticated header -> plaintext"""


def _decrypt_xchacha20(key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    plain: bytes = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed, header, nonce + bytes(24 - NONCE_SIZE), key
    )
    return plain


def _decrypt_aes256_gcm(key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce + bytes(12 - NONCE_SIZE), sealed, header)


_MODES: Final[Mapping[str, _Decrypt]] = MappingProxyType(
    {
        "aead_xchacha20_poly1305_rtpsize": _decrypt_xchacha20,
        "aead_aes256_gcm_rtpsize": _decrypt_aes256_gcm,
    }
)


def decrypt_datagram(mode: str, key: Sequence[int], datagram: bytes, header_size: int) -> bytes:
    """Decrypt what follows the clear header.

    Mode and key are arguments because every reconnect changes them.

    Raises:
        UnknownMode: the call negotiated an encryption that is not implemented.
        TransportRefused: the packet has another key, as across a reconnect, or is damaged.
    """
    decrypt = _MODES.get(mode)
    if decrypt is None:
        raise UnknownMode(f"the call uses {mode!r}; known are {', '.join(_MODES)}")
    if len(key) != KEY_SIZE:
        raise TransportRefused(f"the transport key has {len(key)} bytes, not {KEY_SIZE}")
    header, sealed = datagram[:header_size], datagram[header_size:-NONCE_SIZE]
    try:
        return decrypt(bytes(key), datagram[-NONCE_SIZE:], sealed, header)
    except (nacl.exceptions.CryptoError, InvalidTag, ValueError) as e:
        raise TransportRefused("the transport key does not open this packet") from e


def extract_payload(header: RtpHeader, plain: bytes) -> bytes:
    """Remove header extension and padding from a decrypted packet; the payload may be empty.

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


class ReplayFilter:
    """Detects duplicate packets by the latest sequence numbers of each stream.

    It comes before DAVE, which decrypts a frame only once.
    """

    def __init__(self) -> None:
        self._streams: OrderedDict[int, OrderedDict[int, None]] = OrderedDict()

    def is_duplicate(self, ssrc: int, sequence: int) -> bool:
        """Whether this packet came before; remembers it if not."""
        seen = self._streams.get(ssrc)
        if seen is None:
            seen = self._streams[ssrc] = OrderedDict()
            if len(self._streams) > _MAX_STREAMS:
                self._streams.popitem(last=False)
        if sequence in seen:
            return True
        seen[sequence] = None
        if len(seen) > _REMEMBERED:
            seen.popitem(last=False)
        return False

    def forget(self, ssrc: int) -> None:
        self._streams.pop(ssrc, None)

    def clear(self) -> None:
        self._streams.clear()
