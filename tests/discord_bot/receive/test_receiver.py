from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.receive.receiver import Receiver
from discord_bot.receive.rtp import OPUS_SILENCE
from discord_bot.receive.sink import FrameKind
from pipeline.audio import Pcm16
from tests.discord_bot.receive.packets import (
    ANN,
    BEN,
    BOT,
    FakeCall,
    Group,
    Heard,
    opus_frames,
    pitch,
    rtp,
    seal,
    tone,
)

ANN_SSRC, BEN_SSRC = 501, 502
FRAME_S = 0.02


@cache
def speech(hz: int = 440) -> tuple[bytes, ...]:
    return tuple(opus_frames(tone(hz, 0.4)))


class Room:
    """A receiver in a call where everything can be made to go wrong. Time runs by packets."""

    def __init__(self, **call: Any) -> None:
        self.call = FakeCall(**call)
        self.receiver = Receiver(self.call)
        self.heard = Heard()
        self.receiver.sink = self.heard
        self.counters = self.receiver.counters
        self.now = 100.0
        self.nonce = 0

    def op5(self, user_id: int, ssrc: int) -> None:
        data = {"user_id": str(user_id), "ssrc": ssrc, "speaking": 1}
        self.receiver.voice_message(5, data)

    def send(self, frame: bytes, sequence: int, ssrc: int = ANN_SSRC, **packet: Any) -> None:
        key = bytes(self.call.key)
        datagram = rtp(frame, key, sequence=sequence, ssrc=ssrc, **packet)
        self.receiver.datagram(datagram, self.now)

    def say(
        self,
        user_id: int,
        ssrc: int,
        frames: Iterable[bytes] | None = None,
        *,
        first: int = 0,
        epoch: int | None = 1,
        **packet: Any,
    ) -> None:
        """Speak at 20 ms a frame, encrypted for an epoch or, with None, not at all."""
        for n, opus in enumerate(speech() if frames is None else frames, first):
            self.nonce += 1
            frame = opus
            if epoch is not None and opus != OPUS_SILENCE:
                frame = seal(opus, user_id, epoch, self.nonce)
            self.send(frame, n, ssrc, **packet)
            self.pass_time()

    def pass_time(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.now += FRAME_S
            if self.receiver.pending:
                self.receiver.tick(self.now)


def plain(**call: Any) -> Room:
    """Without DAVE, as on a stage."""
    return Room(dave_version=0, dave_session=None, **call)


def test_a_person_is_heard() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, [*speech(), OPUS_SILENCE])
    assert room.heard.kinds(ANN) == [FrameKind.SPEECH] * 20 + [FrameKind.SILENCE]
    assert pitch(room.heard.pcm(ANN, FrameKind.SPEECH)[640:]) == pytest.approx(440, abs=5)
    assert not room.receiver.pending
    dropped = room.counters.as_dict()
    for name in ("datagrams", "frames", "silence", "last_frame_at"):
        del dropped[name]
    assert not any(dropped.values())


@pytest.mark.parametrize("extension", [None, bytes(8)])
def test_padding_of_every_length_hides_nothing(extension: bytes | None) -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    frames = speech() * 13
    for n in range(1, 256):
        frame = seal(frames[n], ANN, 1, n)
        room.send(frame, n, padding=n, extension=extension)
    assert room.counters.frames == 255
    assert not room.counters.dave_fail


def test_packets_of_padding_alone_are_counted_and_make_no_sound() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        room.send(seal(opus, ANN, 1), 2 * n)
        room.send(b"", 2 * n + 1, padding=200)
        room.pass_time()
    assert room.heard.kinds(ANN) == [FrameKind.SPEECH] * 20
    assert room.counters.empty == 20


def test_padding_alone_does_not_push_waiting_speech_aside() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.send(seal(speech()[0], ANN, 3), 0)
    room.send(b"", 1, padding=200)
    room.pass_time(10)
    assert room.call.dave_session is not None
    room.call.dave_session.epoch = 3
    room.pass_time()
    assert room.heard.kinds(ANN) == [FrameKind.SPEECH]


def test_copies_are_dropped_before_they_can_fail_to_decrypt() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        for _ in range(2):
            room.send(seal(opus, ANN, 1), n)
    assert room.heard.ms(ANN) == 400
    assert room.counters.duplicate == 20
    assert not room.counters.dave_fail


def test_a_camera_or_rtcp_disturbs_nobody() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        room.send(os.urandom(900), n, ssrc=900, payload_type=101)
        room.send(os.urandom(50), n, ssrc=901, payload_type=200 - 128)
        room.send(seal(opus, ANN, 1), n)
    assert room.heard.ms(ANN) == 400
    assert room.counters.not_audio == 40


def test_packets_of_the_session_before_are_counted() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.receiver.datagram(rtp(b"old", bytes(32)), room.now)
    assert room.counters.transport_fail == 1


