"""Speech over a reply on the floor, and stopping it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from pipeline.events import ReplyBegan, ReplyDucked, ReplyFailed, ReplyResumed
from pipeline.ports import AgentDelta, AgentTurn, Speaker
from pipeline.transcript import SpokenReply
from testing.room import ANN, BEN
from tests.pipeline.speaking.floor_room import STORY, FloorRoom
from tests.pipeline.speaking.scripts import ScriptedAgent

pytestmark = pytest.mark.virtual_time


# -- speech before the first sound -------------------------------------------------------------


async def test_a_reply_that_is_ready_waits_for_a_member_who_speaks() -> None:
    async with FloorRoom([1.0, "I am fine."]) as room:
        room.ask("Jarvis, how are you?")
        await asyncio.sleep(0.8)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(1.0)
        assert room.all(ReplyBegan) == [], "ready for 0.7 s, and silent"
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=False)
        given_back = room.clock()
        ended = await room.ended()
        assert room.all(ReplyBegan)[0].at - given_back < 0.1
        assert (ended.heard, ended.interrupted) == ("I am fine.", False)
        assert room.all(ReplyDucked) == [], "nothing had sounded"


async def test_the_wait_for_a_member_who_speaks_has_a_limit() -> None:
    async with FloorRoom([1.0, "I am fine."]) as room:
        room.ask("Jarvis, how are you?")
        room.floor.speech_began(BEN.id, room.clock())
        began = room.clock()
        ended = await room.ended()
        # 1 s of the agent, 20 ms of the voice, 1.5 s of patience.
        assert room.all(ReplyBegan)[0].at - began == pytest.approx(2.5, abs=0.1)
        assert ended.heard == "I am fine."


async def test_speech_from_before_the_first_sound_can_still_interrupt() -> None:
    async with FloorRoom([1.0, STORY], ["All is well."]) as room:
        room.ask("Jarvis, tell me a story.")
        room.floor.speech_began(BEN.id, room.clock())
        await room.began()
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=True)
        assert (await room.ended()).interrupted


async def test_a_ready_reply_waits_for_words_to_the_agent_but_not_for_long() -> None:
    async with FloorRoom([1.0, "I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?", by_name=True)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(0.8)
        room.floor.decided(BEN.id, interrupts=True, final=False)
        await asyncio.sleep(1.6)
        assert room.all(ReplyBegan) == []
        await asyncio.sleep(0.3)
        assert len(room.all(ReplyBegan)) == 1
        room.floor.speech_ended(BEN.id, room.clock())
        room.ask("Jarvis, how is it?", BEN)
        room.floor.decided(BEN.id, interrupts=True)
        assert (await room.ended(2)).heard == "All is well."


async def test_the_answer_to_the_first_half_of_a_question_is_not_heard() -> None:
    async with FloorRoom([0.5, "It is sunny in Paris."], ["It is sunny in both."]) as room:
        room.ask("Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.3)
        room.floor.speech_began(ANN.id, room.clock())
        await asyncio.sleep(1.2)
        room.floor.speech_ended(ANN.id, room.clock())
        room.ask("And in London?")
        room.floor.decided(ANN.id, interrupts=True)
        assert (await room.ended()).heard == "It is sunny in both."
        first = room.loudspeaker.playbacks[0]
        assert first.first_sent_at is None
        assert "resume" not in first.log


# -- stop and interruption ---------------------------------------------------------------------


async def test_stop_while_the_agent_thinks_ends_the_turn_and_serves_the_next() -> None:
    async with FloorRoom([60.0, "I am fine."], ["All is well."]) as room:
        room.ask("Jarvis, how are you?")
        room.ask("Jarvis, how is it?", BEN)
        await asyncio.sleep(1)
        room.floor.stop()
        ended = await room.ended()
        assert ended.interrupted
        assert (ended.text, ended.heard) == ("", "")
        assert [turn.text for turn in room.agent.aborted] == ["Jarvis, how are you?"]
        assert (await room.ended(2)).heard == "All is well."
        assert room.all(ReplyFailed) == []


async def test_stop_in_mid_sentence_keeps_what_was_heard() -> None:
    async with FloorRoom([STORY]) as room:
        room.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1.5)
        room.floor.stop()
        ended = await room.ended()
        assert ended.interrupted
        assert ended.heard == "Once upon a time there"
        assert ended.text == STORY
        assert room.loudspeaker.playbacks[0].log == ["cut"]
        (line,) = room.transcript
        assert isinstance(line, SpokenReply)
        assert line.cut_off


async def test_stop_twice_or_without_a_reply_does_no_harm() -> None:
    async with FloorRoom([STORY], ["I am fine."]) as room:
        room.floor.stop()
        room.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        room.floor.stop()
        room.floor.stop()
        assert (await room.ended()).interrupted
        room.floor.stop()
        room.ask("Jarvis, how are you?")
        assert (await room.ended(2)).heard == "I am fine."


class SlowToAbort(ScriptedAgent):
    """An agent that takes a while to abort its run."""

    def __init__(self) -> None:
        super().__init__([])
        self.aborts = 0

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        try:
            yield AgentDelta("Well, ")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.5)
            self.aborts += 1


async def test_a_second_stop_does_not_interrupt_the_clean_up_after_the_first() -> None:
    async with FloorRoom() as room:
        agent = SlowToAbort()
        room.floor._agent = agent
        room.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
        for _ in range(3):
            room.floor.stop()
            await asyncio.sleep(0.1)
        assert (await room.ended()).interrupted
        assert agent.aborts == 1


async def test_a_turn_during_the_clean_up_does_not_bring_a_stopped_reply_back() -> None:
    async with FloorRoom() as room:
        room.floor._agent = SlowToAbort()
        room.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
        room.floor.stop()
        await asyncio.sleep(0.1)
        room.floor._agent = room.agent = ScriptedAgent(["All is well."])
        room.ask("Jarvis, how is it?")
        stopped, answered = await room.ended(1), await room.ended(2)
        assert (stopped.interrupted, answered.heard) == (True, "All is well.")
        assert [turn.text for turn in room.agent.turns] == ["Jarvis, how is it?"]


async def test_speech_over_a_reply_ducks_and_holds_it_and_talk_to_others_resumes_it() -> None:
    async with FloorRoom([STORY]) as room:
        room.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(0.5)
        assert room.loudspeaker.playbacks[0].log == ["duck", "hold"]
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=False)
        assert room.loudspeaker.playbacks[0].log == ["duck", "hold", "resume"]
        ended = await room.ended()
        assert ended.heard == STORY
        kinds = [type(event) for event in room.events]
        assert kinds.count(ReplyDucked) == 2
        assert kinds.count(ReplyResumed) == 1


async def test_a_held_reply_resumes_at_the_word_that_was_cut() -> None:
    async with FloorRoom([STORY]) as room:
        room.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(0.5)
        (playback,) = room.loudspeaker.playbacks
        before_ms = playback.played_ms
        room.floor.decided(BEN.id, interrupts=False)
        rewound_ms = before_ms - playback.played_ms
        assert 300 <= rewound_ms < 1000
        await room.ended()


async def test_an_interruption_ends_the_reply() -> None:
    async with FloorRoom([STORY]) as room:
        room.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        room.floor.speech_began(BEN.id, room.clock())
        await asyncio.sleep(0.5)
        room.floor.decided(BEN.id, interrupts=True)
        assert (await room.ended()).interrupted
        assert room.loudspeaker.playbacks[0].log == ["duck", "hold", "cut"]


async def test_speech_without_an_active_reply_interrupts_nothing() -> None:
    async with FloorRoom(["I am fine."]) as room:
        room.floor.speech_began(BEN.id, room.clock())
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=True)
        room.ask("Jarvis, how are you?")
        assert not (await room.ended()).interrupted


async def test_a_late_decision_on_an_earlier_reply_does_not_end_the_active_one() -> None:
    async with FloorRoom(["Well."], [STORY]) as room:
        room.ask("Jarvis, how are you?")
        room.ask("Jarvis, tell me a story.", Speaker(3, "Carl"))
        await asyncio.sleep(0.2)
        room.floor.speech_began(BEN.id, room.clock())
        room.floor.speech_ended(BEN.id, room.clock())
        room.floor.decided(BEN.id, interrupts=False)
        await room.ended(1)
        await asyncio.sleep(0.5)
        room.floor.decided(BEN.id, interrupts=True)
        assert not (await room.ended(2)).interrupted


async def test_cancelling_run_ends_the_active_reply() -> None:
    async with FloorRoom([STORY, 60.0]) as room:
        room.ask("Jarvis, tell me a story.")
        room.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
    assert room.loudspeaker.playbacks[0].log == ["cut"]
    assert len(room.agent.aborted) == 1
    assert len(room.agent.turns) == 1
    await asyncio.sleep(1)
    assert asyncio.all_tasks() == {asyncio.current_task()}
