"""A room's conversation, whole, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest

from logs import place
from pipeline.errors import AgentTimeout, AgentUnavailable
from pipeline.events import (
    Failed,
    Heard,
    NotUnderstood,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    Unspoken,
)
from pipeline.ports import AgentDelta, AgentTurn, Persona, Voice
from pipeline.settings import PipelineSettings, RelevanceSettings
from testing.room import ANN, BEN, SAGE, FakeRoom

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


async def test_the_wait_is_made_of_its_stages_and_adds_up() -> None:
    async with FakeRoom() as talk:
        end = await talk.say(ANN, "Jarvis, what time is it?")
        began = await talk.until(ReplyBegan)
        stages = began.latency.stages_ms()
        total = stages.pop("voice_to_voice")
        assert total == pytest.approx(sum(stages.values()))
        assert total == pytest.approx((began.at - end) * 1000, abs=40)
        assert total < 500
        assert stages["gateway_first_delta"] == pytest.approx(50, abs=5)


async def test_each_turn_leaves_one_line_for_the_operator_without_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
    (line,) = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    for stage in ("voice-to-voice", "listen=", "turn=", "stt=", "relevance=", "first_frame="):
        assert stage in line
    assert line.startswith(f"guild 42, turn 1 of speaker {ANN.id}, agent jarvis: voice-to-voice ")
    assert "what time" not in line


async def test_turns_are_numbered_and_told_apart_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="pipeline.speaking")
    async with FakeRoom() as talk:
        for speaker in (ANN, BEN, ANN):
            began = len(talk.events)
            await talk.say(speaker, "Jarvis, what time is it?")
            await talk.until(ReplyEnded, after=began)
    heads = [message.partition(": ")[0] for message in caplog.messages]
    assert heads == [
        f"guild 42, turn {number} of speaker {speaker.id}, agent jarvis"
        for number, speaker in enumerate((ANN, BEN, ANN), 1)
    ]


async def test_whatever_is_logged_in_a_room_says_which_and_in_a_turn_whose() -> None:
    """Also by the ear's clock, which is all rooms', and by the Gateway's client."""
    seen: dict[str, set[str]] = {}

    class Places(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.setdefault(record.name, set()).add(place())

    root, handler = logging.getLogger(), Places()
    loggers = [logging.getLogger(name) for name in ("pipeline", "openclaw_client")]
    root.addHandler(handler)
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        async with FakeRoom() as talk:
            reply = talk.agent.reply

            async def telling(turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
                logging.getLogger("openclaw_client.runs.turns").debug("found the run again")
                async for delta in reply(turn):
                    yield delta

            talk.agent.reply = telling  # type: ignore[method-assign]
            await talk.say(ANN, "Jarvis, what time is it?")
            await talk.until(ReplyEnded)
    finally:
        root.removeHandler(handler)
        for logger in loggers:
            logger.setLevel(logging.NOTSET)
    assert (
        seen["pipeline.listening.audio_recognition"]
        == seen["pipeline.orchestrator"]
        == {"guild 42"}
    )
    turn = f"guild 42, turn 1 of speaker {ANN.id}, agent jarvis"
    assert seen["openclaw_client.runs.turns"] == {turn}
    assert place() == ""


async def test_why_it_stayed_silent_is_in_the_log_of_whoever_looks_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="pipeline.orchestrator")
    async with FakeRoom() as talk:
        await talk.say(BEN, "Ann, did you watch the game last night?")
        await talk.until(Heard)
    (line,) = [r.getMessage() for r in caplog.records if r.name == "pipeline.orchestrator"]
    assert "did you watch the game" in line
    assert "left alone: it calls Ann, who is here" in line


async def test_transcription_runs_beside_the_turn_model_and_costs_only_what_is_left() -> None:
    async with FakeRoom() as talk:
        talk.models.turn_ms, talk.models.stt_ms = 200, 210
        await talk.say(ANN, "Jarvis, what time is it?")
        stages = (await talk.until(ReplyBegan)).latency.stages_ms()
        assert stages["turn"] == pytest.approx(200, abs=5)
        assert stages["stt"] == pytest.approx(10, abs=5)
        assert talk.models.transcribed == 1


async def test_talk_among_people_is_heard_and_left_alone_with_a_reason() -> None:
    async with FakeRoom() as talk:
        await talk.say(BEN, "Ann, did you watch the game last night?")
        heard = await talk.until(Heard)
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
        heard = await talk.until(Heard)
        assert heard.text == "Jarvis, I was wondering what time it is"
        assert len(talk.all(Heard)) == 1


async def test_two_people_at_once_are_heard_apart_and_answered_in_turn() -> None:
    async with FakeRoom() as talk:
        await asyncio.gather(
            talk.say(ANN, "Jarvis, what time is it?", 1.0),
            talk.say(BEN, "Jarvis, tell me a joke.", 1.2),
        )
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        assert {(h.speaker, h.text) for h in talk.all(Heard)} == {
            (ANN, "Jarvis, what time is it?"),
            (BEN, "Jarvis, tell me a joke."),
        }
        assert [turn.speaker for turn in talk.agent.turns] == [ANN, BEN]
        first, second = talk.loudspeaker.playbacks
        assert second.log == []
        assert first.log == ["hold", "resume"], "it waited until Ben had spoken"
        assert not any(event.interrupted for event in talk.all(ReplyEnded))


async def test_the_agent_sees_who_said_what_in_order_and_who_waits_is_acknowledged() -> None:
    async with FakeRoom() as talk:
        talk.agent.first_ms = 4000
        await talk.say(BEN, "Ann, did you watch the game last night?")
        await talk.say(ANN, "Jarvis, what time is it?")
        await asyncio.sleep(0.5)
        await talk.say(BEN, "Jarvis, tell me a joke.")
        await talk.until(ReplyEnded)
        await talk.until(ReplyEnded, after=len(talk.events))
        first, second = talk.agent.turns
        assert (first.speaker, second.speaker) == (ANN, BEN)
        assert second.context.splitlines() == [
            "Ben: Ann, did you watch the game last night?",
            "Ann: Jarvis, what time is it?",
        ]
        assert talk.synthesizer.spoken[0] == ("jarvis", "You are next, Ben.")


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


async def test_who_goes_on_speaking_when_the_answer_is_ready_is_not_spoken_over() -> None:
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
        assert not talk.all(NotUnderstood)


@pytest.mark.parametrize("words", ["Uh huh.", "Ann, are you coming to the party?"])
async def test_what_is_not_for_the_agent_only_ducks_the_reply(words: str) -> None:
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


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), "I cannot reach the agent right now."),
        (AgentTimeout("60 s are over"), "Sorry, that took too long."),
    ],
)
async def test_a_failing_agent_is_told_of_aloud(error: Exception, notice: str) -> None:
    async with FakeRoom() as talk:
        talk.agent.error = error
        await talk.say(ANN, "Jarvis, what time is it?")
        failed = await talk.until(Failed)
        assert str(error) in failed.why
        await talk.until(ReplyEnded)
        assert talk.synthesizer.spoken[0] == ("jarvis", notice)
        talk.agent.error = None
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyBegan, after=len(talk.events))