def test_two_people_at_once_without_being_named() -> None:
    room = Room()
    for n in range(20):
        room.send(seal(speech(440)[n], ANN, 1), n, ANN_SSRC)
        room.send(seal(speech(700)[n], BEN, 1), 9000 + n, BEN_SSRC)
        room.pass_time()
    assert pitch(room.heard.pcm(ANN)[640:]) == pytest.approx(440, abs=5)
    assert pitch(room.heard.pcm(BEN)[640:]) == pytest.approx(700, abs=5)
    assert (room.heard.ms(ANN), room.heard.ms(BEN)) == (400, 400)
    assert room.counters.attributed == 2


def test_without_dave_speech_waits_for_the_name() -> None:
    room = plain()
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.frames == []
    room.op5(ANN, ANN_SSRC)
    assert room.heard.ms(ANN) == 400
    assert room.counters.unknown_ssrc == 20


def test_op_12_names_the_owner_too() -> None:
    room = plain()
    room.receiver.voice_message(12, {"user_id": str(ANN), "audio_ssrc": ANN_SSRC, "video_ssrc": 0})
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.ms(ANN) == 400


def test_speech_before_a_late_commit_is_not_lost() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, speech()[:5], epoch=1)
    room.say(ANN, ANN_SSRC, [*speech()[5:], OPUS_SILENCE], first=5, epoch=3)
    assert room.heard.ms(ANN) == 100
    assert room.call.dave_session is not None
    room.call.dave_session.epoch = 3
    room.pass_time()
    assert room.heard.kinds(ANN) == [FrameKind.SPEECH] * 20 + [FrameKind.SILENCE]
    assert room.counters.rescued == 15
    assert not room.receiver.pending


def test_a_newcomer_unnamed_and_not_yet_admitted_is_not_lost_either() -> None:
    room = Room(dave_session=Group(members=[BOT, BEN]))
    room.say(ANN, ANN_SSRC, epoch=3)
    assert room.heard.frames == []
    assert room.call.dave_session is not None
    room.call.dave_session.members.append(ANN)
    room.call.dave_session.epoch = 3
    room.pass_time()
    assert room.heard.ms(ANN) == 400


def test_loss_is_filled() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        if n not in (4, 5, 11):
            room.send(seal(opus, ANN, 1), n)
        room.pass_time()
    room.pass_time(5)
    assert room.heard.ms(ANN) == 400
    assert (room.counters.fec, room.counters.concealed) == (2, 1)


@pytest.mark.parametrize("who", ["bot", "left out"])
def test_some_are_never_opened(who: str) -> None:
    room = Room()
    if who == "bot":
        room.call.bots.add(ANN)
    else:
        room.receiver.left_out.add(ANN)
    room.say(ANN, ANN_SSRC)  # first attributed by key, then known
    assert room.heard.frames == []
    assert room.counters.left_out == 20
    room.call.bots.clear()
    room.receiver.left_out.clear()
    room.say(ANN, ANN_SSRC, first=20)
    assert room.heard.ms(ANN) == 400


def test_who_leaves_is_reported_and_may_come_back_with_another_stream() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC)
    room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.gone == [ANN]
    assert room.counters.last_frame_at == {}
    room.op5(ANN, 777)
    room.say(ANN, 777, first=60_000)
    assert room.heard.ms(ANN) == 800


def test_who_comes_back_may_get_the_number_of_their_old_stream_again() -> None:
    room = Room()
    for _ in range(2):
        room.op5(ANN, ANN_SSRC)
        room.say(ANN, ANN_SSRC)
        room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.ms(ANN) == 800
    assert room.counters.duplicate == 0


def test_a_person_s_last_words_are_not_held_back_by_their_leaving() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.send(seal(speech()[0], ANN, 1), 0)
    room.send(seal(speech()[2], ANN, 1), 2)
    room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.ms(ANN) == 40


def test_a_new_session_forgets_everything_and_reports_who_is_not_there_any_more() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.op5(BEN, BEN_SSRC)
    room.say(ANN, ANN_SSRC)
    room.say(BEN, BEN_SSRC)
    room.call.key = list(range(100, 132))
    room.call.present = {BEN}
    room.receiver.voice_message(4, {"mode": "", "secret_key": []})
    assert room.heard.gone == [ANN]
    room.op5(BEN, ANN_SSRC)  # the same number, another person
    room.say(BEN, ANN_SSRC, speech(700))
    assert room.heard.ms(ANN) == 400
    assert pitch(room.heard.pcm(BEN)[-4800:]) == pytest.approx(700, abs=5)


def test_the_first_packets_of_a_new_session_survive_its_announcement() -> None:
    room = Room()
    room.say(ANN, ANN_SSRC)
    room.call.key = list(range(100, 132))
    room.say(ANN, 999, first=0)  # before discord.py has passed op 4 on
    room.receiver.voice_message(4, {})
    assert room.heard.ms(ANN) == 800


def test_a_stream_that_nobody_was_named_for_may_come_again_in_a_new_session() -> None:
    room = plain()
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.ms(ANN) == 0, "two people are there, and it may be either"
    room.call.key = list(range(100, 132))
    room.receiver.voice_message(4, {"mode": "", "secret_key": []})
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.ms(ANN) == 400
    assert room.counters.duplicate == 0


