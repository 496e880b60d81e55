"""The state of a room, from its transcript."""

from __future__ import annotations

from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState, room_state
from pipeline.ports import Speaker
from pipeline.transcript import SpokenSentence, Transcript
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
