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
from tests.discord_bot.receive.receiver_stage import ANN_SSRC, BEN_SSRC, Room, plain, speech


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


def test_speech_of_an_unnamed_newcomer_before_admission_is_not_lost() -> None:
    room = Room(dave_session=Group(members=[BOT, BEN]))
    room.say(ANN, ANN_SSRC, epoch=3)
    assert room.heard.frames == []
    assert room.call.dave_session is not None
    room.call.dave_session.members.append(ANN)
    room.call.dave_session.epoch = 3
    room.pass_time()
    assert room.heard.ms(ANN) == 400


@pytest.mark.parametrize("who", ["bot", "left out"])
def test_bots_and_ignored_users_are_never_decrypted(who: str) -> None:
    room = Room()
    if who == "bot":
        room.call.bots.add(ANN)
    else:
        room.receiver.ignored_users.add(ANN)
    room.say(ANN, ANN_SSRC)  # first attributed by key, then known
    assert room.heard.frames == []
    assert room.counters.ignored == 20
    room.call.bots.clear()
    room.receiver.ignored_users.clear()
    room.say(ANN, ANN_SSRC, first=20)
    assert room.heard.ms(ANN) == 400


def test_a_user_who_left_may_come_back_with_another_stream() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC)
    room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.gone == [ANN]
    assert room.counters.last_frame_at == {}
    room.op5(ANN, 777)
    room.say(ANN, 777, first=60_000)
    assert room.heard.ms(ANN) == 800


def test_a_user_who_left_may_come_back_with_the_same_ssrc() -> None:
    room = Room()
    for _ in range(2):
        room.op5(ANN, ANN_SSRC)
        room.say(ANN, ANN_SSRC)
        room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.ms(ANN) == 800
    assert room.counters.duplicate == 0


def test_held_packets_are_decoded_when_their_speaker_leaves() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.send(seal(speech()[0], ANN, 1), 0)
    room.send(seal(speech()[2], ANN, 1), 2)
    room.receiver.voice_message(13, {"user_id": str(ANN)})
    assert room.heard.ms(ANN) == 40


def test_a_new_session_forgets_the_streams_and_reports_users_who_left() -> None:
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


def test_an_unattributed_stream_may_come_again_in_a_new_session() -> None:
    room = plain()
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.ms(ANN) == 0, "two people are there, and it may be either"
    room.call.key = list(range(100, 132))
    room.receiver.voice_message(4, {"mode": "", "secret_key": []})
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, epoch=None)
    assert room.heard.ms(ANN) == 400
    assert room.counters.duplicate == 0


def test_undecryptable_speech_is_noticed_within_three_seconds_and_so_is_its_end() -> None:
    room = Room()
    room.op5(ANN, ANN_SSRC)
    room.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    reason = room.receiver.health.problem(room.now)
    assert reason is not None
    assert "DAVE key" in reason
    room.say(ANN, ANN_SSRC, first=200, epoch=1)
    assert room.receiver.health.problem(room.now) is None


def test_silence_frames_are_no_problem_and_end_none() -> None:
    room = Room()
    for n in range(300):
        room.send(OPUS_SILENCE, n, ssrc=77)
        room.pass_time()
    assert room.receiver.health.problem(room.now) is None
    room.op5(ANN, ANN_SSRC)
    room.op5(BEN, 77)
    room.say(ANN, ANN_SSRC, speech() * 10, epoch=9)
    room.send(OPUS_SILENCE, 300, ssrc=77)
    assert room.receiver.health.problem(room.now) is not None


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
    assert Room(**call).receiver.can_be_heard() is can_be_heard


def test_being_outside_the_group_is_a_problem() -> None:
    room = Room(dave_session=Group(ready=False))
    room.receiver.observe(room.now)
    room.receiver.observe(room.now + 5.1)
    assert "DAVE" in (room.receiver.health.problem(room.now + 5.1) or "")
    room.call.present = set()
    room.receiver.observe(room.now + 5.2)
    assert room.receiver.health.problem(room.now + 5.2) is None