async def test_what_cannot_be_spoken_is_handed_over_in_writing() -> None:
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
        await talk.until(NotUnderstood)
        assert talk.agent.turns == []


async def test_another_agent_answers_in_its_own_voice_from_the_next_turn_on() -> None:
    async with FakeRoom() as talk:
        talk.room.use_agent(SAGE)
        await talk.say(ANN, "Sage, what is the meaning of life?")
        await talk.until(ReplyEnded)
        assert talk.agent.turns[0].agent == "sage"
        assert talk.synthesizer.spoken[0][0] == "sage"


async def test_another_agent_that_is_called_answers_this_once_and_the_rooms_own_goes_on() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, "Sage, what is the meaning of life?")
        ended = await talk.until(ReplyEnded)
        assert ended.agent == "sage"
        assert talk.synthesizer.spoken[0][0] == "sage"
        assert talk.room.persona.agent == "jarvis"
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.agent for turn in talk.agent.turns] == ["sage", "jarvis"]


async def test_an_agent_that_nobody_set_up_is_known_by_its_name_once_it_is_chosen() -> None:
    async with FakeRoom() as talk:
        talk.room.use_agent(Persona("max", "Maximilian", Voice("sage")))
        await talk.say(ANN, "Maximilian, what is the meaning of life?")
        ended = await talk.until(ReplyEnded)
        assert ended.agent == talk.agent.turns[0].agent == "max"
        assert talk.room.name_of("max") == "Maximilian"
        assert "Maximilian" in (talk.room.hotwords or "")


async def test_the_agent_is_told_who_is_in_the_room() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded)
        talk.room.person_left(BEN.id)
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyEnded, after=len(talk.events))
        assert [turn.present for turn in talk.agent.turns] == [("Ann", "Ben"), ("Ann",)]


async def test_somebody_who_left_is_not_heard() -> None:
    async with FakeRoom() as talk:
        talk.room.person_left(ANN.id)
        await talk.say(ANN, "Jarvis, what time is it?")
        await asyncio.sleep(3)
        assert talk.events == []


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


async def test_a_low_level_wants_the_name() -> None:
    settings = PipelineSettings(relevance=RelevanceSettings(level="low"))
    async with FakeRoom(settings) as talk:
        await talk.say(ANN, "What time is it?")
        assert not (await talk.until(Heard)).addressed


async def test_closing_the_room_in_mid_reply_leaves_nothing_running() -> None:
    async with FakeRoom() as talk:
        talk.agent.answers["Jarvis, tell me a story."] = STORY
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
    assert talk.loudspeaker.playbacks[0].log[-1] == "cut"
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_people_of_the_room_are_called_by_name_also_when_they_have_left() -> None:
    async with FakeRoom() as talk:
        talk.room.person_left(BEN.id)
        talk.agent.answers["Jarvis, who was that?"] = "That was <@2>, <@1>. And <@3>."
        await talk.say(ANN, "Jarvis, who was that?")
        ended = await talk.until(ReplyEnded)
        assert ended.heard == "That was Ben, Ann. And someone."
