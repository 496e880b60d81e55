"""The state of a room, from its transcript, and a speaker's relation to the others."""

from __future__ import annotations

import pytest

from pipeline.addressee.context import (
    LastReply,
    LastSpeech,
    RoomState,
    SpeakerContext,
    Toward,
    room_state,
    speaker_context,
)
from pipeline.ports import Speaker
from pipeline.settings import RelevanceSettings
from pipeline.transcript import Speech, SpokenSentence, Transcript
from testing.room import ANN, BEN
from tests.pipeline.parsing import parsed


def state(transcript: Transcript, at: float, replying_to: Speaker | None = None) -> RoomState:
    return room_state(
        transcript,
        at,
        agents=("jarvis", "sage"),
        people=(ANN, BEN),
        replying_to=replying_to,
    )


def replied(transcript: Transcript, text: str, at: float) -> None:
    transcript.add_reply("jarvis", ANN, [SpokenSentence(text, 0, 1000)], 1000, at=at)


def test_an_empty_room_knows_nothing() -> None:
    assert state(Transcript(), 5.0) == RoomState((ANN, BEN))


def test_the_last_words_of_people_and_agent_count() -> None:
    transcript = Transcript()
    transcript.add_speech(ANN, parsed("Jarvis, read me the news."), 10.0, addressed_to="jarvis")
    replied(transcript, "The bridge is closed. Shall I go on?", 14.0)
    assert state(transcript, 16.0).last_speech == LastSpeech(
        parsed("Jarvis, read me the news."), "agent", 6.0
    )
    assert state(transcript, 16.0).last_reply == LastReply(ANN.id, 2.0, asks=True)
    transcript.add_speech(BEN, parsed("Ann, are you coming?", by=BEN), 17.0, addressed_to="Ann")
    assert state(transcript, 18.0).last_speech == LastSpeech(
        parsed("Ann, are you coming?", by=BEN), "person", 1.0
    )
    transcript.add_speech(ANN, parsed("It is late."), 19.0)
    assert state(transcript, 20.0).last_speech == LastSpeech(parsed("It is late."), "room", 1.0)
    transcript.add_speech(ANN, parsed("Sage, who are you?"), 21.0, addressed_to="sage")
    last = state(transcript, 21.0).last_speech
    assert last is not None
    assert last.toward == "agent"


def test_talk_since_the_reply_leaves_out_what_was_for_agents() -> None:
    transcript = Transcript()
    transcript.add_speech(BEN, parsed("Before.", by=BEN), 8.0)
    transcript.add_speech(ANN, parsed("Jarvis, what time is it?"), 10.0, addressed_to="jarvis")
    replied(transcript, "It is late.", 14.0)
    transcript.add_speech(BEN, parsed("One.", by=BEN), 16.0)
    transcript.add_speech(ANN, parsed("Sage, who are you?"), 17.0, addressed_to="sage")
    transcript.add_speech(ANN, parsed("Two."), 18.0)
    since = state(transcript, 20.0).talk_since_reply
    assert [speech.utterance.text for speech in since] == ["Two.", "One."]


def test_talk_is_bounded() -> None:
    transcript = Transcript()
    for number in range(50):
        transcript.add_speech(BEN, parsed(f"Line {number}.", by=BEN), float(number))
    talk = state(transcript, 60.0).talk
    assert len(talk) < 10
    assert talk[0].utterance.text == "Line 49."


def test_the_current_reply_replaces_the_last_one() -> None:
    transcript = Transcript()
    replied(transcript, "It is late.", 10.0)
    assert state(transcript, 90.0, BEN).last_reply == LastReply(BEN.id, 0.0, playing=True)


def test_no_time_is_negative() -> None:
    transcript = Transcript()
    replied(transcript, "It is late.", 10.0)
    assert state(transcript, 9.5).last_reply == LastReply(ANN.id, 0.0)


# -- the context of a speaker --------------------------------------------------------------------


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


def test_the_last_asker_speaks_again_behind_the_talk_of_others() -> None:
    talk = said(BEN, 4.0, "I am hungry.")
    assert context(talk, reply=LastReply(ANN.id, 25.0)).delayed_follow_up
    assert not context(talk, reply=LastReply(ANN.id, 35.0)).delayed_follow_up
    assert not context(talk, reply=LastReply(BEN.id, 25.0)).delayed_follow_up
    assert not context(reply=LastReply(ANN.id, 5.0)).delayed_follow_up


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


def test_people_who_talk_over_a_reply_are_heard_too() -> None:
    transcript = Transcript()
    transcript.add_speech(BEN, parsed("Ann, did you eat?", by=BEN), 8.0, addressed_to="Ann")
    transcript.add_speech(ANN, parsed("Jarvis, read me the news."), 10.0, addressed_to="jarvis")
    over = room_state(transcript, 12.0, agents=("jarvis",), replying_to=ANN, asked_at=10.0)
    assert over.talk_since_reply == (), "what was said before the question is over"
    transcript.add_speech(BEN, parsed("Ann, where is the key?", by=BEN), 13.0, addressed_to="Ann")
    over = room_state(transcript, 14.0, agents=("jarvis",), replying_to=ANN, asked_at=10.0)
    assert [said.utterance.text for said in over.talk_since_reply] == ["Ann, where is the key?"]
    assert room_state(transcript, 14.0, replying_to=ANN).talk_since_reply == ()


def test_what_another_person_said_in_a_turn_that_goes_on_counts() -> None:
    transcript = Transcript()
    transcript.add_speech(ANN, parsed("Jarvis, read me the news."), 10.0, addressed_to="jarvis")
    asked = parsed("Did you lock the door, Ann?", by=BEN)
    transcript.note_unfinished(Speech(BEN, asked, 14.0, "Ann"), 12.5)
    answering = room_state(transcript, 15.0, agents=("jarvis",), speaker_id=ANN.id)
    assert answering.last_speech == LastSpeech(asked, "person", 1.0)
    going_on = room_state(transcript, 14.2, agents=("jarvis",), speaker_id=BEN.id)
    assert going_on.last_speech is not None
    assert going_on.last_speech.speaker_id == ANN.id, "their own turn is no line before it"
    before = room_state(transcript, 12.0, agents=("jarvis",), speaker_id=ANN.id)
    assert before.last_speech is not None
    assert before.last_speech.speaker_id == ANN.id, "the turn began later"
