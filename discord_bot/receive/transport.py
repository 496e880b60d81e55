"""The encryption between us and the voice server, as it is towards us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from discord_bot.receive.errors import TransportRefused, UnknownMode
from discord_bot.receive.rtp import NONCE_SIZE

KEY_SIZE: Final = 32

_Open = Callable[[bytes, bytes, bytes, bytes], bytes]
"""key, nonce of 4 bytes, ciphertext with tag, authenticated header -> plain"""


def _open_xchacha20(key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    plain: bytes = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed, header, nonce + bytes(24 - NONCE_SIZE), key
    )
    return plain


def _open_aes256_gcm(key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce + bytes(12 - NONCE_SIZE), sealed, header)


_OPENERS: Final[Mapping[str, _Open]] = MappingProxyType(
    {
        "aead_xchacha20_poly1305_rtpsize": _open_xchacha20,
        "aead_aes256_gcm_rtpsize": _open_aes256_gcm,
    }
)


def open_datagram(mode: str, key: Sequence[int], datagram: bytes, header_size: int) -> bytes:
    """Decrypt what follows the clear header.

    Mode and key change in place on every reconnect, so they come with each packet.

    Raises:
        UnknownMode: the call negotiated an encryption that is not built in.
        TransportRefused: another key's packet, in flight across a reconnect, or damaged.
    """
    opener = _OPENERS.get(mode)
    if opener is None:
        raise UnknownMode(f"the call uses {mode!r}; known are {', '.join(_OPENERS)}")
    if len(key) != KEY_SIZE:
        raise TransportRefused(f"the transport key has {len(key)} bytes, not {KEY_SIZE}")
    header, sealed = datagram[:header_size], datagram[header_size:-NONCE_SIZE]
    try:
        return opener(bytes(key), datagram[-NONCE_SIZE:], sealed, header)
    except (nacl.exceptions.CryptoError, InvalidTag, ValueError) as e:
        raise TransportRefused("the transport key does not open this packet") from e
