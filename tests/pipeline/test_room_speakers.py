"""The speakers of a room, and the state of their present turns."""

from __future__ import annotations

import asyncio
from typing import cast

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.ports import Speaker
from pipeline.room_speakers import RoomSpeakers
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import Reply
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time

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
