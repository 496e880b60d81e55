from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.receive.errors import NotAudio, TransportRefused, UnknownMode
from discord_bot.receive.rtp import (
    ReplayFilter,
    RtpHeader,
    decrypt_datagram,
    extract_payload,
    parse_header,
)
from tests.discord_bot.receive.packets import AES, XCHACHA, rtp

KEY = bytes(range(32))


def unpack(datagram: bytes) -> tuple[RtpHeader, bytes]:
    header = parse_header(datagram)
    return header, extract_payload(header, decrypt_datagram(XCHACHA, KEY, datagram, header.size))


@given(
    frame=st.binary(min_size=1, max_size=200),
    sequence=st.integers(0, 0xFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    padding=st.integers(0, 255),
    words=st.one_of(st.none(), st.integers(0, 8)),
    csrcs=st.integers(0, 15),
)
def test_the_payload_is_extracted_from_any_packet(
    frame: bytes, sequence: int, ssrc: int, padding: int, words: int | None, csrcs: int
) -> None:
    datagram = rtp(
        frame,
        KEY,
        sequence=sequence,
        ssrc=ssrc,
        padding=padding,
        extension=None if words is None else bytes(4 * words),
        csrcs=csrcs,
    )
    header, payload = unpack(datagram)
    assert payload == frame
    assert (header.sequence, header.ssrc) == (sequence, ssrc)
    assert header.timestamp == sequence * 960


@given(st.binary(max_size=120))
def test_garbage_raises_nothing_but_not_audio(datagram: bytes) -> None:
    try:
        header = parse_header(datagram)
    except NotAudio:
        return
    assert header.size + 20 <= len(datagram)


@pytest.mark.parametrize("payload_type", [0, 72, 96, 101, 103, 105, 200 - 128, 127])
def test_video_and_rtcp_are_no_audio(payload_type: int) -> None:
    with pytest.raises(NotAudio):
        parse_header(rtp(b"x", KEY, payload_type=payload_type))


def test_the_marker_bit_is_no_part_of_the_payload_type() -> None:
    assert unpack(rtp(b"opus", KEY, payload_type=120 | 0x80))[1] == b"opus"


def test_a_keepalive_echo_and_an_ip_discovery_answer_are_no_audio() -> None:
    for datagram in (bytes(8), b"\x00\x02\x00\x46" + bytes(70)):
        with pytest.raises(NotAudio):
            parse_header(datagram)


def test_a_packet_of_padding_alone_is_empty() -> None:
    for extension in (None, bytes(8)):
        assert unpack(rtp(b"", KEY, padding=200, extension=extension))[1] == b""


@pytest.mark.parametrize(
    ("padded", "extension_size", "plain"),
    [
        (True, 0, b"\x01\x02\x09"),  # more padding than packet
        (True, 0, b"\x01\x02\x00"),  # the count includes itself, so it is never 0
        (True, 0, b""),
        (True, 4, b"\x00\x00\x00\x02"),  # padding that reaches into the extension
        (False, 8, b"\x01\x02\x03"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(
    padded: bool, extension_size: int, plain: bytes
) -> None:
    header = RtpHeader(0, 0, 0, 12, extension_size, padded)
    with pytest.raises(NotAudio):
        extract_payload(header, plain)


def test_xchacha20() -> None:
    assert decrypt_datagram(XCHACHA, list(KEY), rtp(b"hello", KEY), 12) == b"hello"


def test_aes256_gcm() -> None:
    head, nonce = rtp(b"", KEY)[:12], struct.pack(">I", 99)
    datagram = head + AESGCM(KEY).encrypt(nonce + bytes(8), b"hello", head) + nonce
    assert decrypt_datagram(AES, list(KEY), datagram, 12) == b"hello"


@pytest.mark.parametrize("mode", [XCHACHA, AES])
def test_a_packet_with_another_key_is_refused(mode: str) -> None:
    with pytest.raises(TransportRefused):
        decrypt_datagram(mode, bytes(32), rtp(b"hello", KEY), 12)


def test_a_changed_header_is_refused() -> None:
    datagram = bytearray(rtp(b"hello", KEY))
    datagram[3] ^= 1
    with pytest.raises(TransportRefused):
        decrypt_datagram(XCHACHA, KEY, bytes(datagram), 12)


@pytest.mark.parametrize("key", [(), bytes(31)])
def test_no_key_yet(key: bytes) -> None:
    with pytest.raises(TransportRefused, match="bytes"):
        decrypt_datagram(XCHACHA, key, rtp(b"hello", KEY), 12)


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(UnknownMode, match="rot13"):
        decrypt_datagram("rot13", KEY, rtp(b"hello", KEY), 12)


def test_duplicates_are_detected_by_stream() -> None:
    copies = ReplayFilter()
    assert not copies.is_duplicate(1, 7)
    assert not copies.is_duplicate(2, 7)
    assert copies.is_duplicate(1, 7)


def test_a_sequence_number_after_the_wrap_is_no_duplicate() -> None:
    copies = ReplayFilter()
    for n in range(0x10000):
        assert not copies.is_duplicate(1, n)
    assert not copies.is_duplicate(1, 0)
    assert copies.is_duplicate(1, 0xFFFF)


def test_a_forgotten_stream_may_start_again() -> None:
    copies = ReplayFilter()
    copies.is_duplicate(1, 7)
    copies.forget(1)
    assert not copies.is_duplicate(1, 7)


def test_memory_is_bounded_by_the_oldest_stream() -> None:
    copies = ReplayFilter()
    for ssrc in range(1000):
        copies.is_duplicate(ssrc, 7)
    assert not copies.is_duplicate(0, 7)
    assert copies.is_duplicate(999, 7)
