"""A question that is sent before its turn is over: what it does, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import (
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    SentenceBegan,
    TextLeftOut,
)
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Speaker
from pipeline.settings import PipelineSettings, ReplySettings
from testing.room import ANN, BEN, JARVIS
from tests.pipeline.speaking.floor_room import STORY, FloorRoom

pytestmark = pytest.mark.virtual_time


def turn_of(text: str, speaker: Speaker = ANN) -> AgentTurn:
    return AgentTurn(JARVIS.agent, text, speaker)


def ask_early(room: FloorRoom, text: str, speaker: Speaker = ANN) -> bool:
    return room.floor.ask_early(turn_of(text, speaker), JARVIS, TurnLatency())


async def test_nothing_is_audible_before_the_question_is_confirmed() -> None:
    settings = PipelineSettings(
        reply=ReplySettings(one_moment_after_s=1.0, thinking_sound_after_s=0.5)
    )
    async with FloorRoom([1.5, "I am fine."], settings=settings) as room:
        assert ask_early(room, "Jarvis, how are you?")
        await asyncio.sleep(3.0)
        assert [turn.text for turn in room.agent.turns] == ["Jarvis, how are you?"]
        assert room.voice.asked, "the first sentence is synthesised"
        assert room.loudspeaker.playbacks == []
        assert room.all(SentenceBegan) == []
        assert room.all(ReplyBegan) == []
        assert room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        confirmed = room.clock()
        await room.began()
        assert room.clock() - confirmed < 3.0
        assert (await room.ended()).heard == "I am fine."


async def test_a_confirmed_answer_sounds_at_once_if_it_is_ready() -> None:
    async with FloorRoom(["I am fine."]) as room:
        ask_early(room, "Jarvis, how are you?")
        await asyncio.sleep(0.5)
        room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        confirmed = room.clock()
        await room.began()
        assert room.clock() - confirmed < 0.1
        (began,) = room.all(ReplyBegan)
        latency = began.latency
        assert latency.at("confirmed") == confirmed
        assert latency.at("tts_first_byte") is not None


async def test_a_withdrawn_question_leaves_no_trace() -> None:
    async with FloorRoom(["Look: `x = 1` is code. It is sunny."], ["It is sunny there."]) as room:
        ask_early(room, "Jarvis, what is the weather")
        await asyncio.sleep(0.4)
        room.floor.withdraw_early(ANN.id)
        await asyncio.sleep(0.4)
        (withdrawn,) = room.all(QuestionWithdrawn)
        assert (withdrawn.agent, withdrawn.speaker) == (JARVIS.agent, ANN)
        kinds = {type(event) for event in room.events}
        assert kinds == {QuestionSent, QuestionWithdrawn}
        assert not room.all(TextLeftOut)
        assert room.transcript.context_lines(10) == []
        assert room.floor.last_reply is None
        assert room.loudspeaker.playbacks == []
        room.ask("Jarvis, what is the weather in Paris?")
        assert (await room.ended()).heard == "It is sunny there."


async def test_withdrawing_aborts_the_run() -> None:
    async with FloorRoom([5.0, "It is sunny."]) as room:
        ask_early(room, "Jarvis, what is the weather")
        await asyncio.sleep(0.2)
        room.floor.withdraw_early(ANN.id)
        await asyncio.sleep(0.05)
        assert len(room.agent.aborted) == 1


async def test_another_turn_is_not_confirmed_or_withdrawn_in_its_place() -> None:
    async with FloorRoom(["I am fine."]) as room:
        ask_early(room, "Jarvis, how are you?")
        await asyncio.sleep(0.2)
        room.floor.withdraw_early(BEN.id)
        assert not room.floor.confirm_early(turn_of("Jarvis, how are you today?"))
        assert not room.floor.confirm_early(turn_of("Jarvis, how are you?", BEN))
        assert room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        assert not room.floor.confirm_early(turn_of("Jarvis, how are you?")), "once"
        assert (await room.ended()).heard == "I am fine."


async def test_a_question_is_not_sent_early_while_another_is_answered_or_waits() -> None:
    async with FloorRoom([STORY]) as room:
        room.ask("Jarvis, tell me a story.", BEN)
        assert not ask_early(room, "Jarvis, how are you?")
        await room.began()
        assert not ask_early(room, "Jarvis, how are you?")
        await room.ended()
        assert ask_early(room, "Jarvis, how are you?")
        assert not ask_early(room, "Jarvis, how is it?", BEN)


async def test_a_question_is_sent_early_once_the_reply_before_it_is_being_stopped() -> None:
    async with FloorRoom([STORY], ["I am fine."]) as room:
        room.ask("Jarvis, tell me a story.", BEN)
        await room.began()
        room.floor.stop()
        assert ask_early(room, "Jarvis, how are you?")
        assert (await room.ended()).interrupted
        await asyncio.sleep(0.3)
        room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        assert (await room.ended(2)).heard == "I am fine."


async def test_the_turns_of_others_wait_behind_an_early_question() -> None:
    async with FloorRoom(["It is sunny."], ["All is well."]) as room:
        ask_early(room, "Jarvis, what is the weather")
        await asyncio.sleep(0.1)
        room.ask("Jarvis, how is it?", BEN)
        await asyncio.sleep(1.5)
        assert room.all(SentenceBegan) == [], "Ben is not told that he is next"
        room.floor.withdraw_early(ANN.id)
        ended = await room.ended()
        assert (ended.speaker, ended.heard) == (BEN, "All is well.")


async def test_more_words_of_the_speaker_do_not_join_an_early_question() -> None:
    async with FloorRoom(["It is sunny."], ["All is well."]) as room:
        ask_early(room, "Jarvis, what is the weather?")
        await asyncio.sleep(0.1)
        room.ask("Jarvis, how is it?", ANN)
        room.floor.confirm_early(turn_of("Jarvis, what is the weather?"))
        await room.ended(2)
        texts = [turn.text for turn in room.agent.turns]
        assert texts == ["Jarvis, what is the weather?", "Jarvis, how is it?"]


async def test_more_words_join_the_turn_after_it_was_confirmed() -> None:
    async with FloorRoom([3.0, "It is sunny."], ["In both."]) as room:
        ask_early(room, "Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.1)
        room.floor.confirm_early(turn_of("Jarvis, what is the weather in Paris?"))
        room.ask("And in London?", ANN)
        assert (await room.ended()).heard == "In both."
        assert room.agent.turns[-1].text == "Jarvis, what is the weather in Paris? And in London?"


async def test_a_failure_is_told_only_after_the_question_is_confirmed() -> None:
    async with FloorRoom([RuntimeError("the agent broke")]) as room:
        ask_early(room, "Jarvis, how are you?")
        await asyncio.sleep(0.5)
        assert room.all(ReplyFailed) == []
        assert room.loudspeaker.playbacks == []
        room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        await room.ended()
        assert len(room.all(ReplyFailed)) == 1


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_silent_answer_is_reported_only_if_the_question_is_confirmed(
    confirmed: bool,
) -> None:
    async with FloorRoom([]) as room:
        ask_early(room, "Jarvis, how are you?")
        await asyncio.sleep(0.5)
        assert room.all(ReplyDeclined) == []
        if confirmed:
            room.floor.confirm_early(turn_of("Jarvis, how are you?"))
        else:
            room.floor.withdraw_early(ANN.id)
        await asyncio.sleep(0.1)
        assert len(room.all(ReplyDeclined)) == (1 if confirmed else 0)


async def test_an_early_question_is_no_reply_that_others_could_stop_or_hear() -> None:
    async with FloorRoom([STORY]) as room:
        ask_early(room, "Jarvis, tell me a story.")
        await asyncio.sleep(0.3)
        assert room.floor.answer_audible is False
        before = room.floor.reply
        room.floor.confirm_early(turn_of("Jarvis, tell me a story."))
        after = room.floor.reply
        assert (before is None, after is None) == (True, False)
        assert (await room.ended()).heard == STORY


async def test_closing_the_room_ends_an_early_question() -> None:
    async with FloorRoom([STORY]) as room:
        ask_early(room, "Jarvis, tell me a story.")
        await asyncio.sleep(0.3)
    assert room.all(ReplyEnded) == []
    await asyncio.sleep(1)
    assert asyncio.all_tasks() == {asyncio.current_task()}
