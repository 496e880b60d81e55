from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.discord import rtp
from simulators.discord.errors import BadPacket

KEY = bytes(range(32))
MODES = pytest.mark.parametrize("mode", rtp.MODES)

packets = st.builds(
    rtp.SentRtp,
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFF_FFFF),
    ssrc=st.integers(0, 0xFFFF_FFFF),
    payload=st.binary(min_size=1, max_size=200),
    extension=st.booleans(),
    padding=st.integers(0, 255),
)


@given(packets, st.sampled_from(rtp.MODES), st.integers(0, 0xFFFF_FFFF))
def test_a_packet_opens_to_what_was_sealed(packet: rtp.SentRtp, mode: rtp.Mode, nonce: int) -> None:
    cipher = rtp.cipher(mode, KEY)
    assert rtp.unseal(rtp.seal(packet, cipher, nonce), cipher) == (packet, nonce)


@MODES
def test_the_wrong_key_opens_nothing(mode: rtp.Mode) -> None:
    datagram = rtp.seal(rtp.SentRtp(1, 2, 3, b"frame"), rtp.cipher(mode, KEY), 7)
    with pytest.raises(BadPacket, match="key"):
        rtp.unseal(datagram, rtp.cipher(mode, bytes(32)))


@MODES
@pytest.mark.parametrize("place", [2, 5, 9, 13, 20, -1])
def test_a_changed_byte_anywhere_is_noticed(mode: rtp.Mode, place: int) -> None:
    cipher = rtp.cipher(mode, KEY)
    datagram = bytearray(rtp.seal(rtp.SentRtp(1, 2, 3, b"frame", extension=True), cipher, 7))
    datagram[place] ^= 1
    with pytest.raises(BadPacket):
        rtp.unseal(bytes(datagram), cipher)


def test_the_extension_is_announced_in_the_clear_and_its_words_are_not() -> None:
    datagram = rtp.seal(
        rtp.SentRtp(1, 2, 3, b"frame", extension=True), rtp.cipher(rtp.XCHACHA20, KEY), 7
    )
    assert datagram[0] & 0x10
    assert datagram[12:16] == struct.pack(">HH", 0xBEDE, 2)
    assert len(datagram) == 12 + 4 + 8 + len(b"frame") + 16 + 4


def test_padding_is_inside_the_encryption() -> None:
    cipher = rtp.cipher(rtp.XCHACHA20, KEY)
    padded = rtp.seal(rtp.SentRtp(1, 2, 3, b"frame", padding=9), cipher, 7)
    assert padded[0] & 0x20
    opened = cipher.open(padded[:12], padded[12:-4], padded[-4:])
    assert opened == b"frame" + bytes(8) + b"\x09"


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "too few"),
        (bytes(31), "too few"),
        (bytes(40), "version 0"),
        (b"\x90\x78" + bytes(10) + b"\xbe\xde\xff\xff" + bytes(20), "key"),
    ],
)
def test_what_is_no_packet_is_refused(datagram: bytes, why: str) -> None:
    with pytest.raises(BadPacket, match=why):
        rtp.unseal(datagram, rtp.cipher(rtp.XCHACHA20, KEY))


def test_more_padding_than_packet_is_refused() -> None:
    cipher = rtp.cipher(rtp.XCHACHA20, KEY)
    clear = struct.pack(">BBHII", 0xA0, rtp.OPUS, 1, 2, 3)
    datagram = clear + cipher.seal(clear, b"ab\xff", 7) + struct.pack(">I", 7)
    with pytest.raises(BadPacket, match="longer than the packet"):
        rtp.unseal(datagram, cipher)
