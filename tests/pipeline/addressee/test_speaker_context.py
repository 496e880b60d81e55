"""The context of a speaker."""

from __future__ import annotations

import pytest

from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState, Toward
from pipeline.addressee.speaker_context import SpeakerContext, speaker_context
from pipeline.ports import Speaker
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN
from tests.pipeline.parsing import parsed


def said(by: Speaker, ago_s: float, text: str, toward: Toward = "room") -> LastSpeech:
    return LastSpeech(parsed(text, by=by), toward, ago_s)


def context(
    *talk: LastSpeech, reply: LastReply | None = None, people: tuple[Speaker, ...] = (ANN, BEN)
) -> SpeakerContext:
    room = RoomState(people, talk, reply)
    return speaker_context(ANN.id, room, RelevanceSettings())


def test_an_empty_room() -> None:
    now = context(people=(ANN,))
    assert now.alone
    assert not any((now.follow_up, now.exchange_running, now.asked, now.on_phone))
    assert now.talk == "none"


def test_right_after_the_agents_answer() -> None:
    now = context(reply=LastReply(ANN.id, 3.0, asks=True))
    assert (now.follow_up, now.asked, now.exchange_running, now.alone) == (True, True, True, False)
    assert not context(reply=LastReply(BEN.id, 3.0)).follow_up
    assert not context(reply=LastReply(ANN.id, 9.0)).follow_up
    assert not context(reply=LastReply(ANN.id, 31.0)).exchange_running


def test_others_speak_in_between() -> None:
    now = context(said(BEN, 1.0, "I am hungry."), reply=LastReply(ANN.id, 3.0, asks=True))
    assert (now.follow_up, now.delayed_follow_up, now.asked, now.still_asked) == (
        False, True, False, True,
    )  # fmt: skip
    assert now.talk == "room"
    person = context(said(BEN, 1.0, "Ann, hi.", "person"), reply=LastReply(ANN.id, 3.0))
    assert person.talk == "between people"


def test_a_backchannel_begins_no_talk() -> None:
    now = context(said(BEN, 1.0, "Mm-hm."), reply=LastReply(ANN.id, 3.0))
    assert now.follow_up
    assert now.talk == "none"


def test_the_speakers_own_utterances_are_no_talk_of_others() -> None:
    assert context(said(ANN, 1.0, "I am hungry.")).talk == "none"


def test_old_talk_is_over() -> None:
    assert context(said(BEN, 13.0, "I am hungry.")).talk == "none"


def test_recent_utterances_are_counted() -> None:
    talk = [said(BEN, float(ago), "I am hungry.") for ago in (1, 4, 7, 20)]
    assert context(*talk, reply=LastReply(ANN.id, 25.0)).talk_lines == 3


def test_a_question_of_another_person() -> None:
    assert context(said(BEN, 1.0, "Are you coming?")).asked_by_person
    assert not context(said(BEN, 7.0, "Are you coming?")).asked_by_person
    assert not context(said(BEN, 1.0, "I am coming.")).asked_by_person
    assert not context(said(ANN, 1.0, "Are you coming?")).asked_by_person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello? Yes, this is she.", True),
        ("Hi, it's me.", True),
        ("Hello everybody.", False),
        ("Yes, this is the one.", False),
        ("", False),
    ],
)
def test_the_opening_of_a_telephone_call(text: str, expected: bool) -> None:
    assert parsed(text).opens_phone_call is expected


def test_a_telephone_call_lasts_until_the_farewell() -> None:
    opening = said(ANN, 40.0, "Hello? Yes, speaking.")
    middle = said(ANN, 20.0, "No, on Monday.")
    assert context(middle, opening).on_phone
    assert not context(opening).on_phone
    assert not context(said(ANN, 5.0, "Okay, bye."), middle, opening).on_phone
    assert not context(said(ANN, 5.0, "Jarvis, stop.", "agent"), middle, opening).on_phone
    assert not context(said(BEN, 5.0, "Hello? Yes, speaking.")).on_phone


def test_reading_aloud_lasts_for_a_while() -> None:
    heading = said(ANN, 15.0, "Chapter one.")
    assert context(said(ANN, 8.0, "It was cold."), heading).reading_aloud
    assert not context(heading).reading_aloud
