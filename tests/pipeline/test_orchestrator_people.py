"""A room's conversation from end to end: several people and agents."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import (
    ReplyEnded,
    TurnDecided,
)
from pipeline.ports import ContextLine, Persona, Voice
from testing.room import ANN, BEN, SAGE, FakeRoom
from testing.waiting import eventually

pytestmark = pytest.mark.virtual_time


async def test_two_people_at_once_are_heard_apart_and_answered_in_turn() -> None:
    async with FakeRoom() as talk:
        await asyncio.gather(
            talk.say(ANN, "Jarvis, what time is it?", 1.0),
            talk.say(BEN, "Jarvis, tell me a joke.", 1.2),
        )
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        assert {(h.speaker, h.text) for h in talk.all(TurnDecided)} == {
            (ANN, "Jarvis, what time is it?"),
            (BEN, "Jarvis, tell me a joke."),
        }
        assert [turn.speaker for turn in talk.agent.turns] == [ANN, BEN]
        first, second = talk.loudspeaker.playbacks
        assert second.log == []
        assert first.log == ["hold", "resume"], "it waited until Ben had spoken"
        assert not any(event.interrupted for event in talk.all(ReplyEnded))


async def test_the_agent_sees_who_said_what_in_order_and_a_waiting_speaker_is_acknowledged() -> (
    None
):
    async with FakeRoom(context_of_others=True) as talk:
        talk.agent.first_ms = 4000
        await talk.say(BEN, "Ann, did you watch the game last night?")
        await talk.say(ANN, "Jarvis, what time is it?")
        await asyncio.sleep(0.5)
        await talk.say(BEN, "Jarvis, tell me a joke.")
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        first, second = talk.agent.turns
        assert (first.speaker, second.speaker) == (ANN, BEN)
        assert second.context == (
            ContextLine("Ann, did you watch the game last night?", BEN),
            ContextLine("Jarvis, what time is it?", ANN),
        )
        assert talk.synthesizer.spoken[0] == ("jarvis", "You are next, Ben.")


async def test_what_others_said_does_not_go_to_the_agent_unless_the_server_chose_it() -> None:
    async with FakeRoom() as talk:
        await talk.say(BEN, "Jarvis, what is the weather in Paris?")
        await talk.until(ReplyEnded)
        await talk.say(BEN, "Ann, did you watch the game last night?")
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=len(talk.events))
        await talk.say(ANN, "Jarvis, and in London?")
        await talk.until(ReplyEnded, after=len(talk.events))
        _, second, third = talk.agent.turns
        assert second.context == (ContextLine("All right.", agent="jarvis"),)
        assert third.context == (
            ContextLine("All right.", agent="jarvis"),
            ContextLine("Jarvis, what time is it?", ANN),
            ContextLine("All right.", agent="jarvis"),
        )
        assert third.present == (ANN, BEN)


async def test_another_agent_answers_in_its_own_voice_from_the_next_turn_on() -> None:
    async with FakeRoom() as talk:
        talk.room.use_agent(SAGE)
        await talk.say(ANN, "Sage, what is the meaning of life?")
        await talk.until(ReplyEnded)
        assert talk.agent.turns[0].agent == "sage"
        assert talk.synthesizer.spoken[0][0] == "sage"


async def test_another_agent_that_is_called_answers_one_turn_and_the_current_agent_the_next() -> (
    None
):
    async with FakeRoom() as talk:
        await talk.say(ANN, "Sage, what is the meaning of life?")
        ended = await talk.until(ReplyEnded)
        assert ended.agent == "sage"
        assert talk.synthesizer.spoken[0][0] == "sage"
        assert talk.room.persona.agent == "jarvis"
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.agent for turn in talk.agent.turns] == ["sage", "jarvis"]


async def test_a_chosen_agent_without_settings_is_called_by_its_name() -> None:
    async with FakeRoom() as talk:
        talk.room.use_agent(Persona("max", "Maximilian", Voice("sage")))
        await talk.say(ANN, "Maximilian, what is the meaning of life?")
        ended = await talk.until(ReplyEnded)
        assert ended.agent == talk.agent.turns[0].agent == "max"
        assert talk.room.name_of("max") == "Maximilian"
        assert "Maximilian" in talk.room.expected_names.agents


async def test_the_agent_is_told_who_is_in_the_room() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
        talk.room.person_left(BEN.id)
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.present for turn in talk.agent.turns] == [(ANN, BEN), (ANN,)]


async def test_a_person_who_left_is_not_heard() -> None:
    async with FakeRoom() as talk:
        talk.room.person_left(ANN.id)
        await talk.say(ANN, "Jarvis, what time is it?")
        await asyncio.sleep(3)
        assert talk.events == []


async def test_what_a_person_said_is_forgotten_with_their_unfinished_turn_and_what_waits() -> None:
    async with FakeRoom() as talk:
        await asyncio.gather(
            talk.say(ANN, "Jarvis, what time is it?", 1.0),
            talk.say(BEN, "Jarvis, tell me a joke.", 1.2),
        )
        await eventually(lambda: talk.room.waiting == 1)
        speaking = asyncio.create_task(talk.say(BEN, "Jarvis, and another one!", 2.0))
        await asyncio.sleep(1.0)
        talk.room.forget_words(BEN.id)
        assert talk.room.waiting == 0
        await speaking
        await talk.until(ReplyEnded)
        await asyncio.sleep(5)
        assert [turn.speaker for turn in talk.agent.turns] == [ANN]
        assert {line.speaker for line in talk.room.transcript} == {ANN}
        talk.room.person_joined(BEN)
        after = len(talk.events)
        await talk.say(BEN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=after)
        assert not any("joke" in line.words for line in talk.agent.turns[-1].context)


async def test_a_reply_names_people_of_the_room_also_when_they_have_left() -> None:
    async with FakeRoom() as talk:
        talk.room.person_left(BEN.id)
        talk.agent.answers["Jarvis, who was that?"] = "That was <@2>, <@1>. And <@3>."
        await talk.say(ANN, "Jarvis, who was that?")
        ended = await talk.until(ReplyEnded)
        assert ended.heard == "That was Ben, Ann. And someone."
