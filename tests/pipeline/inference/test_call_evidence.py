"""Calls by name that the words deny and the sound shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.inference.call_evidence import HeardWords, with_heard_call
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper_decoder import Decoding

NAMES = ExpectedNames(("Jarvis", "Sage"), ("Ann",))


def decoded(text: str, closed: str = "") -> Decoding:
    return Decoding(text, (), (), -0.2, 0.0, 1.0, False, closed, 0.0, None)


def sound(
    commas: Mapping[str, float],
    again: str = "",
    worse: float = 0.0,
    *,
    expecting: Mapping[str, float] | None = None,
) -> HeardWords:
    """A window in which a comma behind some words has these log-probabilities, others -12; behind
    a call the words are ``again``, whose own log-probability is lower by ``worse``. ``expecting``
    are the commas where the names are expected, the same without any."""

    def of(commas: Mapping[str, float], text: str) -> list[float]:
        if text == again:
            return [-1.0, -worse]
        places = [at for at, letter in enumerate(text) if letter == ","]
        return [-1.0, *(commas.get(text[:at], -12.0) for at in places)]

    expected = commas if expecting is None else expecting
    return HeardWords(
        "en", lambda text: of(commas, text), lambda text: of(expected, text), lambda _: again
    )


def heard(text: str, window: HeardWords) -> str:
    return with_heard_call(decoded(text), NAMES, window).text


def test_a_question_that_is_misheard_as_a_statement_is_heard_behind_the_call() -> None:
    window = sound({"Jarvis": -2.0}, "Jarvis, any mail today?")
    assert heard("Jarvis and email today.", window) == "Jarvis, any mail today?"


def test_a_statement_about_the_agent_stays() -> None:
    window = sound({"Jarvis": -6.0}, "Jarvis, has a new voice.")
    assert heard("Jarvis has a new voice.", window) == "Jarvis has a new voice."


@pytest.mark.parametrize(("comma", "called"), [(-3.0, False), (-2.0, True)])
def test_words_that_ask_nothing_need_a_surer_comma(comma: float, called: bool) -> None:
    window = sound({"Jarvis": comma}, "Jarvis, and the recording.")
    text = "Jarvis, and the recording." if called else "Jarvis and the recording."
    assert heard("Jarvis and the recording.", window) == text


def test_only_the_comma_is_taken_where_the_other_words_fit_the_sound_worse() -> None:
    window = sound({"Jarvis": -2.0}, "Jarvis, buy a new boat.", worse=9.0)
    assert heard("Jarvis and a new boat.", window) == "Jarvis, and a new boat."


def test_only_the_comma_is_taken_where_other_words_come_before_the_name() -> None:
    window = sound({"Jarvis": -1.0}, "I think so.")
    assert heard("Jarvis and the recording.", window) == "Jarvis, and the recording."


def test_a_name_between_other_words_needs_both_commas() -> None:
    text, again = "It is off Jarvis puts him there.", "It is off, Jarvis, put some there."
    both = {"It is off": -3.0, "It is off, Jarvis": -2.0, "It is off Jarvis": -2.0}
    assert heard(text, sound(both, again)) == again
    assert heard(text, sound(both | {"It is off": -8.0}, again)) == text


def test_a_name_at_the_end_of_a_clause_is_called_behind_a_likely_comma() -> None:
    text = "We met Jarvis."
    assert heard(text, sound({"We met": -5.0})) == "We met, Jarvis."
    assert heard(text, sound({"We met": -8.0})) == text


def test_a_short_word_before_the_name_may_be_a_greeting() -> None:
    text = "O Jarvis, one more for the list candles."
    assert heard(text, sound({"O Jarvis": -1.0}, text)) == (
        "O, Jarvis, one more for the list candles."
    )


@pytest.mark.parametrize(
    "text", ["Jarvis, what time is it?", "What time is it Jarvis?", "It is late.", ""]
)
def test_nothing_is_asked_of_the_sound_where_the_words_call_or_name_no_agent(text: str) -> None:
    def fails(_: str) -> list[float]:
        raise AssertionError("the sound was asked")

    window = HeardWords("en", fails, fails, lambda _: "")
    assert with_heard_call(decoded(text), NAMES, window) == decoded(text)


def test_the_closed_text_changes_only_if_it_is_all_of_the_text() -> None:
    window = sound({"Jarvis": -1.0}, "Jarvis, any mail today?")
    text = "Jarvis and email today."
    assert with_heard_call(decoded(text, text), NAMES, window).closed_text == (
        "Jarvis, any mail today?"
    )
    assert with_heard_call(decoded(text, "Jarvis"), NAMES, window).closed_text == "Jarvis"


def test_without_expected_names_the_text_stays() -> None:
    window = sound({"Jarvis": -1.0}, "Jarvis, any mail today?")
    text = "Jarvis and email today."
    assert with_heard_call(decoded(text), ExpectedNames(), window).text == text


def test_a_comma_that_is_likely_only_where_the_names_are_expected_shows_a_call() -> None:
    text, again = "Nova plays something quiet.", "Nova, play something quiet."
    names = ExpectedNames(("Nova",))
    for expected, said in ((-2.0, again), (-3.0, text)):
        window = sound({"Nova": -7.0}, again, worse=0.5, expecting={"Nova": expected})
        assert with_heard_call(decoded(text), names, window).text == said


def test_expecting_the_names_makes_no_greeting_of_a_verb_before_the_name() -> None:
    text = "Is Jarvis always listening?"
    window = sound({"Is Jarvis": -5.0}, expecting={"Is Jarvis": -1.0})
    assert heard(text, window) == text


@pytest.mark.parametrize(
    ("text", "comma", "again", "worse", "called"),
    [
        ("Jarvis is at Dark in Oslo now.", -5.8, "Jarvis, is it dark in Oslo now?", 4.0, True),
        ("Jarvis is at Dark in Oslo now.", -6.2, "Jarvis, is it dark in Oslo now?", 4.0, False),
        ("Jarvis is at Dark in Oslo now.", -5.8, "Jarvis, is it dark in Oslo now?", 6.0, False),
        ("Jarvis can play chess too.", -5.0, "Jarvis, can play chess too?", 0.2, False),
        ("Jarvis opened the garage by itself.", -5.9, "Jarvis, open the garage.", 4.0, False),
    ],
    ids=["other words", "no pause", "less likely words", "the same words", "told of the past"],
)
def test_other_words_that_ask_something_show_a_call(
    text: str, comma: float, again: str, worse: float, called: bool
) -> None:
    assert heard(text, sound({"Jarvis": comma}, again, worse)) == (again if called else text)


def likely(logs: Mapping[str, float]) -> HeardWords:
    """A window in which texts have these log-probabilities, others -40."""

    def of(text: str) -> list[float]:
        return [logs.get(text, -40.0)]

    return HeardWords("en", of, of, lambda _: "")


@pytest.mark.parametrize(
    ("text", "with_commas", "less", "may_call"),
    [
        ("I fed her Jarvis I was up.", "I fed her, Jarvis, I was up.", 10.0, True),
        ("I fed her Jarvis I was up.", "I fed her, Jarvis, I was up.", 10.5, False),
        ("Lower Jarvis, I was up.", "Lower, Jarvis, I was up.", 8.0, True),
        ("Lower Jarvis, I was up.", "Lower, Jarvis, I was up.", 8.5, False),
        ("I fed her. Jarvis was up.", "I fed her. Jarvis, was up.", 0.0, False),
        ("She knows, Jarvis was up.", "She knows, Jarvis, was up.", 0.0, False),
        ("I fed her. I met Jarvis", "I fed her. I met, Jarvis", 8.0, True),
        ("I fed her. I met Jarvis", "I fed her. I met, Jarvis", 8.5, False),
        ("Why did you ask Jarvis", "Why did you ask, Jarvis", 0.0, False),
    ],
)  # fmt: skip
def test_all_words_are_compared_with_and_without_the_commas_of_a_call(
    text: str, with_commas: str, less: float, may_call: bool
) -> None:
    names = replace(NAMES, people=("Ann", "Ben"))
    window = likely({text: -9.0, with_commas: -9.0 - less})
    found = with_heard_call(decoded(text), names, window)
    assert found.text == text
    assert found.may_call == ("Jarvis" if may_call else "")
    for other in (replace(names, stops=True), replace(names, people=("Ann",))):
        assert not with_heard_call(decoded(text), other, window).may_call


def test_the_second_of_two_names_may_be_called() -> None:
    text, called = (
        "Tell Ann about Sage I fed Jarvis Ben.",
        "Tell Ann about Sage I fed, Jarvis, Ben.",
    )
    names = replace(NAMES, people=("Ann", "Ben"))
    found = with_heard_call(decoded(text), names, likely({text: -9.0, called: -12.0}))
    assert found.may_call == "Jarvis"


RHUBARB = "Hay Sage is rhubarb poisonous."


@pytest.mark.parametrize(
    ("greeted", "sure", "said"),
    [
        (-12.0, 0.3, "Hey Sage is rhubarb poisonous."),
        (-17.0, 0.3, RHUBARB),
        (-12.0, 0.97, RHUBARB),
    ],
    ids=["misheard", "unlike the sound", "surely heard"],
)
def test_a_word_before_the_name_may_be_a_misheard_greeting(
    greeted: float, sure: float, said: str
) -> None:
    window = likely({RHUBARB: -10.0, "Hey Sage is rhubarb poisonous.": greeted})
    decoding = replace(decoded(RHUBARB), sureness=(sure, 0.7, 1.0, 0.7, 1.0))
    assert with_heard_call(decoding, NAMES, window).text == said


def test_a_greeting_is_tried_only_in_place_of_one_word_that_is_none() -> None:
    window = likely({"Hey Jarvis is on.": 0.0, "We hear Jarvis is on.": -10.0})
    decoding = replace(decoded("We hear Jarvis is on."), sureness=(0.3,) * 5)
    assert with_heard_call(decoding, NAMES, window).text == "We hear Jarvis is on."
