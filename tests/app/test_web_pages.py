from __future__ import annotations

import pytest

from app.web_pages import outcome
from pipeline.decision_log import TurnDecision
from pipeline.ports import Speaker
from translations import message

ANN = Speaker(1, "Ann")


def turn(**outcome: object) -> TurnDecision:
    decided = TurnDecision(ANN, 0.0, "What time is it?", True)
    for name, value in outcome.items():
        setattr(decided, name, value)
    return decided


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (turn(text=""), "no words"),
        (turn(addressed=False), "left alone"),
        (turn(), "for the agent"),
        (turn(waited_s=0.9), "answered"),
        (turn(waited_s=0.9, interrupted=True), "answered, and interrupted"),
        (turn(silent=True), "the agent chose to say nothing"),
        (
            turn(silent=True, not_meant=True),
            "left alone by the agent: it was not sure to be meant, and declined",
        ),
        (
            turn(silent=True, gave_way=True),
            "left alone: another member called the agent before it had decided",
        ),
        (turn(unspoken="no sound"), "answered in writing: the voice failed: no sound"),
        (
            turn(waited_s=0.9, unspoken="no sound"),
            "answered in part in writing: the voice failed: no sound",
        ),
        (turn(failure="no answer at ws://x"), "not answered: no answer at ws://x"),
        (turn(waited_s=0.9, unheard=message("I am muted")), "answered, but not heard: I am muted"),
    ],
)
def test_what_became_of_a_turn(decided: TurnDecision, words: str) -> None:
    assert outcome(decided) == words
