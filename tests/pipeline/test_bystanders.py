"""Words that a listener takes in place of the agent, and the bot's own sentences meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from pipeline.addressee.classifier import Decision
from pipeline.bystanders import ANSWERS_BOT
from pipeline.events import ReplyEnded, TurnDecided
from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import AgentDelta, AgentTurn
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


class TakesYes:
    """Takes "yes" from anybody."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, str, bool]] = []

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        return ANSWERS_BOT if utterance.words[:1] == ("yes",) else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        self.taken.append((utterance.speaker_id, utterance.text, decision.addressed))


class WaitingAgent:
    """An agent whose tool takes time: nothing comes until ``answer`` is set."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.aborted = 0
        self.answer = asyncio.Event()

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        self.asked.append(turn.text)
        try:
            await self.answer.wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.aborted += 1
            raise
        yield AgentDelta("It is done.")


async def test_the_agent_does_not_get_words_that_a_listener_takes() -> None:
    async with FakeRoom() as talk:
        listener = TakesYes()
        talk.room.controls.listeners.add(listener)
        await talk.say(ANN, "Yes, Jarvis, do it.")
        decided = await talk.until(TurnDecided)
        assert (decided.addressed, decided.reasons) == (False, (ANSWERS_BOT,))
        assert listener.taken == [(ANN.id, "Yes, Jarvis, do it.", True)]
        assert talk.agent.turns == []
        assert [line.speaker for line in talk.room.transcript] == [ANN]


async def test_it_gets_the_others_and_all_once_the_listener_is_gone() -> None:
    async with FakeRoom() as talk:
        listener = TakesYes()
        talk.room.controls.listeners.add(listener)
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
        assert listener.taken == []
        talk.room.controls.listeners.discard(listener)
        seen = len(talk.events)
        await talk.say(ANN, "Yes, Jarvis, do it.")
        await talk.until(ReplyEnded, after=seen)
        assert [turn.text for turn in talk.agent.turns][-1] == "Yes, Jarvis, do it."


@pytest.mark.parametrize("speaker", [ANN, BEN], ids=["asker", "another"])
async def test_an_answer_does_not_disturb_the_reply_that_waits_for_it(speaker: object) -> None:
    who = ANN if speaker is ANN else BEN
    agent = WaitingAgent()
    async with FakeRoom(agent=agent) as talk:
        listener = TakesYes()
        talk.room.controls.listeners.add(listener)
        await talk.say(ANN, "Jarvis, turn on the light.")
        await asyncio.sleep(1.0)
        assert talk.room.controls.interject("May I?")
        await asyncio.sleep(1.5)
        assert talk.synthesizer.spoken[-1] == ("jarvis", "May I?")
        seen = len(talk.events)
        await talk.say(who, "Yes, do it.")
        await talk.until(TurnDecided, after=seen)
        agent.answer.set()
        ended = await talk.until(ReplyEnded, after=seen)
        assert (ended.text, ended.interrupted) == ("It is done.", False)
        assert (len(agent.asked), agent.aborted) == (1, 0)
        assert [taken[0] for taken in listener.taken] == [who.id]


async def test_without_an_agent_at_work_there_is_no_reply_to_speak_in() -> None:
    async with FakeRoom() as talk:
        assert not talk.room.controls.interject("May I?")
        await talk.room.say("Dinner is ready.").wait()
        assert not talk.room.controls.interject("May I?")
