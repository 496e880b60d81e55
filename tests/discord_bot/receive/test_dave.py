from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import davey
import pytest

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import (
    OTHER_REASON,
    REASONS,
    RETRY_S,
    DaveDecryptor,
    find_sender,
    looks_encrypted,
)
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from tests.discord_bot.receive.packets import ANN, BEN, BOT, Group, seal

OPUS = b"an opus frame"


def packet(frame: bytes, sequence: int = 0, at: float = 0.0) -> RtpPacket:
    return RtpPacket(sequence, 5, at, frame)


@pytest.fixture
def counters() -> ReceiveCounters:
    return ReceiveCounters()


@pytest.fixture
def dave(counters: ReceiveCounters) -> DaveDecryptor:
    return DaveDecryptor(counters)


def test_a_frame_is_decrypted_with_its_senders_key(dave: DaveDecryptor) -> None:
    spoken = packet(seal(OPUS, ANN, 1))
    assert dave.decrypt(Group(), 1, ANN, spoken)
    assert (spoken.frame, spoken.decrypted) == (OPUS, True)
    assert not dave.waiting


def test_the_end_of_talk_is_never_encrypted(dave: DaveDecryptor) -> None:
    assert dave.decrypt(Group(), 1, ANN, packet(OPUS_SILENCE))


def test_speech_before_its_commit_is_rescued_by_the_commit(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    group = Group(epoch=1)
    for n in range(3):
        early = packet(seal(OPUS + bytes([n]), ANN, 3), n, at=n * 0.02)
        assert not dave.decrypt(group, 1, ANN, early)
    assert dave.retry(group, 0.1) == []
    group.epoch = 3
    rescued = dave.retry(group, 0.5)
    assert [(user, p.sequence, p.frame) for user, p in rescued] == [
        (ANN, n, OPUS + bytes([n])) for n in range(3)
    ]
    assert counters.rescued == 3
    assert counters.dave_fail == {"NoValidCryptorFound": 3}
    assert not dave.waiting


def test_undecryptable_speech_is_dropped_after_two_seconds(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    group = Group(epoch=1)
    dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 3)))
    group.epoch = 3
    assert dave.retry(group, RETRY_S + 0.01) == []
    assert not dave.waiting
    assert counters.rescued == 0


def test_a_newcomer_s_speech_waits_for_their_admission(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    group = Group(members=[BOT, BEN], epoch=2)
    assert not dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 3)))
    assert counters.dave_fail == {"NoDecryptorForUser": 1}
    group.members.append(ANN)
    group.epoch = 3
    assert len(dave.retry(group, 0.1)) == 1


def test_the_end_of_talk_waits_for_undecrypted_speech_before_it(dave: DaveDecryptor) -> None:
    group = Group(epoch=1)
    dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 3), 0))
    assert not dave.decrypt(group, 1, ANN, packet(OPUS_SILENCE, 1))
    assert dave.decrypt(group, 1, BEN, packet(OPUS_SILENCE, 1)), "but not that of another user"
    group.epoch = 3
    assert [p.sequence for _, p in dave.retry(group, 0.1)] == [0, 1]


def test_one_damaged_frame_does_not_hold_up_the_end_of_talk(dave: DaveDecryptor) -> None:
    group = Group()
    assert not dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 9), 0))
    assert dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 1), 1))
    assert dave.decrypt(group, 1, ANN, packet(OPUS_SILENCE, 2))


