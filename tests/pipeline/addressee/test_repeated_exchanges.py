from __future__ import annotations

import pytest

from pipeline.addressee.classifier import Decision
from pipeline.addressee.repeated_exchanges import (
    AGAIN,
    MOST,
    MOST_SHORT,
    PROMPT_S,
    RepeatedExchanges,
)
from pipeline.language.voice_commands import CommandKind, VoiceCommand

ANN, BEN = 1, 2
ASKED = Decision(True, 0.97, ("it says the name",), "jarvis")
LEFT = Decision(False, 0.1, ("other people are here",))
REPEAT = Decision(True, 1.0, ("a command",), command=VoiceCommand(CommandKind.REPEAT, True))
WORDS, ANSWER = "Jarvis, what do you think?", "I would rather hear what Sage thinks."


class Talk:
    """Turns and answers, two seconds apart."""

    def __init__(self) -> None:
        self.exchanges = RepeatedExchanges()
        self.now = 50.0

    def say(
        self, text: str = WORDS, answer: str = ANSWER, who: int = ANN, decision: Decision = ASKED
    ) -> bool:
        """Whether it is answered."""
        self.now += 2.0
        decision = self.exchanges.checked(who, text, decision, self.now)
        self.exchanges.decided(who, text, decision, self.now)
        if decision.addressed:
            self.now += 2.0
            self.exchanges.answered(answer, self.now)
        else:
            assert decision.reasons in ((AGAIN,), LEFT.reasons)
        return decision.addressed


def test_an_exchange_that_repeats_itself_ends_and_stays_so() -> None:
    talk = Talk()
    assert [talk.say() for _ in range(MOST + 3)] == [True] * MOST + [False] * 3


def test_speech_to_text_may_vary_a_little() -> None:
    talk = Talk()
    heard = ("Jarvis, what do you think?", "Jarvis what do you think", "jarvis. What do you sink?")
    assert [talk.say(heard[n % 3]) for n in range(MOST + 1)] == [True] * MOST + [False]


def test_two_exchanges_in_turn_are_a_repetition_too() -> None:
    talk = Talk()
    answered = [talk.say(("What do you say?", WORDS)[n % 2]) for n in range(2 * MOST + 2)]
    assert answered == [True] * 2 * MOST + [False] * 2


def test_a_short_answer_may_come_more_often() -> None:
    talk = Talk()
    answered = [talk.say("Jarvis, next song.", "Okay.") for _ in range(MOST_SHORT + 1)]
    assert answered == [True] * MOST_SHORT + [False]


def test_another_answer_is_no_repetition() -> None:
    talk = Talk()
    assert all(talk.say(WORDS, f"The {n}th of {n} things that I {n} think.") for n in range(20))


@pytest.mark.parametrize(
    "between",
    [
        {"who": BEN},
        {"text": "That was all for tonight, thank you.", "decision": LEFT},
        {"text": "I see.", "who": BEN, "decision": LEFT},
        {
            "text": "Louder.",
            "decision": REPEAT,
        },
    ],
)
def test_after_any_other_turn_it_is_answered_again(between: dict[str, object]) -> None:
    talk = Talk()
    for _ in range(3):
        assert all(talk.say() for _ in range(MOST))
        talk.say(**between)  # type: ignore[arg-type]


def test_after_a_pause_it_is_answered_again() -> None:
    talk = Talk()
    assert all(talk.say() for _ in range(MOST))
    assert not talk.say()
    talk.now += PROMPT_S + 1
    assert talk.say()
