"""The agents and people of a room, their utterances, and the state of their present turns."""

from __future__ import annotations

import asyncio
from typing import cast

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.inference.expected_names import ExpectedNames
from pipeline.participants import Participants, RoomSpeakers
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import Reply
from testing.room import ANN, BEN, JARVIS, SAGE, FakeRoom

pytestmark = pytest.mark.virtual_time

MAX = Persona("max", "Maximilian", Voice("sage"))


def room() -> Participants:
    participants = Participants((JARVIS, SAGE), JARVIS, 0.9)
    participants.add(ANN)
    participants.add(BEN)
    return participants


def test_speech_to_text_expects_the_names_that_people_say() -> None:
    participants = Participants((JARVIS,), Persona("hal", "[BOT] HAL 9000", Voice("sage")), 0.9)
    participants.add(Speaker(7, "BobTheBuilder_92"))
    assert participants.expected_names == ExpectedNames(("Jarvis", "HAL"), ("Bob",))


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
    assert participants.expected_names == ExpectedNames(("Jarvis", "Sage"), ("Ann", "Benedict"))


# -- the recognitions of the speakers ------------------------------------------------------------


FIRST, SECOND = cast(Reply, object()), cast(Reply, object())


def speakers_in(talk: FakeRoom) -> RoomSpeakers:
    speakers = RoomSpeakers(talk.room, talk.models, PipelineSettings(), talk.clock)
    speakers.add(ANN)
    return speakers


async def speak(speakers: RoomSpeakers, talk: FakeRoom, seconds: float) -> None:
    loud = np.full(HEARD_FRAME, talk.models.code("Jarvis, stop."), np.int16)
    for _ in range(round(seconds * 1000 / FRAME_MS)):
        await asyncio.sleep(FRAME_MS / 1000)
        speakers.hear(ANN.id, loud, talk.clock(), end_of_talk=False)


async def test_a_person_is_added_once_and_removed() -> None:
    async with FakeRoom() as talk:
        speakers = speakers_in(talk)
        speakers.add(Speaker(ANN.id, "Anna"))
        assert speakers.ids == {ANN.id}
        speakers.remove(ANN.id)
        speakers.remove(ANN.id)
        assert speakers.ids == set()


async def test_the_first_reply_that_a_turn_interrupts_is_told_once() -> None:
    async with FakeRoom() as talk:
        speakers = speakers_in(talk)
        speakers.interrupt(ANN.id, FIRST)
        speakers.interrupt(ANN.id, SECOND)
        assert speakers.take_interrupted(ANN.id) is FIRST
        assert speakers.take_interrupted(ANN.id) is None
        speakers.interrupt(ANN.id, SECOND)
        speakers.begin_turn(ANN.id)
        assert speakers.take_interrupted(ANN.id) is None
        speakers.close()


async def test_a_person_who_is_not_here_is_ignored() -> None:
    async with FakeRoom() as talk:
        speakers = speakers_in(talk)
        speakers.hear(BEN.id, np.zeros(HEARD_FRAME, np.int16), talk.clock(), end_of_talk=False)
        speakers.interrupt(BEN.id, FIRST)
        speakers.begin_turn(BEN.id)
        assert speakers.take_interrupted(BEN.id) is None
        speakers.close()


@pytest.mark.parametrize(("echo", "transcribed"), [(False, 1), (True, 0)])
async def test_a_partial_is_requested_once_a_turn_and_not_of_an_echo(
    echo: bool, transcribed: int
) -> None:
    settings = PipelineSettings()
    async with FakeRoom() as talk:
        speakers = speakers_in(talk)
        await speak(speakers, talk, settings.barge_in.overhear_after_ms / 1000 + 0.2)
        for _ in range(3):
            speakers.request_partials(talk.clock(), lambda _: echo)
            await speak(speakers, talk, 0.1)
        assert talk.models.transcribed == transcribed
        speakers.close()
