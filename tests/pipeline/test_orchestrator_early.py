"""Questions that are sent early in a whole room, and replies that wait for other talk."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.decision_log import RecentDecisions
from pipeline.events import (
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyEnded,
    TurnDecided,
    TurnExtended,
)
from pipeline.ports import Persona, Speaker
from pipeline.settings import Level, PipelineSettings, SttSettings, TurnSettings
from testing.room import ANN, BEN, JARVIS, FakeRoom

pytestmark = pytest.mark.virtual_time

FIRST = "Jarvis, what is the weather?"
REST = "In Paris, I mean."
WHOLE = f"{FIRST} {REST}"
NOVA = Persona("nova", "Nova", JARVIS.voice)
# Every question is sent at once, and sounds after the longest silence: 900 ms.
EAGER = TurnSettings(
    eager="on",
    cut_cost_ms=100,
    sound_cut_cost_ms=60_000,
    call_cut_cost_ms=60_000,
    max_silence_ms=900,
    pace_share=0,
)


def room(turn: TurnSettings = EAGER) -> FakeRoom:
    settings = PipelineSettings(turn=turn, stt=SttSettings(partial_interval_s=0))
    return FakeRoom(settings)


async def test_the_agent_is_asked_at_once_and_heard_when_the_turn_is_over() -> None:
    async with room() as talk:
        end = await talk.say(ANN, FIRST)
        sent = await talk.until(QuestionSent)
        assert sent.early
        assert sent.at - end < 0.4
        assert not talk.all(TurnDecided)
        began = await talk.until(ReplyBegan)
        assert began.at - end == pytest.approx(0.95, abs=0.06)
        assert [type(event) for event in talk.events].count(QuestionSent) == 1
        assert not talk.all(QuestionWithdrawn)
        assert (await talk.until(ReplyEnded)).heard == "All right."


async def test_another_agent_that_is_called_is_asked_at_once_too() -> None:
    async with room() as talk:
        end = await talk.say(ANN, "Sage, what is the weather?")
        sent = await talk.until(QuestionSent)
        assert sent.early
        assert sent.agent == "sage"
        assert sent.at - end < 0.4
        began = await talk.until(ReplyBegan)
        assert began.agent == "sage"
        assert began.at - end == pytest.approx(0.95, abs=0.06)
        assert [type(event) for event in talk.events].count(QuestionSent) == 1
        assert not talk.all(QuestionWithdrawn)


async def test_a_speaker_who_goes_on_is_one_turn_and_hears_one_answer() -> None:
    async with room() as talk:
        log = RecentDecisions()
        talk.agent.answers[WHOLE] = "It is sunny in Paris."
        await talk.say(ANN, FIRST)
        await asyncio.sleep(0.4)
        await talk.say(ANN, REST)
        ended = await talk.until(ReplyEnded)
        assert ended.heard == "It is sunny in Paris."
        assert [turn.text for turn in talk.agent.turns] == [FIRST, WHOLE]
        assert [sent.early for sent in talk.all(QuestionSent)] == [True, True]
        (withdrawn,) = talk.all(QuestionWithdrawn)
        assert withdrawn.speaker == ANN
        (decided,) = talk.all(TurnDecided)
        assert decided.text == WHOLE
        assert not talk.all(TurnExtended)
        lines = talk.room.transcript.context_lines(10)
        assert sum("weather" in line for line in lines) == 1
        assert len(talk.loudspeaker.playbacks) == 1
        for event in talk.events:
            log.observe(event)
        assert len(log.of(ANN.id)) == 1
        assert (log.questions, log.early, log.withdrawn) == (1, 2, 1)


async def test_a_run_that_has_not_answered_yet_is_aborted() -> None:
    async with room() as talk:
        talk.agent.first_ms = 3000
        await talk.say(ANN, FIRST)
        await asyncio.sleep(0.4)
        await talk.say(ANN, REST, 0.4)
        await talk.until(QuestionWithdrawn)
        await asyncio.sleep(0.05)
        assert talk.agent.aborted == [FIRST]


async def test_after_a_cough_the_same_words_are_asked_again_soon() -> None:
    async with room() as talk:
        await talk.say(ANN, FIRST)
        await asyncio.sleep(0.4)
        # Loud, and no word of it is known.
        for _ in range(8):
            await asyncio.sleep(FRAME_MS / 1000)
            talk.room.hear(ANN.id, np.full(HEARD_FRAME, 340, np.int16), talk.clock())
        talk.models.texts += [""] * (32 - len(talk.models.texts))
        cough = talk.clock()
        decided = await talk.until(TurnDecided)
        assert decided.text.strip() == FIRST
        assert decided.at - cough < 1.0
        assert (await talk.until(ReplyEnded)).heard == "All right."
        assert [turn.text.strip() for turn in talk.agent.turns] == [FIRST, FIRST]


async def test_words_after_the_end_and_before_the_answer_join_the_turn() -> None:
    async with room() as talk:
        talk.agent.first_ms = 5000
        await talk.say(ANN, FIRST)
        await talk.until(TurnDecided)
        await talk.say(ANN, "And in London?")
        extended = await talk.until(TurnExtended)
        assert extended.text == f"{FIRST} And in London?"
        assert (await talk.until(ReplyEnded)).heard == "All right."
        assert not talk.all(QuestionWithdrawn)


async def test_talk_that_is_not_for_the_agent_is_never_sent() -> None:
    async with room() as talk:
        await talk.say(ANN, "Ben, did you watch the game last night?")
        await talk.until(TurnDecided)
        await asyncio.sleep(1)
        assert talk.agent.turns == []
        assert not talk.all(QuestionSent)


async def test_a_voice_command_is_executed_once_and_asks_no_agent() -> None:
    async with room() as talk:
        end = await talk.say(ANN, "Jarvis, louder.")
        decided = await talk.until(TurnDecided)
        assert decided.at - end < 0.4
        assert talk.loudspeaker.gain_db == 4.0
        assert talk.agent.turns == []


async def test_a_speaker_who_leaves_withdraws_the_question() -> None:
    async with room() as talk:
        await talk.say(ANN, FIRST)
        await talk.until(QuestionSent)
        talk.room.person_left(ANN.id)
        await asyncio.sleep(2)
        assert talk.agent.turns != []
        assert talk.loudspeaker.playbacks == []
        assert not talk.all(TurnDecided)
        await talk.say(BEN, "Jarvis, tell me a joke.")
        assert (await talk.until(ReplyEnded)).speaker == BEN


async def test_the_agent_that_was_called_answers_also_if_the_room_changes_its_own() -> None:
    async with room() as talk:
        await talk.say(ANN, FIRST)
        await talk.until(QuestionSent)
        talk.room.use_agent(NOVA)
        await talk.until(TurnDecided)
        assert (await talk.until(ReplyEnded)).agent == "jarvis"
        assert not talk.all(QuestionWithdrawn)
        assert len(talk.loudspeaker.playbacks) == 1


async def test_a_change_of_mind_of_the_room_withdraws_the_question() -> None:
    async with room() as talk:
        talk.room.person_left(BEN.id)
        await talk.say(ANN, "What is the weather?")
        assert (await talk.until(QuestionSent)).agent == "jarvis"
        talk.room.use_agent(NOVA)
        await talk.until(TurnDecided)
        assert len(talk.all(QuestionWithdrawn)) == 1
        assert (await talk.until(ReplyEnded)).agent == "nova"
        assert len(talk.loudspeaker.playbacks) == 1


async def test_a_question_over_a_reply_stops_it_and_is_answered() -> None:
    async with room() as talk:
        talk.agent.answers[FIRST] = "It is sunny, and so on, and so on. " * 6
        await talk.say(ANN, FIRST)
        await talk.until(ReplyBegan)
        seen = len(talk.events)
        await talk.say(ANN, "Jarvis, tell me a joke.", 1.5)
        first = await talk.until(ReplyEnded, after=seen)
        assert first.interrupted
        second = await talk.until(ReplyEnded, after=talk.events.index(first) + 1)
        assert second.heard == "All right."
        assert [turn.text for turn in talk.agent.turns] == [FIRST, "Jarvis, tell me a joke."]


async def test_off_asks_no_question_early() -> None:
    async with room(TurnSettings(eager="off")) as talk:
        await talk.say(ANN, FIRST)
        sent = await talk.until(QuestionSent)
        assert not sent.early


# -- other talk -----------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", ["Jarvis", "Sage"])
@pytest.mark.parametrize("talkers", [1, 5, 9])
@pytest.mark.parametrize("level", ["low", "medium"])
async def test_an_answer_asked_for_by_name_waits_briefly_for_others_talk(
    talkers: int, level: Level, agent: str
) -> None:
    """Also where another agent than the room's own is called."""
    async with room(TurnSettings()) as talk:
        talk.room.sensitivity = level
        others = [Speaker(10 + number, f"Member{number}") for number in range(talkers)]
        for each in others:
            talk.room.person_joined(each)
        chatter = asyncio.gather(*(_chat(talk, each, number) for number, each in enumerate(others)))
        await asyncio.sleep(1.3)
        end = await talk.say(ANN, f"{agent}, what time is it?")
        ready = await talk.until(QuestionSent)
        began = await talk.until(ReplyBegan)
        chatter.cancel()
        await asyncio.gather(chatter, return_exceptions=True)
        assert began.speaker == ANN
        assert ready.at - end < 0.7
        latency = began.latency
        asked, first = latency.at("tts_first_byte"), latency.at("first_frame")
        assert asked is not None
        assert first is not None
        waited = first - max(asked, latency.at("confirmed") or 0.0)
        assert waited <= 0.5, "0.4 s, and two frames"


async def _chat(talk: FakeRoom, speaker: Speaker, number: int) -> None:
    """Talk among members without an end: a statement, a short pause, and again."""
    await asyncio.sleep(0.13 * number)
    lines = ("It was raining all day yesterday.", "We went home early after that.")
    for line in lines * 5:
        await talk.say(speaker, line, 1.1 + 0.07 * number)
        await asyncio.sleep(0.3)
