from __future__ import annotations

from discord_bot.receive.attribution import Attribution
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


def test_the_server_names_the_owner_and_what_was_kept_is_handed_over() -> None:
    attribution, _, _ = setup(dave_version=0, dave_session=None)
    for n in (1, 0):
        assert attribution.unknown(packet(OPUS, n)) is None
    claim = attribution.named(5, ANN)
    assert claim is not None
    assert (claim.user_id, claim.outdated) == (ANN, [])
    assert [p.sequence for p in claim.packets] == [0, 1]
    assert attribution.user_of(5) == ANN
    assert not attribution.waiting


def test_we_own_no_stream_and_neither_does_number_zero() -> None:
    attribution, _, _ = setup()
    assert attribution.named(5, BOT) is None
    assert attribution.named(0, ANN) is None


def test_the_key_names_the_owner_when_the_server_does_not() -> None:
    attribution, _, counters = setup()
    claim = attribution.unknown(packet(seal(OPUS, BEN, 1)))
    assert claim is not None
    assert claim.user_id == BEN
    assert [(p.frame, p.opened) for p in claim.packets] == [(OPUS, True)]
    assert counters.attributed == 1


def test_the_key_finds_even_who_had_another_stream_before() -> None:
    attribution, _, _ = setup()
    attribution.named(4, BEN)
    claim = attribution.unknown(packet(seal(OPUS, BEN, 1)))
    assert claim is not None
    assert (claim.user_id, claim.outdated) == (BEN, [4])


def test_the_end_of_talk_tells_nothing_and_is_kept_in_its_place() -> None:
    attribution, _, _ = setup()
    assert attribution.unknown(packet(OPUS_SILENCE, 0)) is None
    claim = attribution.unknown(packet(seal(OPUS, BEN, 1), 1))
    assert claim is not None
    assert [p.sequence for p in claim.packets] == [0, 1]


def test_a_new_key_tells_whose_the_kept_packets_are() -> None:
    attribution, call, _ = setup(dave_session=Group(epoch=1))
    frames = [seal(OPUS + bytes([n]), ANN, 3) for n in range(3)]
    for n, frame in enumerate(frames):
        assert attribution.unknown(packet(frame, n)) is None
    assert attribution.reconsider(0.1) == []
    assert call.dave_session is not None
    call.dave_session.epoch = 3
    [claim] = attribution.reconsider(0.2)
    assert claim.user_id == ANN
    assert [p.sequence for p in claim.packets] == [0, 1, 2], "none is lost, none out of order"
    assert [p.opened for p in claim.packets] == [True, False, False]


def test_without_keys_the_only_one_without_a_stream_owns_the_only_unknown() -> None:
    attribution, _, counters = setup(dave_version=0, dave_session=None)
    attribution.named(4, ANN)
    attribution.unknown(packet(OPUS, at=0.0))
    assert attribution.reconsider(0.3) == [], "a newcomer gets time to be named"
    [claim] = attribution.reconsider(0.6)
    assert claim.user_id == BEN
    assert counters.attributed == 1


def test_without_keys_nobody_is_picked_out_of_two() -> None:
    attribution, call, _ = setup(dave_version=0, dave_session=None)
    attribution.unknown(packet(OPUS, at=0.0))
    assert attribution.reconsider(0.6) == [], "two people"
    call.present = {ANN}
    attribution.unknown(packet(OPUS, at=0.0, ssrc=6))
    assert attribution.reconsider(0.6) == [], "two streams"


def test_in_an_encrypted_call_nobody_is_guessed_by_elimination() -> None:
    attribution, call, _ = setup(dave_session=Group(epoch=1))
    call.present = {ANN}
    attribution.unknown(packet(seal(OPUS, ANN, 5), at=0.0))
    assert attribution.reconsider(1.0) == []


def test_packets_of_nobody_expire() -> None:
    attribution, _, _ = setup(dave_session=Group(epoch=1))
    attribution.unknown(packet(seal(OPUS, ANN, 5), at=0.0))
    assert attribution.waiting
    attribution.reconsider(2.1)
    assert not attribution.waiting


def test_who_leaves_loses_the_stream() -> None:
    attribution, _, _ = setup()
    attribution.named(5, ANN)
    assert attribution.gone(ANN) == [5]
    assert attribution.user_of(5) is None
