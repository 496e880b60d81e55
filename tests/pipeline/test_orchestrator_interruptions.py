"""A room's conversation from end to end: speech over a reply."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import (
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    TurnRejected,
)
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


STORY = (
    "Once upon a time there was a village by the sea. "
    "Every evening the boats came home with the tide. "
    "The children waited on the old stone wall."
)


async def test_an_interruption_silences_the_reply_and_aborts_it_upstream() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        talk.agent.word_ms = 200
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.5)
        onset = talk.clock()
        await talk.say(BEN, "Jarvis, stop.", 0.7)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert STORY.startswith(ended.heard)
        assert 0 < len(ended.heard) < len(STORY)
        assert talk.agent.aborted == ["Jarvis, tell me a story."]
        assert talk.loudspeaker.playbacks[0].log == ["duck", "hold", "cut"]
        duck, hold = talk.all(ReplyDucked)
        assert (duck.at - onset) * 1000 < 180
        assert (hold.at - onset) * 1000 < 300
        await asyncio.sleep(3)
        assert len(talk.agent.turns) == 1, "a stop is not a question to the agent"


async def test_an_interruption_with_a_question_is_answered_next() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        await talk.say(BEN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.text for turn in talk.agent.turns] == [
            "Jarvis, tell me a story.",
            "Jarvis, what time is it?",
        ]
        assert "was interrupted here" in talk.agent.turns[1].context


async def test_a_long_interruption_stops_the_reply_before_it_is_over() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        onset = talk.clock()
        speech = asyncio.create_task(talk.say(BEN, "Jarvis, what time is it?", 4.0))
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert ended.at - onset < 1.2
        await speech


async def test_a_sound_without_words_gives_the_floor_back_at_its_first_pause() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        talk.models.complete = lambda _: 0.1
        ended = await talk.say(BEN, "", 0.6)
        resumed = await talk.until(ReplyResumed)
        assert resumed.at - ended < 0.4
        assert not talk.all(TurnRejected)


@pytest.mark.parametrize("words", ["Uh huh.", "Ann, are you coming to the party?"])
async def test_speech_that_is_not_for_the_agent_only_ducks_the_reply(words: str) -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        await asyncio.sleep(1.0)
        spoken = await talk.say(BEN, words, 0.6)
        resumed = await talk.until(ReplyResumed)
        assert (resumed.at - spoken) * 1000 < 350
        ended = await talk.until(ReplyEnded)
        assert not ended.interrupted
        assert ended.heard == STORY
        assert talk.loudspeaker.playbacks[0].log[-1] == "resume"
        assert len(talk.agent.turns) == 1


async def test_leaving_while_speaking_over_a_reply_gives_the_floor_back() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        speech = asyncio.create_task(talk.say(BEN, "Ann, I will be right back.", 3.0))
        await asyncio.sleep(0.4)
        talk.room.person_left(BEN.id)
        await talk.until(ReplyResumed)
        await speech
        assert (await talk.until(ReplyEnded)).heard == STORY
