"""How a speaker stands with the agent and the others."""

from __future__ import annotations

import pytest

from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState, Toward
from pipeline.addressee.speaker_context import SpeakerContext, standing, telephones
from pipeline.language.lexicons import ENGLISH
from pipeline.ports import Speaker
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN, JARVIS


def said(by: Speaker, ago_s: float, text: str, toward: Toward = "room") -> LastSpeech:
    return LastSpeech(by.id, toward, ago_s, text)


def stands(
    *talk: LastSpeech, reply: LastReply | None = None, people: tuple[Speaker, ...] = (ANN, BEN)
) -> SpeakerContext:
    room = RoomState(JARVIS, (), people, talk, reply)
    return standing(ANN.id, room, ENGLISH, RelevanceSettings())


def test_an_empty_room() -> None:
    how = stands(people=(ANN,))
    assert how.alone
    assert not any((how.follow_up, how.running, how.asked, how.on_phone))
    assert how.talk == "none"


def test_right_after_the_agents_answer() -> None:
    how = stands(reply=LastReply(ANN.id, 3.0, asks=True))
    assert (how.follow_up, how.asked, how.running, how.alone) == (True, True, True, False)
    assert not stands(reply=LastReply(BEN.id, 3.0)).follow_up
    assert not stands(reply=LastReply(ANN.id, 9.0)).follow_up
    assert not stands(reply=LastReply(ANN.id, 31.0)).running


def test_others_speak_in_between() -> None:
    how = stands(said(BEN, 1.0, "I am hungry."), reply=LastReply(ANN.id, 3.0, asks=True))
    assert (how.follow_up, how.interrupted, how.asked, how.still_asked) == (
        False, True, False, True,
    )  # fmt: skip
    assert how.talk == "room"
    person = stands(said(BEN, 1.0, "Ann, hi.", "person"), reply=LastReply(ANN.id, 3.0))
    assert person.talk == "between people"


def test_a_mere_mm_hm_begins_no_talk() -> None:
    how = stands(said(BEN, 1.0, "Mm-hm."), reply=LastReply(ANN.id, 3.0))
    assert how.follow_up
    assert how.talk == "none"


def test_ones_own_words_are_no_talk_of_others() -> None:
    assert stands(said(ANN, 1.0, "I am hungry.")).talk == "none"


def test_old_talk_is_over() -> None:
    assert stands(said(BEN, 13.0, "I am hungry.")).talk == "none"


def test_what_was_said_to_each_other_is_counted() -> None:
    talk = [said(BEN, float(ago), "I am hungry.") for ago in (1, 4, 7, 20)]
    assert stands(*talk, reply=LastReply(ANN.id, 25.0)).talk_lines == 3


def test_a_question_of_somebody_else() -> None:
    assert stands(said(BEN, 1.0, "Are you coming?")).asked_by_person
    assert not stands(said(BEN, 7.0, "Are you coming?")).asked_by_person
    assert not stands(said(BEN, 1.0, "I am coming.")).asked_by_person
    assert not stands(said(ANN, 1.0, "Are you coming?")).asked_by_person


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
    assert telephones(text, ENGLISH) is expected


def test_a_telephone_call_goes_on_word_by_word_until_the_farewell() -> None:
    opening = said(ANN, 40.0, "Hello? Yes, speaking.")
    middle = said(ANN, 20.0, "No, on Monday.")
    assert stands(middle, opening).on_phone
    assert not stands(opening).on_phone
    assert not stands(said(ANN, 5.0, "Okay, bye."), middle, opening).on_phone
    assert not stands(said(ANN, 5.0, "Jarvis, stop.", "agent"), middle, opening).on_phone
    assert not stands(said(BEN, 5.0, "Hello? Yes, speaking.")).on_phone


def test_reading_goes_on_for_a_while() -> None:
    heading = said(ANN, 15.0, "Chapter one.")
    assert stands(said(ANN, 8.0, "It was cold."), heading).reading
    assert not stands(heading).reading
