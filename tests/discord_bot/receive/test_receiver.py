"""What the receiver does with each datagram: audio out, faults counted."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.receive.ports import FrameKind
from discord_bot.receive.receiver import Receiver
from discord_bot.receive.rtp import OPUS_SILENCE
from pipeline.audio import Pcm16
from tests.discord_bot.receive.packets import (
    ANN,
    FakeCall,
    Group,
    RecordingSink,
    pitch,
    rtp,
    seal,
)
from tests.discord_bot.receive.receiver_stage import ANN_SSRC, ReceiverStage, plain, speech


def test_a_person_is_heard() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, [*speech(), OPUS_SILENCE])
    assert stage.heard.kinds(ANN) == [FrameKind.SPEECH] * 20 + [FrameKind.SILENCE]
    assert pitch(stage.heard.pcm(ANN, FrameKind.SPEECH)[640:]) == pytest.approx(440, abs=5)
    assert not stage.receiver.pending
    dropped = stage.counters.as_dict()
    for name in ("datagrams", "decrypted", "frames", "silence", "last_frame_at"):
        del dropped[name]
    assert not any(dropped.values())


@pytest.mark.parametrize("extension", [None, bytes(8)])
def test_padding_of_every_length_hides_nothing(extension: bytes | None) -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    frames = speech() * 13
    for n in range(1, 256):
        frame = seal(frames[n], ANN, 1, n)
        stage.send(frame, n, padding=n, extension=extension)
    assert stage.counters.frames == 255
    assert not stage.counters.dave_fail


def test_packets_of_padding_alone_are_counted_and_make_no_sound() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        stage.send(seal(opus, ANN, 1), 2 * n)
        stage.send(b"", 2 * n + 1, padding=200)
        stage.pass_time()
    assert stage.heard.kinds(ANN) == [FrameKind.SPEECH] * 20
    assert stage.counters.empty == 20


def test_padding_alone_does_not_push_waiting_speech_aside() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.send(seal(speech()[0], ANN, 3), 0)
    stage.send(b"", 1, padding=200)
    stage.pass_time(10)
    assert stage.call.dave_session is not None
    stage.call.dave_session.epoch = 3
    stage.pass_time()
    assert stage.heard.kinds(ANN) == [FrameKind.SPEECH]


def test_duplicates_are_dropped_before_decryption() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        for _ in range(2):
            stage.send(seal(opus, ANN, 1), n)
    assert stage.heard.ms(ANN) == 400
    assert stage.counters.duplicate == 20
    assert not stage.counters.dave_fail


def test_video_and_rtcp_are_ignored() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        stage.send(os.urandom(900), n, ssrc=900, payload_type=101)
        stage.send(os.urandom(50), n, ssrc=901, payload_type=200 - 128)
        stage.send(seal(opus, ANN, 1), n)
    assert stage.heard.ms(ANN) == 400
    assert stage.counters.not_audio == 40


def test_packets_of_the_session_before_are_counted() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.receiver.datagram(rtp(b"old", bytes(32)), stage.now)
    assert stage.counters.transport_fail == 1


def test_loss_is_filled() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    for n, opus in enumerate(speech()):
        if n not in (4, 5, 11):
            stage.send(seal(opus, ANN, 1), n)
        stage.pass_time()
    stage.pass_time(5)
    assert stage.heard.ms(ANN) == 400
    assert (stage.counters.fec, stage.counters.concealed) == (2, 1)


def test_ciphertext_is_never_decoded_as_opus() -> None:
    stage = plain()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, epoch=1)
    assert stage.heard.frames == []
    assert stage.counters.opus_fail == 0
    assert stage.counters.dave_fail == {"EncryptedButNoGroup": 20}


def test_plain_speech_in_an_encrypted_call_is_refused() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, epoch=None)
    assert stage.heard.frames == []
    assert stage.counters.dave_fail == {"UnencryptedWhenPassthroughDisabled": 20}


def test_a_sink_that_fails_is_counted_and_called_again(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(RecordingSink):
        def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
            super().on_audio(user_id, pcm, kind)
            raise RuntimeError("full")

    stage = ReceiverStage()
    stage.heard = Broken()
    stage.receiver.sink = stage.heard
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC)
    assert stage.heard.ms(ANN) == 400
    assert stage.counters.errors == 20
    assert len(caplog.records) == 5, "the log has the 1st, 2nd, 4th, 8th and 16th failure"
    assert caplog.records[0].exc_info
    assert "full" in caplog.text


def test_nothing_is_decoded_before_a_sink_is_set() -> None:
    stage = ReceiverStage()
    stage.receiver.sink = None
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC)
    assert (stage.counters.frames, stage.counters.unwanted) == (0, 20)
    stage.receiver.sink = stage.heard
    stage.say(ANN, ANN_SSRC, first=20)
    assert stage.heard.ms(ANN) == 400


@given(st.binary(max_size=300), st.booleans())
def test_no_datagram_breaks_anything(data: bytes, properly_sealed: bool) -> None:
    stage = ReceiverStage()
    if properly_sealed:
        stage.send(data, 1)
    else:
        stage.receiver.datagram(data, stage.now)
    stage.pass_time(10)
    assert stage.counters.errors == 0
    assert stage.counters.datagrams == 1


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
    stage = ReceiverStage()
    stage.receiver.voice_message(op, data)
    assert stage.counters.errors == 1
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC)
    assert stage.heard.ms(ANN) == 400


def test_an_internal_fault_is_counted_and_survived() -> None:
    class BrokenCall(FakeCall):
        def is_bot(self, user_id: int) -> bool:
            raise RuntimeError("no cache")

        def others(self) -> set[int]:
            raise RuntimeError("no cache")

    stage = ReceiverStage()
    stage.receiver = Receiver(BrokenCall(dave_session=Group(ready=False)))
    stage.receiver.sink = stage.heard
    stage.op5(ANN, ANN_SSRC)
    stage.send(b"x", 1)
    stage.receiver.tick(stage.now)
    assert stage.receiver.counters.errors == 2


def test_op_5_without_a_user_and_unknown_ops_are_ignored() -> None:
    stage = ReceiverStage()
    for op, data in ((5, {"ssrc": 1, "speaking": 0}), (18, {"flags": 2}), (11, {"user_ids": []})):
        stage.receiver.voice_message(op, data)
    assert stage.counters.errors == 0
