"""The names that people say, from the names that agents are shown by."""

from __future__ import annotations

import pytest

from pipeline.language.name_forms import agent_forms
from pipeline.ports import Persona, Speaker, Voice
from tests.pipeline.parsing import parsed


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("Jarvis", ("Jarvis",)),
        ("Deep Thought", ("Deep Thought",)),
        ("Samantha (work)", ("Samantha",)),
        ("[BOT] Nova", ("Nova",)),
        ("✨Sage✨", ("Sage",)),
        ("Jarvis | Butler", ("Jarvis",)),
        ("Nova - the helper", ("Nova",)),
        ("J.A.R.V.I.S.", ("Jarvis",)),
        ("HAL 9000", ("HAL 9000", "HAL")),
        ("Nova AI", ("Nova AI", "Nova")),
        ("NovaBot", ("Nova Bot", "Nova")),
        ("nova_bot", ("nova bot", "nova")),
        ("Dr. Watson", ("Dr. Watson", "Doctor Watson", "Watson")),
        ("Mary-Ann", ("Mary-Ann",)),
        ("9000", ("9000",)),
        ("(bot)", ("(bot)",)),
        ("✨", ("✨",)),
    ],
)
def test_decoration_remarks_titles_and_versions_need_not_be_said(
    shown: str, spoken: tuple[str, ...]
) -> None:
    assert agent_forms(shown) == spoken


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Samantha (work)", "Samantha what's on my list"),
        ("HAL 9000", "Hal, open the door please."),
        ("HAL 9000", "Hal 9000, open the door please."),
        ("Dr. Watson", "Doctor Watson how long does it last?"),
        ("Jarvis | Butler", "J.A.R.V.I.S. turn on the radio."),
        ("J.A.R.V.I.S.", "Hey Jarvis, are you awake?"),
        ("✨Sage✨", "what do you think sage"),
    ],
)
def test_an_agent_answers_to_them(shown: str, text: str) -> None:
    agent = Persona("x1", shown, Voice("v"))
    assert parsed(text, agent=agent, other_agents=()).mentions.agent is not None


WORDS = (Speaker(1, "Ann"), Speaker(2, "Dark"), Speaker(3, "Will"), Speaker(4, "Home"))


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Is it dark?", None),
        ("is it dark", None),
        ("Is it Dark?", None),
        ("Will it rain tomorrow?", None),
        ("How do I get home?", None),
        ("Dark, did you bring the tent?", "Dark"),
        ("dark can you hear me", "dark"),
        ("Hey Dark, come here.", "Dark"),
        ("Are you hungry, Dark?", "Dark"),
        ("Can you lend me your bike Dark?", "Dark"),
        ("Will, can you call them?", "Will"),
    ],
)
def test_a_member_whose_name_is_a_word_is_called_only_where_the_sentence_shows_it(
    text: str, person: str | None
) -> None:
    assert parsed(text, people=WORDS).mentions.person == person


def test_a_name_in_small_letters_amid_capitals_is_a_word() -> None:
    people = (Speaker(1, "Ann"), Speaker(2, "Quasar"))
    assert parsed("How bright is a quasar?", people=people).mentions.person is None
    assert parsed("Are you hungry Quasar?", people=people).mentions.person == "Quasar"
