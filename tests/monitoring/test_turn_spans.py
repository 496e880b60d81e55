"""The spans of a turn, from the events of its room."""

from __future__ import annotations

import pytest

from monitoring.turn_spans import MOST_WAITING, PATIENCE_S, TurnSpans, TurnTrace
from pipeline.events import (
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    RoomEvent,
    SpeechBegan,
    SpeechEnded,
    TurnDecided,
    TurnExtended,
    TurnRejected,
    Unspoken,
)
from pipeline.latency import Mark, TurnLatency
from pipeline.ports import Speaker

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")
MARKS: dict[Mark, float] = {
    "speech_end": 11.0,
    "pause_seen": 11.1,
    "transcribed": 11.4,
    "turn_decided": 11.5,
    "judged": 11.55,
    "agent_asked": 11.6,
    "first_delta": 11.9,
    "first_sentence": 12.0,
    "tts_first_byte": 12.2,
    "first_frame": 12.25,
}


def latency() -> TurnLatency:
    turn = TurnLatency()
    for mark, at in MARKS.items():
        turn.mark(mark, at)
    return turn


def after(turns: TurnSpans, *events: RoomEvent) -> list[TurnTrace]:
    return [trace for event in events for trace in turns.observe(event)]


def question(at: float, speaker: Speaker = ANN) -> TurnDecided:
    return TurnDecided(speaker, "a secret word", True, ("called by name",), at, 0.9876)


def test_a_turn_has_a_span_for_each_stage_with_its_true_times() -> None:
    (trace,) = after(
        TurnSpans(),
        SpeechBegan(ANN, 9.0),
        SpeechEnded(ANN, "a pause", 11.5),
        question(11.55),
        ReplyBegan("jarvis", ANN, latency(), 12.25),
        ReplyEnded("jarvis", ANN, "a secret answer", "a secret answer", False, 14.0),
    )
    assert (trace.turn.began, trace.turn.ended) == (9.0, 14.0)
    assert {span.name: (span.began, span.ended) for span in trace.stages} == {
        "speech": (9.0, 11.0),
        "endpoint": (11.0, 11.5),
        "stt": (11.1, 11.4),
        "decision": (11.5, 11.55),
        "queue": (11.55, 11.6),
        "agent": (11.6, 11.9),
        "sentence": (11.9, 12.0),
        "tts": (12.0, 12.2),
        "playback": (12.25, 14.0),
    }
    attributes = trace.turn.attributes
    assert attributes["speaker"] == "1"
    assert attributes["agent"] == "jarvis"
    assert attributes["outcome"] == "answered"
    assert attributes["reason"] == "called_by_name"
    assert attributes["score"] == 0.988
    assert attributes["waited.voice_to_voice_ms"] == pytest.approx(1250.0)
    assert "secret" not in repr(trace)


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (TurnRejected(ANN, "noise", 2.0), "no_words"),
        (TurnDecided(ANN, "hi Ben", False, ("it calls Ben, who is here",), 2.0), "left_alone"),
        (TurnDecided(ANN, "louder", True, ("asks for more volume",), 2.0, 1.0), "command"),
    ],
)
def test_a_turn_that_no_agent_gets_ends_with_its_decision(event: RoomEvent, outcome: str) -> None:
    (trace,) = after(TurnSpans(), SpeechBegan(ANN, 1.0), event)
    assert (trace.turn.began, trace.turn.ended) == (1.0, 2.0)
    assert trace.turn.attributes["outcome"] == outcome


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (ReplyFailed("jarvis", ANN, "the Gateway is away", "Sorry.", 3.0), "failed"),
        (ReplyDeclined("jarvis", ANN, 3.0), "declined"),
        (Unspoken("jarvis", "Half past seven.", "500", 3.0, "", ANN), "unspoken"),
    ],
)
def test_a_turn_without_a_sound_ends_with_its_outcome(event: RoomEvent, outcome: str) -> None:
    turns = TurnSpans()
    ended = ReplyEnded("jarvis", ANN, "", "", False, 3.0)
    (trace,) = after(turns, SpeechBegan(ANN, 1.0), question(2.0), event, ended)
    assert trace.turn.attributes["outcome"] == outcome


def test_an_answer_that_was_spoken_in_part_is_marked() -> None:
    (trace,) = after(
        TurnSpans(),
        SpeechBegan(ANN, 1.0),
        question(11.6),
        ReplyBegan("jarvis", ANN, latency(), 12.25),
        Unspoken("jarvis", "And more.", "500", 13.0, "", ANN),
        ReplyEnded("jarvis", ANN, "Yes. And more.", "Yes.", False, 13.0),
    )
    assert trace.turn.attributes["outcome"] == "answered"
    assert trace.turn.attributes["unspoken"] is True


def test_turns_of_several_speakers_do_not_mix() -> None:
    turns = TurnSpans()
    traces = after(
        turns,
        SpeechBegan(ANN, 1.0),
        SpeechBegan(BEN, 1.5),
        question(11.5, BEN),
        question(11.6),
        ReplyBegan("jarvis", ANN, latency(), 12.25),
        ReplyFailed("jarvis", BEN, "late", "", 13.0),
        ReplyEnded("jarvis", ANN, "Yes.", "Yes.", True, 14.0),
    )
    outcomes = [(t.turn.attributes["speaker"], t.turn.attributes["outcome"]) for t in traces]
    assert outcomes == [("2", "failed"), ("1", "interrupted")]


def test_a_speaker_who_goes_on_before_the_decision_has_two_turns() -> None:
    aside = ("it calls Ben, who is here",)
    traces = after(
        TurnSpans(),
        SpeechBegan(ANN, 1.0),
        SpeechEnded(ANN, "a pause", 2.0),
        SpeechBegan(ANN, 2.1),
        TurnDecided(ANN, "hi Ben", False, aside, 2.4),
        SpeechEnded(ANN, "a pause", 3.0),
        TurnDecided(ANN, "how are you", False, aside, 3.4),
    )
    assert [(t.turn.began, t.turn.ended) for t in traces] == [(1.0, 2.4), (2.1, 3.4)]


def test_a_turn_whose_speaker_left_does_not_lengthen_the_next_one() -> None:
    (trace,) = after(
        TurnSpans(),
        SpeechBegan(ANN, 1.0),
        SpeechBegan(ANN, 3600.0),
        SpeechEnded(ANN, "a pause", 3601.0),
        TurnRejected(ANN, "noise", 3601.2),
    )
    assert trace.turn.began == 3600.0


def test_words_that_are_added_end_the_earlier_turn() -> None:
    (trace,) = after(
        TurnSpans(),
        question(2.0),
        question(3.0),
        TurnExtended("jarvis", ANN, "both", 3.0),
    )
    assert trace.turn.attributes["outcome"] == "extended"


def test_turns_without_an_answer_are_not_kept() -> None:
    turns = TurnSpans()
    many = after(turns, *(question(float(number)) for number in range(MOST_WAITING + 3)))
    assert len(many) == 3
    left = after(turns, SpeechBegan(BEN, PATIENCE_S + 100.0))
    assert len(left) == MOST_WAITING
    assert {each.turn.attributes["outcome"] for each in (*many, *left)} == {"unanswered"}
