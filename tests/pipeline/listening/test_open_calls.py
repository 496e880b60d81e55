"""Names alone, and the words that come after them."""

from __future__ import annotations

from typing import cast

from pipeline.inference.transcription import Transcription
from pipeline.language.utterance import ParsedUtterance
from pipeline.latency import TurnLatency
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.listening.open_calls import BEHIND_A_STOP, ONLY_CALLS, OpenCalls
from pipeline.ports import Speaker
from testing.room import ANN, BEN


def said(text: str, began: float, by: Speaker = ANN) -> FinalTranscript:
    words = Transcription(text, "en", 0.0, -0.1, 900.0, 50.0)
    return FinalTranscript(by, words, began, TurnLatency())


def test_the_next_words_of_the_speaker_belong_to_the_call() -> None:
    calls = OpenCalls()
    calls.add(said("Jarvis.", 1.0), 2.0)
    assert calls.completed(said("stop.", 3.0)).transcription.text == "Jarvis, stop."
    assert calls.completed(said("stop.", 3.0, BEN)).transcription.text == "stop."


def test_a_call_is_open_for_a_while_only() -> None:
    calls = OpenCalls()
    calls.add(said("Jarvis.", 1.0), 2.0)
    assert calls.completed(said("stop.", 5.5)).transcription.text == "stop."


def test_a_closed_call_takes_no_words() -> None:
    calls = OpenCalls()
    calls.add(said("Jarvis.", 1.0), 2.0)
    calls.close(ANN.id)
    assert calls.completed(said("stop.", 2.5)).transcription.text == "stop."


class OnlyCalls:
    """An utterance that only calls the agent."""

    only_calls = True


def why(calls: OpenCalls, began: float, by: Speaker = ANN, *, over_reply: bool = False) -> str:
    call = cast(ParsedUtterance, OnlyCalls())
    return calls.why_left_alone(said("Jarvis.", began, by), call, over_reply=over_reply) or ""


def test_a_name_belongs_to_the_stop_right_before_it() -> None:
    calls = OpenCalls()
    calls.stopped(ANN.id, 10.0)
    assert why(calls, 10.4) == BEHIND_A_STOP
    assert why(calls, 12.0) == ""
    assert why(calls, 12.0, over_reply=True) == ONLY_CALLS
    assert why(calls, 10.4, BEN) == ""
    calls.forget(ANN.id)
    assert why(calls, 10.4) == ""
