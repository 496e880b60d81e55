"""What is to become of something that was said."""

from __future__ import annotations

import pytest

from pipeline.addressee.classifier import Utterance
from pipeline.addressee.decide import Addressed, address
from pipeline.addressee.room_state import RoomState
from pipeline.language.mentions import agent_names
from pipeline.language.voice_commands import Order, VoiceCommand
from pipeline.ports import Speaker
from pipeline.settings import Level, RelevanceSettings
from testing.room import ANN, BEN, JARVIS, SAGE

NAMES = agent_names((JARVIS, SAGE), 0.9)
TOGETHER = RoomState(JARVIS, (SAGE,), (ANN, BEN))


def addressed(text: str, *, can: bool = True) -> Addressed:
    said = Utterance(ANN, text)
    return address(said, TOGETHER, NAMES, lambda _: can, "medium", RelevanceSettings())


def test_a_command_is_obeyed_and_says_what_it_asks() -> None:
    found = addressed("Jarvis, stop.")
    assert found.command is not None
    assert found.command.order is Order.STOP
    assert found.decision.reasons == ("asks for silence",)
    assert found.decision.to == "jarvis"


def test_a_command_about_another_agent_is_said_to_that() -> None:
    assert addressed("Ask Sage to tell me a story.").decision.to == "sage"


def test_a_command_with_nothing_to_act_on_is_judged_like_anything_else() -> None:
    found = addressed("Jarvis, repeat that.", can=False)
    assert found.command is None
    assert found.decision.addressed
    assert found.decision.reasons[0] == "called by name"


def test_a_command_that_may_be_for_a_person_is_none() -> None:
    found = addressed("Stop it!")
    assert found.command is None
    assert not found.decision.addressed


def test_telling_somebody_to_ask_the_agent_is_not_asking_it() -> None:
    assert not addressed("Ask Jarvis, I have no time.").decision.addressed


@pytest.mark.parametrize(
    "text",
    [
        "Sage, what is the meaning of life?",
        "Hey Sage, tell us a story.",
        "What do you think, Sage?",
        "Sage?",
    ],
)
@pytest.mark.parametrize("level", ["low", "high"])
def test_another_agent_that_is_called_by_its_name_is_asked(text: str, level: Level) -> None:
    found = address(
        Utterance(ANN, text), TOGETHER, NAMES, lambda _: True, level, RelevanceSettings()
    )
    assert found.command == VoiceCommand(Order.ASK, True, "sage", text)
    assert (found.decision.addressed, found.decision.to) == (True, "sage")
    assert found.decision.reasons == ("it calls sage, another agent that answers here",)


@pytest.mark.parametrize(
    "text",
    ["I like Sage better.", "Sage told me that yesterday.", "Ben, did Sage answer?"],
)
def test_another_agent_that_is_talked_about_is_not_asked(text: str) -> None:
    found = addressed(text)
    assert found.command is None
    assert not found.decision.addressed


def test_who_is_called_like_an_agent_and_is_here_is_called() -> None:
    people = (ANN, Speaker(77, "Sage"))
    room = RoomState(JARVIS, (SAGE,), people)
    said = Utterance(ANN, "Sage, are you coming?")
    found = address(said, room, NAMES, lambda _: True, "high", RelevanceSettings())
    assert not found.decision.addressed


def test_with_both_names_the_one_that_answers_here_is_meant() -> None:
    found = addressed("Not you, Sage. Jarvis, what time is it?")
    assert (found.decision.addressed, found.decision.to) == (True, "jarvis")
