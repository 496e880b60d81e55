"""The agents and people of a room, and the utterances that name them."""

from __future__ import annotations

from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from testing.room import ANN, BEN, JARVIS, SAGE

MAX = Persona("max", "Maximilian", Voice("sage"))


def room() -> Participants:
    participants = Participants((JARVIS, SAGE), JARVIS, 0.9)
    participants.add(ANN)
    participants.add(BEN)
    return participants


def test_a_chosen_agent_is_called_by_its_name_though_it_was_not_set_up() -> None:
    participants = room()
    assert participants.parse(ANN.id, "Maximilian, stop.", "en").mentions.agent is None
    participants.use_agent(MAX)
    assert participants.persona is MAX
    assert participants.name_of("max") == "Maximilian"
    assert participants.name_of("unknown") == "unknown"
    assert participants.parse(ANN.id, "Maximilian, stop.", "en").mentions.agent is not None


def test_the_same_words_are_the_same_utterance_until_someone_comes_or_leaves() -> None:
    participants = room()
    first = participants.parse(ANN.id, "Carla, come here.", "en")
    assert participants.parse(ANN.id, "Carla, come here.", "en") is first
    assert participants.parse(BEN.id, "Carla, come here.", "en") is not first
    participants.add(Speaker(3, "Carla"))
    assert first.mentions.person is None
    assert participants.parse(ANN.id, "Carla, come here.", "en").mentions.person == "Carla"
    participants.remove(3)
    assert participants.parse(ANN.id, "Carla, come here.", "en").mentions.person is None


def test_other_words_or_another_language_are_another_utterance() -> None:
    participants = room()
    first = participants.parse(ANN.id, "Stop.", "en")
    assert participants.parse(ANN.id, "Stop.", "de") is not first
    assert participants.parse(ANN.id, "Stop it.", "en") is not first


def test_a_speaker_does_not_call_themselves() -> None:
    participants = room()
    assert participants.parse(ANN.id, "Ann, come here.", "en").mentions.person is None
    assert participants.parse(BEN.id, "Ann, come here.", "en").mentions.person == "Ann"


def test_a_new_name_replaces_the_old_one() -> None:
    participants = room()
    participants.add(Speaker(BEN.id, "Benedict"))
    assert participants.people == [ANN, Speaker(BEN.id, "Benedict")]
    assert participants.name_hints == "Jarvis, Sage, Ann, Benedict"
