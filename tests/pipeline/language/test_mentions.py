"""Who is named, and how."""

from __future__ import annotations

import pytest

from pipeline.language.mentions import Mentions, name_hints
from pipeline.ports import Persona, Speaker, Voice
from testing.room import ANN, JARVIS
from tests.pipeline.parsing import parsed

SAGE = Persona("sage", "Sage", Voice("sage"), ("Old One",))
CAT = Speaker(7, "Cat")
PEOPLE = (ANN, Speaker(2, "xX_Bobby_Xx"))


def names(text: str) -> Mentions:
    return parsed(text, by=CAT, people=PEOPLE, other_agents=(SAGE,)).mentions


def test_the_agent_called_or_talked_about() -> None:
    called = names("Hey Jervis, what time is it?")
    assert called.agent is not None
    assert called.agent.heard == "Jervis"
    assert not called.about
    assert names("I asked Jarvis about it.") == Mentions(about=True)


def test_others_called() -> None:
    assert names("Bobby, come here.").person == "Bobby"
    assert names("Sage, who are you?").other_agent == "sage"
    assert names("Old One, who are you?").other_agent == "sage"
    assert names("I met Ann and Bobby and Sage.") == Mentions(about_other=True)


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Alexa, lights off.", "Alexa"),
        ("Hey Siri what time is it", "Siri"),
        ("Hi Sue, it's me.", "Sue"),
        ("hey mum how are you", "mum"),
        ("Hey Jarvis, it's me.", None),
        ("Hey Bobby, it's me.", None),
        ("Hey guys, it's me.", None),
        ("Hello there, friends.", None),
        ("Siri is always listening.", None),
    ],
)
def test_a_name_that_belongs_to_no_participant(text: str, stranger: str | None) -> None:
    assert names(text).stranger == stranger


def test_a_person_with_the_name_of_an_agent_does_not_hide_it() -> None:
    found = parsed("Jarvis, stop.", people=(Speaker(9, "Jarvis"),)).mentions
    assert found.agent is not None
    assert found.person is None


def test_name_hints_are_spoken_forms_of_limited_length() -> None:
    assert name_hints((JARVIS, SAGE), PEOPLE) == "Jarvis, Sage, Old One, Ann, Bobby"
    crowd = [Speaker(number, f"Bartholomew{chr(97 + number)}") for number in range(26)]
    hints = name_hints((JARVIS, SAGE), crowd)
    assert hints.startswith("Jarvis, Sage, Old One, Bartholomewa, ")
    assert 180 < len(hints) <= 200
