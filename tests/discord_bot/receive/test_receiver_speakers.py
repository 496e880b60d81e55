"""The receiver's speakers: attributed, joining, leaving, in a new session; and its health."""

from __future__ import annotations

from typing import Any

import pytest

from discord_bot.receive.ports import FrameKind
from discord_bot.receive.rtp import OPUS_SILENCE
from tests.discord_bot.receive.packets import (
    ANN,
    BEN,
    BOT,
    Group,
    pitch,
    seal,
)
from tests.discord_bot.receive.receiver_stage import (
    ANN_SSRC,
    BEN_SSRC,
    ReceiverStage,
    plain,
    speech,
)


def test_two_people_at_once_without_being_named() -> None:
    stage = ReceiverStage()
    for n in range(20):
        stage.send(seal(speech(440)[n], ANN, 1), n, ANN_SSRC)
        stage.send(seal(speech(700)[n], BEN, 1), 9000 + n, BEN_SSRC)
        stage.pass_time()
    assert pitch(stage.heard.pcm(ANN)[640:]) == pytest.approx(440, abs=5)
    assert pitch(stage.heard.pcm(BEN)[640:]) == pytest.approx(700, abs=5)
    assert (stage.heard.ms(ANN), stage.heard.ms(BEN)) == (400, 400)
    assert stage.counters.attributed == 2


def test_without_dave_speech_waits_for_the_name() -> None:
    stage = plain()
    stage.say(ANN, ANN_SSRC, epoch=None)
    assert stage.heard.frames == []
    stage.op5(ANN, ANN_SSRC)
    assert stage.heard.ms(ANN) == 400
    assert stage.counters.unknown_ssrc == 20


def test_op_12_names_the_owner_too() -> None:
    stage = plain()
    stage.receiver.voice_message(12, {"user_id": str(ANN), "audio_ssrc": ANN_SSRC, "video_ssrc": 0})
    stage.say(ANN, ANN_SSRC, epoch=None)
    assert stage.heard.ms(ANN) == 400


def test_speech_before_a_late_commit_is_not_lost() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, speech()[:5], epoch=1)
    stage.say(ANN, ANN_SSRC, [*speech()[5:], OPUS_SILENCE], first=5, epoch=3)
    assert stage.heard.ms(ANN) == 100
    assert stage.call.dave_session is not None
    stage.call.dave_session.epoch = 3
    stage.pass_time()
    assert stage.heard.kinds(ANN) == [FrameKind.SPEECH] * 20 + [FrameKind.SILENCE]
    assert stage.counters.rescued == 15
    assert not stage.receiver.pending


def test_speech_of_an_unnamed_newcomer_before_admission_is_not_lost() -> None:
    stage = ReceiverStage(dave_session=Group(members=[BOT, BEN]))
    stage.say(ANN, ANN_SSRC, epoch=3)
    assert stage.heard.frames == []
    assert stage.call.dave_session is not None
    stage.call.dave_session.members.append(ANN)
    stage.call.dave_session.epoch = 3
    stage.pass_time()
    assert stage.heard.ms(ANN) == 400


@pytest.mark.parametrize("who", ["bot", "left out"])
def test_bots_and_ignored_users_are_never_decrypted(who: str) -> None:
    stage = ReceiverStage()
    if who == "bot":
        stage.call.bots.add(ANN)
    else:
        stage.receiver.ignored_users.add(ANN)
    stage.say(ANN, ANN_SSRC)  # first attributed by key, then known
    assert stage.heard.frames == []
    assert stage.counters.ignored == 20
    stage.call.bots.clear()
    stage.receiver.ignored_users.clear()
    stage.say(ANN, ANN_SSRC, first=20)
    assert stage.heard.ms(ANN) == 400


def test_what_waited_for_its_key_is_dropped_when_its_speaker_was_left_out_meanwhile() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, speech()[:5], epoch=1)
    stage.say(ANN, ANN_SSRC, [*speech()[5:], OPUS_SILENCE], first=5, epoch=3)
    assert stage.receiver.pending
    heard = stage.heard.ms(ANN)
    stage.receiver.admits = lambda user_id: user_id != ANN
    assert stage.call.dave_session is not None
    stage.call.dave_session.epoch = 3
    stage.pass_time()
    assert stage.heard.ms(ANN) == heard
    assert stage.counters.ignored >= 15


