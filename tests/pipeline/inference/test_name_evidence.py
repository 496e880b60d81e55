"""Names at the start or the end that were written as other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pipeline.inference.call_evidence import HeardWords
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.name_evidence import with_heard_name
from pipeline.inference.whisper_decoder import Decoding

NAMES = ExpectedNames(("Jarvis", "Sage", "Home Assistant"), ("Ann",))
ASKED = "Who won the election job?"
UNSURE_OF_THE_END = (0.5, 1.0, 1.0, 0.9, 0.3)


def decoded(text: str, sureness: Sequence[float], closed: str = "") -> Decoding:
    return Decoding(
        text, (), (), -0.2, 0.0, 1.0, False, closed, 0.0, None, sureness=tuple(sureness)
    )


def sound(likely: Mapping[str, float]) -> HeardWords:
    """A window in which texts have these log-probabilities, others -40."""
    return HeardWords("en", lambda text: [likely.get(text, -40.0)], lambda _: "")


def test_a_name_at_the_end_that_the_sound_prefers_is_taken() -> None:
    window = sound({ASKED: -12.0, "Who won the election Jarvis?": -11.7})
    said = with_heard_name(decoded(ASKED, UNSURE_OF_THE_END, ASKED), NAMES, window)
    assert said.text == said.closed_text == "Who won the election Jarvis?"


def test_a_name_at_the_start_gets_the_comma_that_is_likelier() -> None:
    text = "Asage pick a number for us."
    window = sound({text: -10.0, "Sage, pick a number for us.": -14.0})
    said = with_heard_name(decoded(text, (0.2, 0.95, 1, 1, 1, 1), "Asage"), NAMES, window)
    assert said.text == "Sage, pick a number for us."
    assert said.closed_text == "Asage"


def test_a_word_that_fits_the_sound_much_better_stays() -> None:
    window = sound({ASKED: -4.0, "Who won the election Jarvis?": -16.0})
    assert with_heard_name(decoded(ASKED, UNSURE_OF_THE_END), NAMES, window).text == ASKED


FOR_ANN = "And should I bring anything?"


@pytest.mark.parametrize(
    ("log", "said"),
    [(-18.0, "Ann, should I bring anything?"), (-24.0, FOR_ANN)],
    ids=["called", "continued"],
)
def test_the_sound_tells_a_person_who_is_called_from_a_word_like_the_name(
    log: float, said: str
) -> None:
    window = sound({FOR_ANN: -10.0, "Ann, should I bring anything?": log})
    unsure = (0.5, 0.97, 0.99, 1.0, 0.9)
    assert with_heard_name(decoded(FOR_ANN, unsure), NAMES, window).text == said


@pytest.mark.parametrize(
    ("text", "sureness"),
    [
        (FOR_ANN, (0.9, 0.97, 0.99, 1.0, 0.9)),
        ("Ann's bringing the bread.", (0.5, 0.9, 1.0, 1.0)),
        ("Bring the bread.", (0.5, 0.9, 1.0)),
        (ASKED, (0.9, 1.0, 1.0, 0.9, 0.9)),
        (ASKED, ()),
        ("Jarvis, who won the job?", (0.9, 1.0, 1.0, 0.9, 0.3)),
        ("We need more milk.", (0.9, 1.0, 1.0, 0.3)),
        ("Job?", (0.3,)),
        ("Jarvis's job", (0.3, 0.9)),
        ("Is that Jarvis's", (0.9, 0.9, 0.3)),
        ("Home Assistant turn it on", (0.3, 0.9, 1.0, 1.0, 1.0)),
        ("", ()),
    ],
)
def test_the_sound_is_not_asked_without_need(text: str, sureness: tuple[float, ...]) -> None:
    def fails(_: str) -> list[float]:
        raise AssertionError("the sound was asked")

    window = HeardWords("en", fails, lambda _: "")
    assert with_heard_name(decoded(text, sureness), NAMES, window).text == text


def test_nothing_is_tried_without_agents() -> None:
    window = sound({"Who won the election Ann?": 0.0})
    only_people = ExpectedNames((), ("Ann",))
    assert with_heard_name(decoded(ASKED, UNSURE_OF_THE_END), only_people, window).text == ASKED
