"""Agents whose names are words, and words that are like the name of an agent."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import ENGLISH, GERMAN
from pipeline.language.likeness import rhymes
from pipeline.language.mentions import Mentions
from pipeline.language.name_forms import without_title
from pipeline.language.name_words import is_everyday
from pipeline.ports import Persona, Voice
from tests.pipeline.parsing import parsed


def mentions(shown: str, text: str) -> Mentions:
    return parsed(text, agent=Persona("x1", shown, Voice("v")), other_agents=()).mentions


def plain(text: str) -> str:
    """As speech to text may write it: lower case, without commas and the closing mark."""
    return text.replace(",", "").rstrip(".?").lower()


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Sage", "For God's sake, shut up."),
        ("Sage", "What time is it for God's sake?"),
        ("Sage", "For old times' sake, shall we play?"),
        ("Sage", "Let's drink some sake."),
        ("Sage", "Is the stage ready?"),
        ("Nova", "Now, what time is it?"),
        ("Nova", "No, what time is it?"),
        ("Atlas", "At last, you came?"),
        ("Atlas", "At least tell me why."),
        ("Atlas", "Alas, what can we do?"),
        ("Echo", "Each time, what happens?"),
        ("Luna", "Is the lunar eclipse tonight?"),
        ("Luna", "Lunch, anyone?"),
        ("Jarvis", "His service, what did it cost?"),
        ("Alfred", "Are you afraid?"),
        ("Stella", "Still a no?"),
        ("Sage", "Do you have any sage?"),
        ("Sage", "Sage tea is good for a sore throat."),
        ("Sage", "Sage green is a nice colour."),
        ("Sage", "Sage butter sounds nice."),
        ("Sage", "Sage burns fast."),
        ("Sage", "Sage tastes bitter."),
        ("Echo", "Do you hear any echo?"),
        ("Will", "Will you come?"),
        ("Friday", "Are you free Friday?"),
        ("Friday", "Are you free on Friday?"),
        ("Friday", "Friday night, eight o'clock?"),
        ("Friday", "Is the exam Friday?"),
        ("Friday", "Next Friday?"),
        ("Friday", "Can we do it Friday, Bob?"),
        ("Sunday", "Friday, Saturday, Sunday."),
        ("June", "Is it next June?"),
        ("Miss Minutes", "I will be there in five minutes."),
        ("Miss Minutes", "Can you wait five minutes?"),
        ("Miss Minutes", "How many minutes is that?"),
        ("Mr. Max", "Two hours max."),
        ("Max", "Ten people max."),
    ],
)
def test_a_word_where_its_grammar_fits_is_no_name(shown: str, text: str) -> None:
    for heard in (text, plain(text)):
        found = mentions(shown, heard)
        assert found.agent is None
        assert not found.about


@pytest.mark.parametrize("text", ["Rosemary, sage, thyme.", "Butter, sage, and what else?"])
def test_a_word_in_a_list_is_no_name(text: str) -> None:
    assert mentions("Sage", text) == Mentions()


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Sage", "Sayge, what time is it?"),
        ("Sage", "Hey stage, what time is it?"),
        ("Nova", "Novah, what time is it?"),
        ("Titan", "Tighten, what time is it?"),
        ("Sage", "What do you think, Sage?"),
        ("Sage", "Yes, sage, what is it?"),
        ("Sage", "God, sage, it's not even three."),
        ("Sage", "Sage, tea is good for a sore throat."),
        ("Sage", "Okay Sage tea is better than coffee, right?"),
        ("Friday", "Friday, what time is it?"),
        ("Friday", "Hey Friday, are you free?"),
        ("Friday", "What time is it, Friday?"),
        ("Friday", "Thanks, Friday."),
        ("Will", "Will, can you come?"),
        ("Miss Minutes", "Miss Minutes, when was the flood?"),
        ("Miss Minutes", "Minutes, when was the flood?"),
        ("Miss Minutes", "Hey Minutes, when was the flood?"),
        ("Mr. Max", "Max, how far is it?"),
        ("Max", "Set a timer for two hours, Max."),
        ("June", "What time is it, June?"),
        ("Iris", "Iris, what time is it?"),
    ],
)
def test_it_is_called_where_the_sentence_shows_it(shown: str, text: str) -> None:
    assert mentions(shown, text).agent is not None


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Sage", "what do you think sage"),
        ("Sage", "sage is tea healthier than coffee"),
        ("Sage", "sage weather in berlin"),
        ("Sage", "wake me at seven sage"),
        ("Sage", "hey page what time is it"),
        ("Friday", "friday what time is it"),
        ("Friday", "good morning friday"),
        ("Max", "what time is it max"),
        ("Max", "set a timer for two hours max"),
        ("June", "what time is it june"),
    ],
)
def test_also_in_lower_case_without_commas(shown: str, text: str) -> None:
    assert mentions(shown, text).agent is not None


def test_in_german() -> None:
    def called(shown: str, text: str) -> bool:
        agent = Persona("x1", shown, Voice("v"))
        return parsed(text, "de", agent=agent, other_agents=()).mentions.agent is not None

    assert called("Freitag", "Freitag, wie spät ist es?")
    assert not called("Freitag", "Hast du Freitag Zeit?")
    assert not called("Freitag", "Freitag Abend, wer kommt?")
    assert not called("Nova", "Nun, wie spät ist es?")


def test_the_part_of_a_name_that_a_title_was_dropped_from() -> None:
    assert without_title("Miss Minutes") == "Minutes"
    assert without_title("Mr. Robot_AI") == "Robot"
    assert without_title("Nova AI") == without_title("Jarvis") == ""


def test_everyday_words_are_those_of_the_lists() -> None:
    assert is_everyday("sake", ENGLISH)
    assert is_everyday("At last", ENGLISH)
    assert not is_everyday("Jarvis", ENGLISH)
    assert not is_everyday("at Jarvis", ENGLISH)
    assert is_everyday("sache", GERMAN)


def test_a_rhyme_differs_in_one_letter_of_the_beginning() -> None:
    assert rhymes("page", "sage")
    assert rhymes("stage", "sage")
    assert not rhymes("sage", "sage")
    assert not rhymes("sake", "sage")
    assert not rhymes("garage", "sage")
    assert not rhymes("max", "jax")
