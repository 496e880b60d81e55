"""The names that people say, from the names that agents are shown by."""

from __future__ import annotations

import pytest

from pipeline.language.name_forms import agent_forms, other_names
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
        ("Claude-bot", ("Claude-bot", "Claude")),
        ("Alexa-2", ("Alexa-2", "Alexa 2", "Alexa")),
        ("C-3PO", ("C-3PO",)),
        ("T-1000", ("T-1000",)),
        ("Agent 47", ("Agent 47",)),
        ("The Oracle", ("The Oracle", "Oracle")),
        ("Sgt. Pepper", ("Sgt. Pepper", "Sergeant Pepper", "Pepper")),
        ("Captain Picard (NCC-1701)", ("Captain Picard", "Picard")),
        ("𝓜𝓪𝔁", ("Max",)),
        ("Ⓜⓘⓐ", ("Mia",)),
        ("Ｎｏｖａ", ("Nova",)),
        ("Cortana™", ("Cortana",)),
        ("ATLAS-v2.bot", ("ATLAS-v2.bot", "ATLAS v2", "ATLAS")),
        ("bot.atlas", ("bot.atlas", "atlas")),
        ("atlas_bot_prod", ("atlas bot prod", "atlas")),
        ("xX_Atlas_Xx", ("x X Atlas Xx", "Atlas")),
        ("Nova-Staging", ("Nova-Staging", "Nova")),
        ("Nova 2.0 beta", ("Nova 2.0 beta", "Nova 2.0", "Nova")),
        ("Nova v2.1.3", ("Nova v2.1.3", "Nova")),
        ("Atlas by Acme", ("Atlas by Acme", "Atlas")),
        ("Nova the Helper", ("Nova the Helper", "Nova")),
        ("Acme's Atlas", ("Acme's Atlas", "Atlas")),
        ("Ask-Ada", ("Ask-Ada", "Ada")),
        ("King Arthur", ("King Arthur", "Arthur")),
        ("Señor Lopez", ("Señor Lopez", "Lopez")),
        ("Big Mike", ("Big Mike", "Mike")),
        ("Agent Alpha", ("Agent Alpha", "Alpha")),
        ("Test Bot", ("Test Bot", "Test")),
        ("AI Agent", ("AI Agent",)),
        ("My Bot", ("My Bot",)),
        ("Ann's Bot", ("Ann's Bot",)),
        ("Old Bot", ("Old Bot",)),
        ("Joan of Arc", ("Joan of Arc",)),
        ("GPT-4o", ("GPT-4o",)),
        ("Beta", ("Beta",)),
        ("xXx", ("x Xx",)),
        ("Dr Who?", ("Dr Who", "Doctor Who")),
        ("Will the AI", ("Will the AI", "Will")),
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
        ("Jarvis | Butler", "Butler, what time is it?"),
        ("Jarvis | Butler", "Jarvis, what time is it?"),
        ("Jarvis | Butler", "what time is it butler"),
        ("Jarvis / Butler [bot]", "Hey Butler, what time is it?"),
        ("Jarvis", "J A R V I S, what time is it?"),
        ("Jarvis", "J. A. R. V. I. S., what time is it?"),
        ("Jarvis", "J, A, R, V, I, S, what time is it?"),
        ("Jarvis", "what time is it J A R V I S"),
        ("J.A.R.V.I.S.", "Hey Jarvis, are you awake?"),
        ("✨Sage✨", "what do you think sage"),
        ("HAL 9000", "what time is it hal 9000"),
        ("Dr. Watson", "Doctor Watson."),
        ("Ms. Frizzle", "Miss Frizzle, are you there?"),
        ("Nova AI", "what time is it nova ai"),
        ("𝓜𝓪𝔁", "Max, what time is it?"),
        ("K.I.T.T.", "K-I-T-T, start the engine."),
        ("K.I.T.T.", "K I T T start the engine"),
        ("R2-D2", "R 2 D 2, can you hear me?"),
        ("C-3PO", "C-3 PO, what time is it?"),
        ("C-3PO", "C-3-P-O, what time is it?"),
        ("The Oracle", "Oracle what time is it"),
        ("Captain Picard", "Okay Picard, can you tell me a joke?"),
        ("Łukasz", "Lukasz."),
        ("ATLAS-v2.bot", "Hey Atlas, how old is the moon?"),
        ("ATLAS-v2.bot", "Atlas v2, how old is the moon?"),
        ("Nova 2.0 beta", "how old is the moon nova"),
        ("Søren", "Hey Soren."),
    ],
)
def test_an_agent_answers_to_them(shown: str, text: str) -> None:
    agent = Persona("x1", shown, Voice("v"))
    assert parsed(text, agent=agent, other_agents=()).mentions.agent is not None


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("HAL 9000", "HAL 9000 said so."),
        ("HAL 9000", "HAL said so"),
        ("HAL 9000", "That's what HAL 9000 said."),
        ("Jarvis | Butler", "The butler did it."),
        ("Jarvis", "Who is J. A. R. V. I. S.?"),
    ],
)
def test_a_mention_of_such_a_name_is_no_call(shown: str, text: str) -> None:
    agent = Persona("x1", shown, Voice("v"))
    mentions = parsed(text, agent=agent, other_agents=()).mentions
    assert mentions.agent is None
    assert mentions.about


