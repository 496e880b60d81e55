"""A room's conversation from end to end: turns and their answers."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import AgentTimeout, AgentUnavailable
from pipeline.events import (
    ReplyBegan,
    ReplyEnded,
    ReplyFailed,
    TurnDecided,
    TurnRejected,
    Unspoken,
)
from pipeline.settings import PipelineSettings, RelevanceSettings
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


STORY = (
    "Once upon a time there was a village by the sea. "
    "Every evening the boats came home with the tide. "
    "The children waited on the old stone wall."
)


async def test_a_question_by_name_is_answered_aloud() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, what time is it?"] = "It is half past seven, sir."
        await talk.say(ANN, "Jarvis, what time is it?")
        ended = await talk.until(ReplyEnded)
        assert ended.heard == "It is half past seven, sir."
        assert not ended.interrupted
        assert [turn.speaker for turn in talk.agent.turns] == [ANN]
        assert talk.synthesizer.spoken == [("jarvis", "It is half past seven, sir.")]


async def test_the_asker_is_in_an_exchange_during_the_answer_and_shortly_after() -> None:
    async with FakeRoom() as talk:
        assert not talk.room.is_in_exchange(ANN.id)
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyBegan)
        assert talk.room.is_in_exchange(ANN.id)
        await talk.until(ReplyEnded)
        assert talk.room.is_in_exchange(ANN.id)
        assert not talk.room.is_in_exchange(BEN.id)
        await asyncio.sleep(RelevanceSettings().follow_up_s + 0.5)
        assert not talk.room.is_in_exchange(ANN.id)


async def test_talk_among_people_is_heard_and_left_alone_with_a_reason() -> None:
    async with FakeRoom() as talk:
        await talk.say(BEN, "Ann, did you watch the game last night?")
        heard = await talk.until(TurnDecided)
        assert not heard.addressed
        assert heard.reasons
        await asyncio.sleep(5)
        assert talk.agent.turns == []


async def test_a_pause_inside_a_sentence_does_not_cut_the_speaker_off() -> None:
    async with FakeRoom() as talk:
        talk.models.complete = lambda audio: 0.9 if audio.size > 16_000 * 1.9 else 0.1
        await talk.say(ANN, "Jarvis, I was wondering", 0.8)
        await asyncio.sleep(0.35)
        await talk.say(ANN, "what time it is", 0.8)
        heard = await talk.until(TurnDecided)
        assert heard.text == "Jarvis, I was wondering what time it is"
        assert len(talk.all(TurnDecided)) == 1


async def test_what_is_added_while_the_agent_thinks_is_answered_with_the_question() -> None:
    async with FakeRoom() as talk:
        talk.agent.first_ms = 3000
        both = "Jarvis, what is the weather in Paris? And in London?"
        talk.agent.answers[both] = "It is sunny in both."
        await talk.say(ANN, "Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.5)
        await talk.say(ANN, "And in London?", 0.6)
        assert (await talk.until(ReplyEnded)).heard == "It is sunny in both."
        assert [turn.text for turn in talk.agent.turns][1:] == [both]
        assert len(talk.agent.aborted) == 1


async def test_a_speaker_who_continues_when_the_answer_is_ready_is_not_spoken_over() -> None:
    async with FakeRoom() as talk:
        talk.agent.first_ms = 300
        both = "Jarvis, what is the weather in Paris? And in London?"
        talk.agent.answers[both] = "It is sunny in both."
        await talk.say(ANN, "Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.3)
        await talk.say(ANN, "And in London?", 1.5)
        assert (await talk.until(ReplyEnded)).heard == "It is sunny in both."
        assert [text for _, text in talk.synthesizer.spoken][-1] == "It is sunny in both."
        assert talk.loudspeaker.playbacks[0].first_sent_at is None


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), "I cannot reach the agent right now."),
        (AgentTimeout("60 s are over"), "Sorry, that took too long."),
    ],
)
async def test_a_failing_agent_is_announced_aloud(error: Exception, notice: str) -> None:
    async with FakeRoom() as talk:
        talk.agent.error = error
        await talk.say(ANN, "Jarvis, what time is it?")
        failed = await talk.until(ReplyFailed)
        assert str(error) in failed.why
        await talk.until(ReplyEnded)
        assert talk.synthesizer.spoken[0] == ("jarvis", notice)
        talk.agent.error = None
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyBegan, after=len(talk.events))


async def test_a_reply_that_cannot_be_synthesized_is_reported_as_text() -> None:
    async with FakeRoom() as talk:
        talk.synthesizer.broken = True
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        unspoken = await talk.until(Unspoken)
        assert unspoken.text == STORY
        assert "500" in unspoken.why


async def test_noise_is_not_a_turn() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, "", 0.5)
        await talk.until(TurnRejected)
        assert talk.agent.turns == []


async def test_a_low_level_wants_the_name() -> None:
    settings = PipelineSettings(relevance=RelevanceSettings(level="low"))
    async with FakeRoom(settings) as talk:
        await talk.say(ANN, "What time is it?")
        assert not (await talk.until(TurnDecided)).addressed


async def test_closing_the_room_in_mid_reply_leaves_nothing_running() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
    assert talk.loudspeaker.playbacks[0].log[-1] == "cut"
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == {asyncio.current_task()}
