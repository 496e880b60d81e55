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


def sound(likely: Mapping[str, float], expecting: Mapping[str, float] | None = None) -> HeardWords:
    """A window in which texts have these log-probabilities, others -40; ``expecting`` are those
    where the names are expected, the same without any."""
    expected = likely if expecting is None else expecting
    return HeardWords(
        "en",
        lambda text: [likely.get(text, -40.0)],
        lambda text: [expected.get(text, -40.0)],
        lambda _: "",
    )


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


HAL = ExpectedNames(("HAL",))


@pytest.mark.parametrize(
    ("text", "sureness", "named", "less", "taken"),
    [
        ("Are we there? How?", (0.7, 1.0, 1.0, 0.9), "Are we there? HAL?", 7.5, True),
        ("Are we there? How?", (0.7, 1.0, 1.0, 0.9), "Are we there? HAL?", 8.5, False),
        ("Are we there? How?", (0.7, 1.0, 1.0, 0.97), "Are we there? HAL?", 1.0, False),
        ("Okay, how? What is it?", (0.5, 0.9, 1, 1, 1), "Okay, HAL? What is it?", 7.5, True),
        ("How? Open the door.", (0.9, 0.9, 1, 1), "HAL? Open the door.", 7.5, True),
        ("How open the door.", (0.8, 0.6, 1, 1), "HAL, open the door.", 2.5, True),
        ("How open the door.", (0.8, 0.6, 1, 1), "HAL, open the door.", 3.5, False),
        ("Hell opens the door.", (0.8, 0.6, 1, 1), "HAL, opens the door.", 1.0, False),
        ("Are we there how?", (0.7, 1.0, 1.0, 0.9), "Are we there, HAL?", 1.0, False),
    ],
    ids=[
        "alone at the end", "unlike the sound", "surely heard", "alone behind a greeting",
        "alone at the start", "first", "first, and unlike the sound", "first, and no common word",
        "last, and not alone",
    ],
)  # fmt: skip
def test_a_word_of_which_the_decoder_is_surer_is_tried_where_a_name_is_likely(
    text: str, sureness: tuple[float, ...], named: str, less: float, taken: bool
) -> None:
    window = sound({text: -5.0, named: -5.0 - less})
    assert with_heard_name(decoded(text, sureness), HAL, window).text == (named if taken else text)


def test_two_unsure_words_may_be_one_name() -> None:
    text, named = "Thanks for I day.", "Thanks for Friday."
    window = sound({text: -9.0, named: -11.0})
    friday = ExpectedNames(("Friday",))
    said = with_heard_name(decoded(text, (0.8, 0.7, 0.3, 0.3)), friday, window)
    assert said.text == named


def test_a_name_that_only_the_prompt_makes_likely_is_not_taken() -> None:
    text, named = "Go ahead, A-Hai.", "Go ahead, Jarvis."
    window = sound({text: -20.0, named: -33.8}, {text: -11.6, named: -13.6})
    assert with_heard_name(decoded(text, (0.6, 0.6, 0.1)), NAMES, window).text == text


FOR_ANN = "And should I bring anything?"


@pytest.mark.parametrize(
    ("log", "expected", "said"),
    [
        (-22.0, -11.5, "Ann, should I bring anything?"),
        (-22.0, -12.5, FOR_ANN),
        (-23.0, -9.0, FOR_ANN),
    ],
    ids=["called", "continued", "unlikely without the prompt"],
)
def test_the_sound_tells_a_person_who_is_called_from_a_word_like_the_name(
    log: float, expected: float, said: str
) -> None:
    called = "Ann, should I bring anything?"
    window = sound({FOR_ANN: -10.0, called: log}, {FOR_ANN: -10.0, called: expected})
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

    window = HeardWords("en", fails, fails, lambda _: "")
    assert with_heard_name(decoded(text, sureness), NAMES, window).text == text


def test_nothing_is_tried_without_agents() -> None:
    window = sound({"Who won the election Ann?": 0.0})
    only_people = ExpectedNames((), ("Ann",))
    assert with_heard_name(decoded(ASKED, UNSURE_OF_THE_END), only_people, window).text == ASKED
