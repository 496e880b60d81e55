"""What Jarvis and Sage say."""

from __future__ import annotations

import pytest

from models.fixture.phrases import sentences
from simulators.gateway.agents import (
    Memory,
    Rule,
    ScriptedAgent,
    default_agents,
    jarvis,
    sage,
)


@pytest.mark.parametrize("agent", default_agents(), ids=lambda agent: agent.id)
def test_they_say_nothing_that_the_fixture_model_does_not_know(agent: ScriptedAgent) -> None:
    known = {phrase.text for phrase in sentences()}
    said = agent.every_sentence()
    assert len(said) > 5
    assert said - known == set()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Jarvis, what time is it?", ["It is half past seven, sir."]),
        ("What is the weather in Paris?", ["It is sunny in Paris, sir."]),
        ("Jarvis, set a timer for ten minutes.", ["Your timer is set for ten minutes."]),
        ("set a timer for 20 minutes", ["Your timer is set for twenty minutes."]),
        ("Jarvis, turn on the kitchen lights.", ["The kitchen lights are on."]),
        ("Turn off the garden lights.", ["The garden lights are off."]),
        ("Jarvis, play some music.", ["Here is some music for you."]),
        ("Jarvis, play some jazz.", ["Here is some jazz for you."]),
        (
            "Jarvis, tell me a joke.",
            ["Why did the robot go on holiday?", "It needed to recharge its batteries."],
        ),
        ("Jarvis, who are you?", ["I am Jarvis, at your service."]),
        ("Jarvis, can you hear me?", ["Loud and clear, sir."]),
        ("Jarvis, what is two plus two?", ["Two plus two is four."]),
        ("What is 2+2?", ["Two plus two is four."]),
        ("Jarvis, what is the capital of France?", ["The capital of France is Paris."]),
        ("Jarvis, remind me to call my mother.", ["I will remind you to call your mother."]),
        (
            "Jarvis, read me the news.",
            [
                "Here is the news, sir.",
                "The harbor festival opens on Saturday morning.",
                "The old bridge is closed until next week.",
                "The local team won again last night.",
            ],
        ),
        ("Thank you very much.", ["You are welcome, sir."]),
        ("Tell me more.", ["Let me look that up for you."]),
        ("Open the pod bay doors.", ["Very well, sir."]),
        ("And tomorrow?", ["Very well, sir."]),
    ],
)
def test_jarvis(words: str, answer: list[str]) -> None:
    assert list(jarvis().answer(words, Memory())) == answer


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (
            "Sage, what is the meaning of life?",
            ["Life is a long walk, my friend.", "Enjoy the view along the way."],
        ),
        (
            "Sage, tell me a story.",
            [
                "Once upon a time there was a village by the sea.",
                "Every evening the boats came home with the tide.",
                "The children waited on the old stone wall.",
                "And the moon rose slowly over the water.",
            ],
        ),
        ("Sage, who wrote that book?", ["It was written by a wise old woman."]),
        ("Sage, who are you?", ["I am Sage, and I have all the time in the world."]),
        ("Sage, what time is it?", ["The hour matters less than how you spend it."]),
        ("What is two plus two?", ["That is a good question, my friend."]),
    ],
)
def test_sage(words: str, answer: list[str]) -> None:
    assert list(sage().answer(words, Memory())) == answer


def test_a_conversation_about_the_weather() -> None:
    butler, memory = jarvis(), Memory()
    said = [
        butler.answer(words, memory)[0]
        for words in (
            "Jarvis, what is the weather in Paris?",
            "And in London?",
            "And tomorrow?",
            "Can you repeat that?",
        )
    ]
    assert said == [
        "It is sunny in Paris, sir.",
        "It is sunny in London, sir.",
        "It is sunny in London, sir.",
        "It is sunny in London, sir.",
    ]


def test_sessions_do_not_share_a_memory() -> None:
    butler, mine, yours = jarvis(), Memory(), Memory()
    butler.answer("What is the weather in Tokyo?", mine)
    assert butler.answer("And tomorrow?", yours) == ("Very well, sir.",)
    assert butler.answer("And tomorrow?", mine) == ("It is sunny in Tokyo, sir.",)


def test_a_rule_can_have_a_tool_used_before_its_words() -> None:
    rule = Rule(r"\bdinner\b", "Very well, sir.", tool=("voice_say", {"text": "Dinner!"}))
    agent = ScriptedAgent("jarvis", "Jarvis", (rule,), "Pardon, sir?")
    speech = agent.speak("Call them to dinner.", Memory())
    assert speech.text == ""
    assert speech.tool is not None
    assert (speech.tool.name, speech.tool.arguments) == ("voice_say", {"text": "Dinner!"})
    assert speech.tool.then("{}").text == "Very well, sir."
    assert agent.speak("Call them to lunch.", Memory()).tool is None