def test_an_unencrypted_frame_is_counted_and_not_kept(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    assert not dave.decrypt(Group(), 1, ANN, packet(OPUS))
    assert counters.dave_fail == {"UnencryptedWhenPassthroughDisabled": 1}
    assert not dave.waiting


def test_a_replayed_frame_is_not_decrypted_twice(dave: DaveDecryptor) -> None:
    group, sealed = Group(), seal(OPUS, ANN, 1)
    assert dave.decrypt(group, 1, ANN, packet(sealed))
    assert not dave.decrypt(group, 1, ANN, packet(sealed))


def test_without_dave_plain_frames_pass_and_ciphertext_does_not(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    assert dave.decrypt(None, 0, ANN, packet(OPUS))
    assert not dave.decrypt(None, 0, ANN, packet(seal(OPUS, ANN, 1)))
    assert counters.dave_fail == {"EncryptedButNoGroup": 1}


def test_a_frame_in_flight_across_a_downgrade_is_decrypted(dave: DaveDecryptor) -> None:
    assert dave.decrypt(Group(), 0, ANN, packet(seal(OPUS, ANN, 1)))


@pytest.mark.parametrize("frame", [b"", b"\xfa\xfa", b"0123456789\x0c\xfa\xfa"[:12], OPUS_SILENCE])
def test_short_frames_do_not_look_encrypted(frame: bytes) -> None:
    assert not looks_encrypted(frame)


def test_encrypted_frames_do() -> None:
    assert looks_encrypted(seal(b"x", ANN, 1))


class Talkative:
    """A session with davey's errors, each with different details."""

    ready = True
    voice_privacy_code = "1"

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts

    def get_user_ids(self) -> list[str]:
        return [str(ANN)]

    def decrypt(self, user_id: int, media_type: Any, packet: bytes) -> bytes:
        raise ValueError(next(self._texts))


@pytest.mark.parametrize(
    ("text", "counted_as"),
    [
        (
            "Failed to decrypt: NoValidCryptorFound {{ media_type: AUDIO, encrypted_size: {n}, "
            "plaintext_size: {n}, manager_count: {n} }}",
            "NoValidCryptorFound",
        ),
        ("Failed to decrypt: NoValidCryptorFound({n})", "NoValidCryptorFound"),
        ("Failed to decrypt: NoDecryptorForUser", "NoDecryptorForUser"),
        ("Failed to decrypt: SomethingNew{n} {{ epoch: {n} }}", OTHER_REASON),
        ("{n}: epoch: {n}", OTHER_REASON),
        ("", OTHER_REASON),
    ],
)
def test_decryption_failures_are_counted_by_a_fixed_set_of_reasons(
    dave: DaveDecryptor, counters: ReceiveCounters, text: str, counted_as: str
) -> None:
    session = Talkative(text.format(n=n) for n in itertools.count())
    for n in range(500):
        assert not dave.decrypt(session, 1, ANN, packet(seal(OPUS, ANN, 1), n))
    assert counters.dave_fail == {counted_as: 500}


def test_a_real_session_refuses_for_a_known_reason(
    dave: DaveDecryptor, counters: ReceiveCounters
) -> None:
    session = davey.DaveSession(1, BOT, 1)
    assert not dave.decrypt(session, 1, ANN, packet(seal(OPUS, ANN, 1)))
    assert set(counters.dave_fail) <= REASONS


def test_the_number_of_blocked_users_is_limited(dave: DaveDecryptor) -> None:
    for user in range(10_000):
        dave.decrypt(Group(), 1, user + 100, packet(seal(OPUS, user, 1)))
    assert len(dave._blocked) <= 256


def test_the_waiting_speech_of_a_user_who_left_is_dropped(dave: DaveDecryptor) -> None:
    group = Group(epoch=1)
    dave.decrypt(group, 1, ANN, packet(seal(OPUS, ANN, 3)))
    dave.decrypt(group, 1, BEN, packet(seal(OPUS, BEN, 3)))
    dave.forget(ANN)
    group.epoch = 3
    assert [user for user, _ in dave.retry(group, 0.1)] == [BEN]
    dave.forget()
    assert not dave.waiting


def test_the_key_proves_who_speaks() -> None:
    assert find_sender(Group(), seal(OPUS, BEN, 1), [ANN, BEN]) == (BEN, OPUS)
    assert find_sender(Group(), seal(OPUS, 99, 1), [ANN, BEN]) is None


def test_a_frame_that_is_merely_passed_through_proves_nothing() -> None:
    assert find_sender(Group(passthrough=True), OPUS, [ANN, BEN]) is None