@pytest.mark.parametrize(
    ("shown", "others"),
    [
        ("Jarvis", ()),
        ("Jarvis | Butler", ("Butler",)),
        ("Jarvis / Butler / Alfred", ("Butler", "Alfred")),
        ("Jarvis | Music", ()),
        ("Jarvis | Work", ()),
        ("Jarvis | Timer", ()),
        ("Jarvis | EN", ()),
        ("Jarvis | the butler", ()),
        ("Jarvis | My Butler", ()),
        ("Nova | Bot", ()),
        ("Jarvis (Butler)", ()),
    ],
)
def test_the_second_name_of_an_agent(shown: str, others: tuple[str, ...]) -> None:
    assert other_names(shown) == others


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Nova, what time is it?", "nova"),
        ("Nova Pro, what time is it?", "nova-pro"),
        ("Hey Nova Pro, tell me a joke.", "nova-pro"),
        ("what time is it nova pro", "nova-pro"),
        ("Doctor Watson, what time is it?", "doctor"),
        ("Mister Watson, what time is it?", "mister"),
    ],
)
def test_the_agent_with_the_whole_name_that_was_said_is_called(text: str, called: str) -> None:
    named = {"nova-pro": "Nova Pro", "doctor": "Dr. Watson", "mister": "Mr. Watson"}
    others = [Persona(agent, shown, Voice("v")) for agent, shown in named.items()]
    current = Persona("nova", "Nova", Voice("v"))
    mentions = parsed(text, agent=current, other_agents=others).mentions
    assert ("nova" if mentions.agent else mentions.other_agent) == called


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


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Okay", "Okay, what time is it?"),
        ("Please", "Please tell me a joke."),
        ("Hey", "Hey, what time is it?"),
        ("Thanks", "Thanks, what's the next step?"),
        ("Everyone", "Everyone, are you there?"),
        ("Tomorrow", "Tomorrow, what will the weather be?"),
        ("Cool", "Cool, what else?"),
        ("Will", "Will you tell me a joke?"),
    ],
)
def test_a_member_named_like_the_first_word_of_many_sentences_is_not_called_by_it(
    shown: str, text: str
) -> None:
    people = (Speaker(1, "Ann"), Speaker(2, shown))
    assert parsed(text, people=people).mentions.person is None


@pytest.mark.parametrize("shown", ["𝓜𝓪𝔁", "Ⓜⓐⓧ", "Ｍａｘ"])
def test_a_member_is_called_by_a_name_in_letters_of_another_style(shown: str) -> None:
    people = (Speaker(1, "Ann"), Speaker(2, shown))
    assert parsed("Max, what do you think?", people=people).mentions.person == "Max"


def test_a_member_named_like_a_word_is_still_called_by_two_names() -> None:
    people = (Speaker(1, "Ann"), Speaker(2, "Jean-Luc"))
    assert parsed("Jean-Luc, are you there?", people=people).mentions.person == "Jean-Luc"
