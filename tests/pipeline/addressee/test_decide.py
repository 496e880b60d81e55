"""The decision on an utterance: command, turn or nothing."""

from __future__ import annotations

import pytest

from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import LastReply, LastSpeech, RoomState, Toward
from pipeline.addressee.decide import decide, may_command
from pipeline.language.voice_commands import CommandKind, VoiceCommand
from pipeline.ports import Persona, Speaker
from pipeline.settings import Level, RelevanceSettings
from testing.room import ANN, BEN, SAGE
from tests.pipeline.parsing import parsed

pytestmark = pytest.mark.virtual_time

TOGETHER = RoomState((ANN, BEN))


def decided(
    text: str, *, can: bool = True, level: Level = "medium", room: RoomState = TOGETHER
) -> Decision:
    utterance = parsed(text, people=room.people)
    return decide(utterance, room, lambda _: can, level, RelevanceSettings())


def test_a_command_is_decided_with_its_reason() -> None:
    found = decided("Jarvis, stop.")
    assert found.command is not None
    assert found.command.kind is CommandKind.STOP
    assert found.reasons == ("asks for silence",)
    assert found.addressee == "jarvis"


def test_a_command_about_another_agent_is_addressed_to_it() -> None:
    assert decided("Ask Sage to tell me a story.").addressee == "sage"


def test_a_command_without_effect_is_classified_like_other_utterances() -> None:
    found = decided("Jarvis, repeat that.", can=False)
    assert found.command is None
    assert found.addressed
    assert found.reasons[0] == "called by name"


def test_a_command_that_may_be_for_a_person_is_no_command() -> None:
    found = decided("Stop it!")
    assert found.command is None
    assert not found.addressed


def over_reply_after(question: str, *, to: Toward) -> RoomState:
    """Jarvis is answering Ann, and Ben has asked ``question`` meanwhile."""
    asked = LastSpeech(parsed(question, by=BEN), to, 1.0)
    return RoomState((ANN, BEN), (asked,), LastReply(ANN.id, 0.0, playing=True, asked_ago_s=5.0))


@pytest.mark.parametrize("text", ["One second.", "Hang on.", "Give me a minute.", "That's all."])
@pytest.mark.parametrize("said", ["Ann, are you coming?", "Ann, could you turn the heater down."])
def test_asking_a_person_to_wait_does_not_end_the_reply(text: str, said: str) -> None:
    assert not decided(text, room=over_reply_after(said, to="person")).interrupts
    alone = over_reply_after("Ann, you should come.", to="person")
    assert decided(text, room=alone).interrupts


@pytest.mark.parametrize("text", ["Jarvis, one second.", "Stop.", "Be quiet."])
def test_a_stop_or_a_call_ends_the_reply_behind_a_persons_question_too(text: str) -> None:
    assert decided(text, room=over_reply_after("Ann, are you coming?", to="person")).interrupts


def test_telling_a_person_to_ask_the_agent_does_not_address_it() -> None:
    assert not decided("Ask Jarvis, I have no time.").addressed


@pytest.mark.parametrize(
    ("room", "agents", "relayed"),
    [
        (TOGETHER, (), False),
        (TOGETHER, (SAGE,), True),
        (RoomState((ANN,)), (), True),
    ],
    ids=["only a person can ask it", "another agent can ask it", "no person is here"],
)
def test_the_current_agent_is_asked_where_no_person_is_told_to(
    room: RoomState, agents: tuple[Persona, ...], relayed: bool
) -> None:
    utterance = parsed("Ask Jarvis about last season.", people=room.people, other_agents=agents)
    found = decide(utterance, room, lambda _: True, "medium", RelevanceSettings())
    assert found.addressed == relayed
    assert (found.command is not None) == relayed


def test_an_agent_that_is_called_may_be_told_to_ask_itself() -> None:
    utterance = parsed("Jarvis, ask Jarvis about last season.", other_agents=())
    found = decide(utterance, TOGETHER, lambda _: True, "medium", RelevanceSettings())
    assert found.addressed


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
    found = decided(text, level=level)
    assert found.command == VoiceCommand(CommandKind.RELAY, True, "sage", text)
    assert (found.addressed, found.addressee) == (True, "sage")
    assert found.reasons == ("it calls sage, another agent that answers here",)


@pytest.mark.parametrize(
    "text",
    ["I like Sage better.", "Sage told me that yesterday.", "Ben, did Sage answer?"],
)
def test_another_agent_that_is_talked_about_is_not_asked(text: str) -> None:
    found = decided(text)
    assert found.command is None
    assert not found.addressed


def test_a_person_with_the_name_of_an_agent_is_the_addressee() -> None:
    room = RoomState((ANN, Speaker(77, "Sage")))
    assert not decided("Sage, are you coming?", level="high", room=room).addressed


def test_with_both_names_the_current_agent_is_meant() -> None:
    found = decided("Not you, Sage. Jarvis, what time is it?")
    assert (found.addressed, found.addressee) == (True, "jarvis")


# -- commands among people ---------------------------------------------------------------------

UNNAMED = VoiceCommand(CommandKind.LOUDER, named=False)
NAMED = VoiceCommand(CommandKind.LOUDER, named=True)
BOTH = (ANN, BEN)


def may(
    command: VoiceCommand,
    reply: LastReply | None = None,
    speech: LastSpeech | None = None,
    people: tuple[Speaker, ...] = BOTH,
) -> bool:
    room = RoomState(people, () if speech is None else (speech,), reply)
    return may_command(command, ANN.id, room, exchange_s=30.0)


def test_among_others_a_command_needs_the_name() -> None:
    assert not may(UNNAMED)
    assert may(NAMED)


def test_alone_with_the_agent_it_needs_none() -> None:
    assert may(UNNAMED, people=(ANN,))


def test_over_a_reply_it_needs_none() -> None:
    playing = LastReply(BEN.id, 0.0, playing=True)
    assert may(UNNAMED, playing, LastSpeech(parsed("", by=BEN), "person", 0.5))


def test_in_a_running_exchange_it_needs_none() -> None:
    assert may(UNNAMED, LastReply(ANN.id, 5.0))
    assert not may(UNNAMED, LastReply(ANN.id, 31.0))


def test_talk_among_people_ends_the_exchange() -> None:
    assert not may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(parsed("", by=BEN), "person", 2.0))
    assert may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(parsed("", by=BEN), "agent", 2.0))
    assert may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(parsed("", by=BEN), "person", 9.0))
