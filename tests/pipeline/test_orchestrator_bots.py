"""Two voice bots that hear each other."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.addressee.bot_turns import ENOUGH
from pipeline.addressee.repeated_exchanges import AGAIN, MOST
from pipeline.decision_log import RecentDecisions
from pipeline.events import ReplyEnded
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings
from testing.room import ANN, SAGE, FakeRoom

pytestmark = pytest.mark.virtual_time

JARVIS_BOT, SAGE_BOT = Speaker(101, "Jarvis", bot=True), Speaker(102, "Sage", bot=True)
TO_SAGE, TO_JARVIS = "Sage, what do you think?", "Jarvis, what do you think?"
LONG_S = 300.0


async def relay(source: FakeRoom, target: FakeRoom, speaker: Speaker) -> None:
    """Have the other room hear each reply as the words of a bot."""
    passed = 0
    while True:
        replies = source.all(ReplyEnded)
        for reply in replies[passed:]:
            if reply.heard:
                await target.say(speaker, reply.heard)
        passed = len(replies)
        await asyncio.sleep(0.05)


async def loop_of_two(
    bot_answers: int, one_as: Speaker = JARVIS_BOT, two_as: Speaker = SAGE_BOT
) -> tuple[FakeRoom, FakeRoom]:
    """The rooms of Jarvis and of Sage, a while after Ann asked Jarvis; each hears the other as the
    words of a speaker."""
    settings = PipelineSettings()
    relevance = settings.relevance.model_copy(update={"bot_answers": bot_answers})
    settings = settings.model_copy(update={"relevance": relevance})
    async with FakeRoom(settings) as one, FakeRoom(settings) as two, asyncio.TaskGroup() as tasks:
        two.room.use_agent(SAGE)
        one.agent.answers = dict.fromkeys((TO_JARVIS, "Jarvis, begin."), TO_SAGE)
        two.agent.answers = {TO_SAGE: TO_JARVIS}
        one.room.person_joined(two_as)
        two.room.person_joined(one_as)
        wires = [
            tasks.create_task(relay(one, two, one_as)),
            tasks.create_task(relay(two, one, two_as)),
        ]
        await one.say(ANN, "Jarvis, begin.")
        await asyncio.sleep(LONG_S)
        for wire in wires:
            wire.cancel()
    return one, two


async def test_two_bots_that_hear_each_other_fall_silent() -> None:
    one, two = await loop_of_two(2)
    assert len(one.agent.turns) == 1 + 2, "Ann's question, and two turns of a bot"
    assert len(two.agent.turns) == 2
    assert one.clock() - one.all(ReplyEnded)[-1].at > LONG_S / 2
    why = RecentDecisions()
    for event in two.events:
        why.observe(event)
    (last, *_) = why.of(JARVIS_BOT.id)
    assert not last.addressed
    assert last.reasons == (ENOUGH,)


async def test_through_a_persons_open_microphone_the_same_exchange_ends() -> None:
    """Discord shows Carol as the speaker of what her loudspeaker says."""
    carol = Speaker(103, "Carol")
    one, two = await loop_of_two(2, carol, carol)
    assert len(one.agent.turns) <= 1 + MOST
    assert len(two.agent.turns) <= MOST
    assert one.clock() - one.all(ReplyEnded)[-1].at > LONG_S / 2
    why = RecentDecisions()
    for event in (*two.events, *one.events):
        why.observe(event)
    assert any(each.reasons == (AGAIN,) for each in why.of(carol.id))


async def test_without_a_bound_they_would_go_on() -> None:
    one, two = await loop_of_two(20)
    assert len(one.agent.turns) > MOST
    assert len(two.agent.turns) >= MOST


async def test_a_word_of_a_person_lets_bots_be_answered_again() -> None:
    async with FakeRoom() as talk:
        talk.room.person_joined(SAGE_BOT)
        for _ in range(4):
            await talk.say(SAGE_BOT, TO_JARVIS)
            await asyncio.sleep(5)
        assert len(talk.agent.turns) == 2
        await talk.say(ANN, "I watched the game last night.")
        await asyncio.sleep(2)
        await talk.say(SAGE_BOT, TO_JARVIS)
        await asyncio.sleep(5)
        assert [turn.speaker for turn in talk.agent.turns] == [SAGE_BOT] * 3
