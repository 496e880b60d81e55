"""The demo's lines: each thing that happens is one that people can read, in a pipe too."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from demo.timeline import Timeline
from pipeline.events import (
    HearingReplaced,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    SentenceBegan,
    SpeechBegan,
    TextLeftOut,
    TurnDecided,
    TurnRejected,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from testing.room import ANN


def written(*events: RoomEvent, width: int = 120) -> str:
    """What the timeline prints of some events, without a terminal."""
    out = io.StringIO()
    timeline = Timeline(Console(file=out, width=width))
    for event in events:
        timeline.observe(event)
    return out.getvalue()


def latency(seconds: float) -> TurnLatency:
    turn = TurnLatency()
    turn.mark("speech_end", 1.0)
    turn.mark("first_frame", 1.0 + seconds)
    return turn


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            TurnDecided(ANN, "What time is it?", True, ("a question", "called by name"), 0.0),
            "bot heard Ann: “What time is it?” - answers: a question; called by name",
        ),
        (TurnDecided(ANN, "Hello, Ben.", False, ("calls Ben",), 0.0), "stays silent: calls Ben"),
        (TurnRejected(ANN, "no words in it", 0.0), "did not understand Ann: no words in it"),
        (ReplyBegan("jarvis", ANN, latency(0.345), 0.0), "Jarvis  begins to speak, 345 ms after"),
        (ReplyDucked(held=False, at=0.0), "bot goes quiet"),
        (ReplyDucked(held=True, at=0.0), "bot falls silent"),
        (ReplyResumed(0.0), "bot continues"),
        (ReplyEnded("sage", ANN, "Hello.", "Hello.", False, 0.0), "Sage  said “Hello.”"),
        (
            ReplyEnded("sage", ANN, "Once upon", "Once", True, 0.0),
            "Sage  was interrupted after “Once”",
        ),
        (
            VoiceReplaced("sage", "it does not answer", 0.0),
            "Sage  speaks with a stand-in voice: it does not answer",
        ),
        (
            HearingReplaced("it does not answer", 0.0),
            "         it does not answer: the bot's own model transcribes",
        ),
        (Unspoken("sage", "Hello.", "500", 0.0), "Sage  could not say “Hello.”: 500"),
        (TextLeftOut("sage", "x = 1", 0.0), "Sage  leaves to be read: “x = 1”"),
        (
            ReplyFailed("sage", ANN, "it is away", "I cannot reach it.", 0.0),
            "Sage  failed: it is away; told: “I cannot reach it.”",
        ),
    ],
)
def test_what_happens_is_a_line(event: RoomEvent, line: str) -> None:
    printed = written(event)
    assert line in printed
    assert printed.count("\n") == 1
    assert " s  " in printed, "with the seconds since the beginning"


def test_what_matters_to_nobody_is_not_printed() -> None:
    assert written(SpeechBegan(ANN, 0.0), SentenceBegan("jarvis", "Hello.", 0.0)) == ""


@pytest.mark.parametrize("text", ["[/nothing]", "[bold]", "a [link] b", "C:\\[x]"])
def test_brackets_are_shown_as_they_were_said(text: str) -> None:
    assert f"“{text}”" in written(TurnDecided(ANN, text, True, ("a question",), 0.0))
    assert text in written(Unspoken("sage", "Hello.", text, 0.0))


def test_a_long_line_is_not_torn_in_two() -> None:
    words = "word " * 60
    assert written(TurnDecided(ANN, words, True, ("a question",), 0.0), width=80).count("\n") == 1


def test_people_and_scenes_have_their_lines_too() -> None:
    out = io.StringIO()
    timeline = Timeline(Console(file=out, width=120))
    timeline.scene("Alice comes [in]")
    timeline.say("Alice", "“Hello!”")
    timeline.note("nobody answers")
    scene, said, noted = out.getvalue().strip().splitlines()
    assert scene == "Alice comes [in]"
    assert said.endswith("Alice  “Hello!”")
    assert noted.endswith("nobody answers")
    assert "\x1b" not in out.getvalue(), "no colours into a pipe"
