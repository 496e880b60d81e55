from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.receive.errors import NotAudio
from discord_bot.receive.rtp import RtpHeader, parse_header, strip
from discord_bot.receive.transport import open_datagram
from tests.discord_bot.receive.packets import XCHACHA, rtp

KEY = bytes(range(32))


def unpack(datagram: bytes) -> tuple[RtpHeader, bytes]:
    header = parse_header(datagram)
    return header, strip(header, open_datagram(XCHACHA, KEY, datagram, header.size))


@given(
    frame=st.binary(min_size=1, max_size=200),
    sequence=st.integers(0, 0xFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    padding=st.integers(0, 255),
    words=st.one_of(st.none(), st.integers(0, 8)),
    csrcs=st.integers(0, 15),
)
def test_what_was_sent_comes_out_whatever_surrounds_it(
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
def test_garbage_is_refused_or_read_but_never_breaks_anything(datagram: bytes) -> None:
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
        strip(header, plain)
