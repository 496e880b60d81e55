"""RTP packets under Discord's transport encryption, as the media server writes and reads them.

In the ``rtpsize`` modes the header is authenticated but clear, and so are the four bytes that open
a header extension; the extension's own words, the payload and the padding are encrypted. The last
four bytes of the datagram are the nonce (Discord voice docs, "Transport Encryption Modes"; RFC 3550
section 5).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from simulators.discord.errors import BadPacket

Mode = Literal["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
AES256_GCM: Final[Mode] = "aead_aes256_gcm_rtpsize"
XCHACHA20: Final[Mode] = "aead_xchacha20_poly1305_rtpsize"
MODES: Final[tuple[Mode, ...]] = get_args(Mode)

OPUS: Final = 0x78
"""Discord's RTP payload type of audio (120)."""
SILENCE: Final = b"\xf8\xff\xfe"
"""The Opus frame of silence: sent five times after speech, never end-to-end encrypted."""
SAMPLES_PER_FRAME: Final = 960
KEY_BYTES: Final = 32

_HEADER: Final = struct.Struct(">BBHII")
_EXTENSION: Final = struct.Struct(">HH")
_ONE_BYTE_PROFILE: Final = 0xBEDE  # RFC 8285
_SPEAKING_ELEMENTS: Final = bytes([0x10, 0x7F, 0x90, 0x01, 0, 0, 0, 0])  # audio level and speaking
_NONCE_BYTES: Final = 4
_TAG_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SentRtp:
    """One RTP packet in the clear. ``padding`` is the count of padding bytes, 0 to 255."""

    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    payload_type: int = OPUS
    extension: bool = False
    padding: int = 0


class Cipher(Protocol):
    """One call's transport key."""

    def seal(self, clear: bytes, secret: bytes, nonce: int) -> bytes: ...

    def open(self, clear: bytes, sealed: bytes, nonce: bytes) -> bytes:
        """Raises BadPacket if the key or the header is not the one it was sealed with."""
        ...


class _XChaCha20:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, clear: bytes, secret: bytes, nonce: int) -> bytes:
        full = struct.pack(">I", nonce) + bytes(20)
        sealed: bytes = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            secret, clear, full, self._key
        )
        return sealed

    def open(self, clear: bytes, sealed: bytes, nonce: bytes) -> bytes:
        try:
            secret: bytes = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed, clear, nonce + bytes(20), self._key
            )
        except nacl.exceptions.CryptoError:
            raise BadPacket("not sealed with this session's key") from None
        return secret


class _Aes256Gcm:
    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, clear: bytes, secret: bytes, nonce: int) -> bytes:
        return self._aead.encrypt(struct.pack(">I", nonce) + bytes(8), secret, clear)

    def open(self, clear: bytes, sealed: bytes, nonce: bytes) -> bytes:
        try:
            return self._aead.decrypt(nonce + bytes(8), sealed, clear)
        except InvalidTag:
            raise BadPacket("not sealed with this session's key") from None


def cipher(mode: Mode, key: bytes) -> Cipher:
    return _XChaCha20(key) if mode == XCHACHA20 else _Aes256Gcm(key)


def seal(packet: SentRtp, with_cipher: Cipher, nonce: int) -> bytes:
    """The datagram of a packet."""
    first = 0x80 | (0x10 if packet.extension else 0) | (0x20 if packet.padding else 0)
    clear = _HEADER.pack(first, packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc)
    secret = packet.payload
    if packet.extension:
        clear += _EXTENSION.pack(_ONE_BYTE_PROFILE, len(_SPEAKING_ELEMENTS) // 4)
        secret = _SPEAKING_ELEMENTS + secret
    if packet.padding:
        secret += bytes(packet.padding - 1) + bytes([packet.padding])
    return clear + with_cipher.seal(clear, secret, nonce) + struct.pack(">I", nonce)


def ssrc_of(datagram: bytes) -> int:
    """The SSRC in the clear header.

    Raises:
        BadPacket: it is no RTP packet.
    """
    if len(datagram) < _HEADER.size + _TAG_BYTES + _NONCE_BYTES:
        raise BadPacket(f"{len(datagram)} bytes are too few for an encrypted RTP packet")
    if datagram[0] >> 6 != 2:
        raise BadPacket(f"RTP version {datagram[0] >> 6}, not 2")
    ssrc: int = _HEADER.unpack_from(datagram)[4]
    return ssrc


def unseal(datagram: bytes, with_cipher: Cipher) -> tuple[SentRtp, int]:
    """A client's packet in the clear, and the nonce it was sealed with.

    Raises:
        BadPacket: it is malformed, or sealed with another key; says which.
    """
    ssrc_of(datagram)
    first, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
    head = _HEADER.size + 4 * (first & 0x0F)
    extension_bytes = 0
    if first & 0x10:
        if len(datagram) < head + _EXTENSION.size:
            raise BadPacket("the header extension is cut off")
        extension_bytes = 4 * _EXTENSION.unpack_from(datagram, head)[1]
        head += _EXTENSION.size
    nonce = datagram[-_NONCE_BYTES:]
    secret = with_cipher.open(datagram[:head], datagram[head:-_NONCE_BYTES], nonce)
    padding = secret[-1] if first & 0x20 and secret else 0
    if extension_bytes + padding > len(secret):
        raise BadPacket("extension and padding are longer than the packet")
    packet = SentRtp(
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=secret[extension_bytes : len(secret) - padding],
        payload_type=kind & 0x7F,
        extension=bool(first & 0x10),
        padding=padding,
    )
    return packet, int.from_bytes(nonce, "big")
