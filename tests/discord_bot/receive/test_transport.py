from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from discord_bot.receive.errors import TransportRefused, UnknownMode
from discord_bot.receive.transport import open_datagram
from tests.discord_bot.receive.packets import AES, XCHACHA, rtp

KEY = bytes(range(32))


def test_xchacha20() -> None:
    assert open_datagram(XCHACHA, list(KEY), rtp(b"hello", KEY), 12) == b"hello"


def test_aes256_gcm() -> None:
    head, nonce = rtp(b"", KEY)[:12], struct.pack(">I", 99)
    datagram = head + AESGCM(KEY).encrypt(nonce + bytes(8), b"hello", head) + nonce
    assert open_datagram(AES, list(KEY), datagram, 12) == b"hello"


@pytest.mark.parametrize("mode", [XCHACHA, AES])
def test_another_key_s_packet_is_refused(mode: str) -> None:
    with pytest.raises(TransportRefused):
        open_datagram(mode, bytes(32), rtp(b"hello", KEY), 12)


def test_a_changed_header_is_refused() -> None:
    datagram = bytearray(rtp(b"hello", KEY))
    datagram[3] ^= 1
    with pytest.raises(TransportRefused):
        open_datagram(XCHACHA, KEY, bytes(datagram), 12)


@pytest.mark.parametrize("key", [(), bytes(31)])
def test_no_key_yet(key: bytes) -> None:
    with pytest.raises(TransportRefused, match="bytes"):
        open_datagram(XCHACHA, key, rtp(b"hello", KEY), 12)


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(UnknownMode, match="rot13"):
        open_datagram("rot13", KEY, rtp(b"hello", KEY), 12)
