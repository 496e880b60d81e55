from __future__ import annotations

from discord_bot.receive.attribution import KEEP_S, Attribution, Speakers, UnattributedPackets
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from tests.discord_bot.receive.packets import ANN, BEN, BOT, FakeCall, Group, seal

OPUS = b"an opus frame"


def packet(frame: bytes, sequence: int = 0, at: float = 0.0, ssrc: int = 5) -> RtpPacket:
    return RtpPacket(sequence, ssrc, at, frame)


def setup(**call: object) -> tuple[Attribution, FakeCall, ReceiveCounters]:
    counters = ReceiveCounters()
    fake = FakeCall(**call)  # type: ignore[arg-type]
    return Attribution(fake, counters), fake, counters


def test_a_named_speaker_gets_the_packets_that_waited() -> None:
    attribution, _, _ = setup(dave_version=0, dave_session=None)
    for n in (1, 0):
        assert attribution.unknown(packet(OPUS, n)) is None
    found = attribution.named(5, ANN)
    assert found is not None
    assert (found.user_id, found.outdated) == (ANN, [])
    assert [p.sequence for p in found.packets] == [0, 1]
    assert attribution.user_of(5) == ANN
    assert not attribution.waiting


def test_the_bot_and_ssrc_zero_are_never_attributed() -> None:
    attribution, _, _ = setup()
    assert attribution.named(5, BOT) is None
    assert attribution.named(0, ANN) is None


def test_the_dave_key_identifies_an_unnamed_speaker() -> None:
    attribution, _, counters = setup()
    found = attribution.unknown(packet(seal(OPUS, BEN, 1)))
    assert found is not None
    assert found.user_id == BEN
    assert [(p.frame, p.decrypted) for p in found.packets] == [(OPUS, True)]
    assert counters.attributed == 1


def test_the_dave_key_identifies_a_speaker_with_a_new_stream() -> None:
    attribution, _, _ = setup()
    attribution.named(4, BEN)
    found = attribution.unknown(packet(seal(OPUS, BEN, 1)))
    assert found is not None
    assert (found.user_id, found.outdated) == (BEN, [4])


def test_the_end_of_talk_identifies_nobody_and_keeps_its_position() -> None:
    attribution, _, _ = setup()
    assert attribution.unknown(packet(OPUS_SILENCE, 0)) is None
    found = attribution.unknown(packet(seal(OPUS, BEN, 1), 1))
    assert found is not None
    assert [p.sequence for p in found.packets] == [0, 1]


def test_a_new_key_attributes_the_waiting_packets() -> None:
    attribution, call, _ = setup(dave_session=Group(epoch=1))
    frames = [seal(OPUS + bytes([n]), ANN, 3) for n in range(3)]
    for n, frame in enumerate(frames):
        assert attribution.unknown(packet(frame, n)) is None
    assert attribution.reconsider(0.1) == []
    assert call.dave_session is not None
    call.dave_session.epoch = 3
    [found] = attribution.reconsider(0.2)
    assert found.user_id == ANN
    assert [p.sequence for p in found.packets] == [0, 1, 2], "none is lost, none out of order"
    assert [p.decrypted for p in found.packets] == [True, False, False]


def test_without_dave_the_only_unknown_stream_is_attributed_by_elimination() -> None:
    attribution, _, counters = setup(dave_version=0, dave_session=None)
    attribution.named(4, ANN)
    attribution.unknown(packet(OPUS, at=0.0))
    assert attribution.reconsider(0.3) == [], "a newcomer gets time to be named"
    [found] = attribution.reconsider(0.6)
    assert found.user_id == BEN
    assert counters.attributed == 1


def test_without_dave_nothing_is_attributed_between_two_users() -> None:
    attribution, call, _ = setup(dave_version=0, dave_session=None)
    attribution.unknown(packet(OPUS, at=0.0))
    assert attribution.reconsider(0.6) == [], "two people"
    call.present = {ANN}
    attribution.unknown(packet(OPUS, at=0.0, ssrc=6))
    assert attribution.reconsider(0.6) == [], "two streams"


def test_in_an_encrypted_call_nothing_is_attributed_by_elimination() -> None:
    attribution, call, _ = setup(dave_session=Group(epoch=1))
    call.present = {ANN}
    attribution.unknown(packet(seal(OPUS, ANN, 5), at=0.0))
    assert attribution.reconsider(1.0) == []


def test_unattributed_packets_expire() -> None:
    attribution, _, _ = setup(dave_session=Group(epoch=1))
    attribution.unknown(packet(seal(OPUS, ANN, 5), at=0.0))
    assert attribution.waiting
    attribution.reconsider(2.1)
    assert not attribution.waiting


def test_a_user_who_leaves_loses_the_stream() -> None:
    attribution, _, _ = setup()
    attribution.named(5, ANN)
    assert attribution.forget(ANN) == [5]
    assert attribution.user_of(5) is None


def numbered(sequence: int, at: float = 0.0, ssrc: int = 5) -> RtpPacket:
    return RtpPacket(sequence & 0xFFFF, ssrc, at, b"opus")


def test_a_speakers_new_stream_makes_the_old_one_outdated() -> None:
    speakers = Speakers()
    assert speakers.learn(5, ANN) == []
    assert speakers.learn(5, ANN) == []
    assert speakers.learn(6, ANN) == [5]
    assert (speakers.user_of(5), speakers.user_of(6)) == (None, ANN)


def test_a_stream_with_a_new_speaker_needs_a_new_decoder() -> None:
    speakers = Speakers()
    speakers.learn(5, ANN)
    speakers.learn(6, BEN)
    assert sorted(speakers.learn(5, BEN)) == [5, 6]
    assert (speakers.user_of(5), speakers.user_of(6)) == (BEN, None)


def test_a_user_who_leaves_is_forgotten() -> None:
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


def test_waiting_packets_are_sorted_across_the_sequence_wrap() -> None:
    unattributed = UnattributedPackets()
    for sequence in (0xFFFF, 1, 0, 0xFFFE):
        unattributed.add(numbered(sequence))
    unattributed.add(numbered(9, ssrc=6))
    assert [p.sequence for p in unattributed.take(5)] == [0xFFFE, 0xFFFF, 0, 1]
    assert list(unattributed) == [6]
    assert unattributed.take(5) == []


def test_waiting_packets_expire() -> None:
    unattributed = UnattributedPackets()
    unattributed.add(numbered(1, at=0.0))
    unattributed.add(numbered(2, at=1.0))
    unattributed.expire(KEEP_S + 0.5)
    assert [p.sequence for p in unattributed.packets(5)] == [2]
    unattributed.expire(KEEP_S + 1.5)
    assert len(unattributed) == 0


def test_memory_is_bounded_in_packets_and_in_streams() -> None:
    unattributed = UnattributedPackets()
    for n in range(1000):
        unattributed.add(numbered(n))
    assert len(unattributed.packets(5)) == 100
    for ssrc in range(1000, 2000):
        unattributed.add(numbered(0, ssrc=ssrc))
    assert len(unattributed) == 64


def test_speakers_are_limited_and_the_oldest_is_dropped() -> None:
    speakers = Speakers()
    stale = [old for ssrc in range(10_000) for old in speakers.learn(ssrc, ssrc + 50_000)]
    assert stale == list(range(10_000 - 256))
    assert speakers.user_of(9_999) == 59_999
    assert speakers.user_of(0) is None
