"""The state of a room, read off its transcript."""

from __future__ import annotations

from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState, room_state
from pipeline.ports import Persona, Speaker, Voice
from pipeline.transcript import SpokenSentence, Transcript

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")
JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE = Persona("sage", "Sage", Voice("sage"))


def state(transcript: Transcript, at: float, replying_to: Speaker | None = None) -> RoomState:
    return room_state(
        transcript,
        at,
        agent=JARVIS,
        agents=(JARVIS, SAGE),
        people=(ANN, BEN),
        replying_to=replying_to,
    )


def replied(transcript: Transcript, text: str, at: float) -> None:
    transcript.add_reply("jarvis", ANN, [SpokenSentence(text, 0, 1000)], 1000, at=at)


def test_an_empty_room_knows_nothing() -> None:
    assert state(Transcript(), 5.0) == RoomState(JARVIS, (SAGE,), (ANN, BEN))


def test_the_last_words_of_people_and_agent_count() -> None:
    transcript = Transcript()
    transcript.add_speech(ANN, "Jarvis, read me the news.", 10.0, addressed_to="jarvis")
    replied(transcript, "The bridge is closed. Shall I go on?", 14.0)
    assert state(transcript, 16.0).last_speech == LastSpeech(
        ANN.id, "agent", 6.0, "Jarvis, read me the news."
    )
    assert state(transcript, 16.0).last_reply == LastReply(ANN.id, 2.0, asks=True)
    transcript.add_speech(BEN, "Ann, are you coming?", 17.0, addressed_to="Ann")
    assert state(transcript, 18.0).last_speech == LastSpeech(
        BEN.id, "person", 1.0, "Ann, are you coming?"
    )
    transcript.add_speech(ANN, "It is late.", 19.0)
    assert state(transcript, 20.0).last_speech == LastSpeech(ANN.id, "room", 1.0, "It is late.")
    transcript.add_speech(ANN, "Sage, who are you?", 21.0, addressed_to="sage")
    last = state(transcript, 21.0).last_speech
    assert last is not None
    assert last.toward == "agent"


def test_talk_among_people_is_what_was_not_said_to_the_agent_since_its_last_word() -> None:
    transcript = Transcript()
    transcript.add_speech(BEN, "Before.", 8.0)
    transcript.add_speech(ANN, "Jarvis, what time is it?", 10.0, addressed_to="jarvis")
    replied(transcript, "It is late.", 14.0)
    transcript.add_speech(BEN, "One.", 16.0)
    transcript.add_speech(ANN, "Sage, who are you?", 17.0, addressed_to="sage")
    transcript.add_speech(ANN, "Two.", 18.0)
    since = state(transcript, 20.0).talk_since_reply
    assert [speech.text for speech in since] == ["Two.", "One."]


def test_talk_is_bounded() -> None:
    transcript = Transcript()
    for number in range(50):
        transcript.add_speech(BEN, f"Line {number}.", float(number))
    talk = state(transcript, 60.0).talk
    assert len(talk) < 10
    assert talk[0].text == "Line 49."


def test_a_reply_that_is_being_spoken_goes_before_the_one_that_was() -> None:
    transcript = Transcript()
    replied(transcript, "It is late.", 10.0)
    assert state(transcript, 90.0, BEN).last_reply == LastReply(BEN.id, 0.0, sounding=True)


def test_what_began_before_the_last_line_ended_is_not_in_the_past() -> None:
    transcript = Transcript()
    replied(transcript, "It is late.", 10.0)
    assert state(transcript, 9.5).last_reply == LastReply(ANN.id, 0.0)
