from __future__ import annotations

from discord_bot.receive.rtp import RtpPacket
from discord_bot.receive.speakers import KEEP_S, Speakers, Unclaimed
from tests.discord_bot.receive.packets import ANN, BEN


def packet(sequence: int, at: float = 0.0, ssrc: int = 5) -> RtpPacket:
    return RtpPacket(sequence & 0xFFFF, ssrc, at, b"opus")


def test_a_new_stream_of_a_person_makes_the_old_one_outdated() -> None:
    speakers = Speakers()
    assert speakers.learn(5, ANN) == []
    assert speakers.learn(5, ANN) == []
    assert speakers.learn(6, ANN) == [5]
    assert (speakers.user_of(5), speakers.user_of(6)) == (None, ANN)


def test_a_stream_that_changes_hands_needs_a_new_decoder() -> None:
    speakers = Speakers()
    speakers.learn(5, ANN)
    speakers.learn(6, BEN)
    assert sorted(speakers.learn(5, BEN)) == [5, 6]
    assert (speakers.user_of(5), speakers.user_of(6)) == (BEN, None)


def test_who_leaves_is_forgotten() -> None:
    speakers = Speakers()
    speakers.learn(5, ANN)
    assert speakers.forget(ANN) == [5]
    assert speakers.forget(BEN) == []
    assert speakers.user_of(5) is None


def test_those_without_a_stream_are_tried_first() -> None:
    speakers = Speakers()
    speakers.learn(5, ANN)
    assert speakers.streamless_first([ANN, BEN]) == [BEN, ANN]
    assert speakers.streamless([ANN, BEN]) == [BEN]


def test_kept_packets_come_back_in_the_order_they_were_spoken_over_the_wrap() -> None:
    unclaimed = Unclaimed()
    for sequence in (0xFFFF, 1, 0, 0xFFFE):
        unclaimed.hold(packet(sequence))
    unclaimed.hold(packet(9, ssrc=6))
    assert [p.sequence for p in unclaimed.take(5)] == [0xFFFE, 0xFFFF, 0, 1]
    assert list(unclaimed) == [6]
    assert unclaimed.take(5) == []


def test_kept_packets_expire() -> None:
    unclaimed = Unclaimed()
    unclaimed.hold(packet(1, at=0.0))
    unclaimed.hold(packet(2, at=1.0))
    unclaimed.expire(KEEP_S + 0.5)
    assert [p.sequence for p in unclaimed.packets(5)] == [2]
    unclaimed.expire(KEEP_S + 1.5)
    assert len(unclaimed) == 0


def test_memory_is_bounded_in_packets_and_in_streams() -> None:
    unclaimed = Unclaimed()
    for n in range(1000):
        unclaimed.hold(packet(n))
    assert len(unclaimed.packets(5)) == 100
    for ssrc in range(1000, 2000):
        unclaimed.hold(packet(0, ssrc=ssrc))
    assert len(unclaimed) == 64


def test_owners_are_bounded_and_the_oldest_stream_gives_way() -> None:
    speakers = Speakers()
    stale = [old for ssrc in range(10_000) for old in speakers.learn(ssrc, ssrc + 50_000)]
    assert stale == list(range(10_000 - 256))
    assert speakers.user_of(9_999) == 59_999
    assert speakers.user_of(0) is None