def test_ciphertext_is_never_decoded_as_opus() -> None:
    room = plain()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, epoch=1)
    assert room.heard.frames == []
    assert room.counters.opus_fail == 0
    assert room.counters.dave_fail == {"EncryptedButNoGroup": 20}


def test_plain_speech_in_an_encrypted_call_is_not_let_in() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.frames == []
    assert room.counters.dave_fail == {"UnencryptedWhenPassthroughDisabled": 20}


def test_a_sink_that_fails_is_counted_and_called_again(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Heard):
        def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
            super().on_audio(user_id, pcm, kind)
            raise RuntimeError("full")

    room = Room()
    room.heard = Broken()
    room.receiver.sink = room.heard
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC)
    assert room.heard.ms(ANN) == 400
    assert room.counters.errors == 20
    assert "full" in caplog.text


def test_nothing_is_decoded_before_somebody_listens() -> None:
    room = Room()
    room.receiver.sink = None
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC)
    assert (room.counters.frames, room.counters.unwanted) == (0, 20)
    room.receiver.sink = room.heard
    room.say(ANN, ANN_SSRC, first=20)
    assert room.heard.ms(ANN) == 400


@given(st.binary(max_size=300), st.booleans())
def test_no_datagram_breaks_anything(data: bytes, properly_sealed: bool) -> None:
    room = Room()
    if properly_sealed:
        room.send(data, 1)
    else:
        room.receiver.datagram(data, room.now)
    room.pass_time(10)
    assert room.counters.errors == 0
    assert room.counters.datagrams == 1


@pytest.mark.parametrize(
    ("op", "data"),
    [
        (5, {"user_id": "eleven", "ssrc": 1}),
        (5, {"user_id": "11"}),
        (12, {"audio_ssrc": 5}),
        (13, {}),
        (13, {"user_id": None}),
    ],
)
def test_a_malformed_voice_message_is_counted(op: int, data: dict[str, Any]) -> None:
    room = Room()
    room.receiver.voice_message(op, data)
    assert room.counters.errors == 1
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC)
    assert room.heard.ms(ANN) == 400


def test_a_fault_of_our_own_is_counted_and_survived() -> None:
    class BrokenCall(FakeCall):
        def is_bot(self, user_id: int) -> bool:
            raise RuntimeError("no cache")

        def others(self) -> set[int]:
            raise RuntimeError("no cache")

    room = Room()
    room.receiver = Receiver(BrokenCall(dave_session=Group(ready=False)))
    room.receiver.sink = room.heard
    room.op5(ANN, ANN_SSRC)
    room.send(b"x", 1)
    room.receiver.tick(room.now)
    assert room.receiver.counters.errors == 2


def test_op_5_without_a_user_is_our_own_and_unknown_ops_are_ignored() -> None:
    room = Room()
    for op, data in ((5, {"ssrc": 1, "speaking": 0}), (18, {"flags": 2}), (11, {"user_ids": []})):
        room.receiver.voice_message(op, data)
    assert room.counters.errors == 0


def test_deafness_is_noticed_within_three_seconds_of_speech_and_so_is_its_end() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    reason = room.receiver.watch.reason(room.now)
    assert reason is not None
    assert "DAVE key" in reason
    room.say(ANN, ANN_SSRC, first=200, epoch=1)
    assert room.receiver.watch.reason(room.now) is None


def test_a_silent_camera_is_not_deafness_and_does_not_cure_it() -> None:
    room = Room()
    for n in range(300):
        room.send(OPUS_SILENCE, n, ssrc=77)
        room.pass_time()
    assert room.receiver.watch.reason(room.now) is None
    room.op5(ANN, ANN_SSRC)
    room.op5(BEN, 77)
    room.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    room.send(OPUS_SILENCE, 300, ssrc=77)
    assert room.receiver.watch.reason(room.now) is not None


@pytest.mark.parametrize(
    ("call", "can_be_heard"),
    [
        ({}, True),
        ({"key": ()}, False),
        ({"dave_session": Group(ready=False)}, False),
        ({"dave_session": None}, False),
        ({"dave_session": Group(ready=False), "present": set()}, True),
        ({"dave_session": None, "dave_version": 0}, True),
    ],
)
def test_what_we_say_is_heard_once_the_group_has_us(
    call: dict[str, Any], can_be_heard: bool
) -> None:
    assert Room(**call).receiver.can_be_heard() is can_be_heard


def test_being_kept_out_of_the_group_is_deafness() -> None:
    room = Room(dave_session=Group(ready=False))
    room.receiver.observe(room.now)
    room.receiver.observe(room.now + 5.1)
    assert "DAVE" in (room.receiver.watch.reason(room.now + 5.1) or "")
    room.call.present = set()
    room.receiver.observe(room.now + 5.2)
    assert room.receiver.watch.reason(room.now + 5.2) is None
