"""Members whose turn waits: whom the bot tells, and when."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import ReplyEnded, SentenceBegan
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings, ReplySettings
from pipeline.speaking.notices import ONE_MOMENT
from testing.room import ANN, BEN, JARVIS, SAGE
from tests.pipeline.speaking.floor_room import STORY, FloorRoom

pytestmark = pytest.mark.virtual_time


async def test_a_waiting_member_is_told_that_they_are_next() -> None:
    async with FloorRoom([3.0, "I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?", ANN)
        await asyncio.sleep(0.3)
        room.ask("Jarvis, how is it?", BEN)
        asked = room.clock()
        await room.ended(2)
        assert [text for _, text in room.voice.spoken] == [
            "You are next, Ben.",
            "I am fine.",
            "All is well.",
        ]
        (told, *_) = room.all(SentenceBegan)
        assert told.at - asked == pytest.approx(0.7, abs=0.1)
        first, second = room.all(ReplyEnded)
        assert (first.heard, second.heard) == ("I am fine.", "All is well.")
        assert (first.text, second.text) == ("I am fine.", "All is well."), "it is no answer"


async def test_the_speaker_who_is_being_answered_is_not_told_to_wait() -> None:
    async with FloorRoom([3.0, "I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?", ANN, JARVIS)
        room.ask("Sage, how is it?", ANN, SAGE)
        await room.ended(2)
        assert [text for _, text in room.voice.spoken] == ["I am fine.", "All is well."]


async def test_each_waiting_member_is_told_once_in_their_language() -> None:
    async with FloorRoom([20.0, "Yes."]) as room:
        room.ask("one", ANN)
        room.ask("two", BEN)
        room.ask("drei", Speaker(3, "Carl"), language="de")
        await room.ended(3)
        said = [text for _, text in room.voice.spoken]
        assert said[:3] == ["You are next, Ben.", "Danach bist du dran, Carl.", ONE_MOMENT]
        assert said[3:] == ["Yes.", ONE_MOMENT, "Yes.", "Einen Moment, bitte.", "Yes."]


async def test_no_member_is_told_to_wait_when_the_active_answer_is_there() -> None:
    async with FloorRoom(["I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?", ANN)
        room.ask("Jarvis, how is it?", BEN)
        await room.ended(2)
        assert [text for _, text in room.voice.spoken] == ["I am fine.", "All is well."]


async def test_a_member_who_waited_through_an_answer_is_told_if_theirs_is_slow() -> None:
    async with FloorRoom([STORY], [2.0, "All is well."]) as room:
        room.ask("Jarvis, tell me a story.", ANN)
        await room.began()
        room.ask("Jarvis, how is it?", BEN)
        await room.ended(2)
        said = [text for _, text in room.voice.spoken]
        assert said == [STORY, "You are next, Ben.", "All is well."]


async def test_no_member_is_told_while_another_speaks() -> None:
    async with FloorRoom([3.0, "I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?", ANN)
        room.ask("Jarvis, how is it?", BEN)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(2.0)
        assert room.voice.asked == []
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=False)
        await room.ended(2)
        assert room.voice.spoken[0] == ("jarvis", "You are next, Ben.")


async def test_the_setting_turns_the_notices_off() -> None:
    settings = PipelineSettings(reply=ReplySettings(acknowledge_after_s=0))
    async with FloorRoom([3.0, "Yes."], settings=settings) as room:
        room.ask("Jarvis, how are you?", ANN)
        room.ask("Jarvis, how is it?", BEN)
        await room.ended(2)
        assert [text for _, text in room.voice.spoken] == ["Yes.", "Yes."]


async def test_a_speaker_with_many_turns_does_not_keep_another_waiting() -> None:
    async with FloorRoom(["Yes."]) as room:
        room.ask("a1", ANN)
        await room.began()
        room.ask("a2", ANN)
        room.ask("a3", ANN, SAGE)
        room.ask("b1", BEN)
        await room.ended(4)
        assert [turn.text for turn in room.agent.turns] == ["a1", "a2", "b1", "a3"]