def test_a_user_who_left_may_come_back_with_another_stream() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC)
    stage.receiver.voice_message(13, {"user_id": str(ANN)})
    assert stage.heard.left == [ANN]
    assert stage.counters.last_frame_at == {}
    stage.op5(ANN, 777)
    stage.say(ANN, 777, first=60_000)
    assert stage.heard.ms(ANN) == 800


def test_a_user_who_left_may_come_back_with_the_same_ssrc() -> None:
    stage = ReceiverStage()
    for _ in range(2):
        stage.op5(ANN, ANN_SSRC)
        stage.say(ANN, ANN_SSRC)
        stage.receiver.voice_message(13, {"user_id": str(ANN)})
    assert stage.heard.ms(ANN) == 800
    assert stage.counters.duplicate == 0


def test_held_packets_are_decoded_when_their_speaker_leaves() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.send(seal(speech()[0], ANN, 1), 0)
    stage.send(seal(speech()[2], ANN, 1), 2)
    stage.receiver.voice_message(13, {"user_id": str(ANN)})
    assert stage.heard.ms(ANN) == 40


def test_a_new_session_forgets_the_streams_and_reports_users_who_left() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.op5(BEN, BEN_SSRC)
    stage.say(ANN, ANN_SSRC)
    stage.say(BEN, BEN_SSRC)
    stage.call.key = list(range(100, 132))
    stage.call.present = {BEN}
    stage.receiver.voice_message(4, {"mode": "", "secret_key": []})
    assert stage.heard.left == [ANN]
    stage.op5(BEN, ANN_SSRC)  # the same number, another person
    stage.say(BEN, ANN_SSRC, speech(700))
    assert stage.heard.ms(ANN) == 400
    assert pitch(stage.heard.pcm(BEN)[-4800:]) == pytest.approx(700, abs=5)


def test_the_first_packets_of_a_new_session_survive_its_announcement() -> None:
    stage = ReceiverStage()
    stage.say(ANN, ANN_SSRC)
    stage.call.key = list(range(100, 132))
    stage.say(ANN, 999, first=0)  # before discord.py has passed op 4 on
    stage.receiver.voice_message(4, {})
    assert stage.heard.ms(ANN) == 800


def test_an_unattributed_stream_may_come_again_in_a_new_session() -> None:
    stage = plain()
    stage.say(ANN, ANN_SSRC, epoch=None)
    assert stage.heard.ms(ANN) == 0, "two people are there, and it may be either"
    stage.call.key = list(range(100, 132))
    stage.receiver.voice_message(4, {"mode": "", "secret_key": []})
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, epoch=None)
    assert stage.heard.ms(ANN) == 400
    assert stage.counters.duplicate == 0


def test_undecryptable_speech_is_noticed_within_three_seconds_and_so_is_its_end() -> None:
    stage = ReceiverStage()
    stage.op5(ANN, ANN_SSRC)
    stage.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    reason = stage.receiver.health.problem(stage.now)
    assert reason is not None
    assert "DAVE key" in str(reason)
    stage.say(ANN, ANN_SSRC, first=200, epoch=1)
    assert stage.receiver.health.problem(stage.now) is None


def test_silence_frames_are_no_problem_and_end_none() -> None:
    stage = ReceiverStage()
    for n in range(300):
        stage.send(OPUS_SILENCE, n, ssrc=77)
        stage.pass_time()
    assert stage.receiver.health.problem(stage.now) is None
    stage.op5(ANN, ANN_SSRC)
    stage.op5(BEN, 77)
    stage.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    stage.send(OPUS_SILENCE, 300, ssrc=77)
    assert stage.receiver.health.problem(stage.now) is not None


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
def test_the_bot_can_be_heard_once_it_is_in_the_group(
    call: dict[str, Any], can_be_heard: bool
) -> None:
    assert ReceiverStage(**call).receiver.can_be_heard() is can_be_heard


def test_being_outside_the_group_is_a_problem() -> None:
    stage = ReceiverStage(dave_session=Group(ready=False))
    stage.receiver.observe(stage.now)
    stage.receiver.observe(stage.now + 5.1)
    assert "DAVE" in str(stage.receiver.health.problem(stage.now + 5.1))
    stage.call.present = set()
    stage.receiver.observe(stage.now + 5.2)
    assert stage.receiver.health.problem(stage.now + 5.2) is None
