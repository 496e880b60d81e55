from __future__ import annotations

import pytest

from simulators.discord.rtp import SentRtp
from simulators.discord.uplink import SentPacket, Uplink, intervals_ms


def packet(sequence: int, timestamp: int, **changes: object) -> SentRtp:
    return SentRtp(sequence, timestamp, 5, **({"payload": b"opus"} | changes))  # type: ignore[arg-type]


def test_a_regular_stream_is_fine_even_where_its_numbers_wrap() -> None:
    uplink = Uplink()
    for nonce in range(300):
        sequence = (65_400 + nonce) & 0xFFFF
        timestamp = (4_294_900_000 + 960 * nonce) & 0xFFFF_FFFF
        assert uplink.check(packet(sequence, timestamp), nonce) == []


def test_a_timestamp_that_starts_at_zero_instead_of_wrapping_is_fine() -> None:
    uplink = Uplink()
    uplink.check(packet(1, 4_294_966_400), 1)
    assert uplink.check(packet(2, 0), 2) == []


def test_a_pause_may_show_in_the_timestamp() -> None:
    uplink = Uplink()
    uplink.check(packet(1, 960), 1)
    assert uplink.check(packet(2, 960 * 51), 2) == []


@pytest.mark.parametrize(
    ("second", "nonce", "why"),
    [
        (packet(3, 1920), 2, "sequence 3 after 1"),
        (packet(1, 1920), 2, "sequence 1 after 1"),
        (packet(0, 1920), 2, "sequence 0 after 1"),
        (packet(2, 960), 2, "timestamp 960 after 960"),
        (packet(2, 1000), 2, "timestamp 1000 after 960"),
        (packet(2, 0), 2, "timestamp 0 after 960"),
        (packet(2, 1920), 1, "nonce 1 was used before"),
        (packet(2, 1920, payload_type=96), 2, "payload type 96"),
        (packet(2, 1920, payload=b""), 2, "empty payload"),
    ],
)
def test_every_irregularity_is_named(second: SentRtp, nonce: int, why: str) -> None:
    uplink = Uplink()
    assert uplink.check(packet(1, 960), 1) == []
    (wrong,) = uplink.check(second, nonce)
    assert why in wrong


def test_the_pace_leaves_out_silence_and_long_pauses() -> None:
    times = [(0.0, False), (0.02, False), (0.06, False), (0.08, True), (5.0, False), (5.02, False)]
    sent = [SentPacket(at, i, 960 * i, silence) for i, (at, silence) in enumerate(times)]
    assert intervals_ms(sent) == pytest.approx([20.0, 40.0, 20.0])
