"""A room's conversation from end to end: latency and log lines."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator

import pytest

from logs import place, show_speech
from pipeline.events import (
    ReplyBegan,
    ReplyEnded,
    TurnDecided,
)
from pipeline.ports import AgentDelta, AgentTurn
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


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
    caplog.set_level(logging.INFO, logger="pipeline.speaking.reply_report")
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


async def test_log_lines_name_the_room_and_in_a_turn_the_speaker() -> None:
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
                logging.getLogger("openclaw_client.runs.turn_runner").debug("found the run again")
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
    assert seen["openclaw_client.runs.turn_runner"] == {turn}
    assert place() == ""


@pytest.mark.parametrize("speech", [True, False])
async def test_the_debug_log_says_why_a_turn_was_left_alone(
    speech: bool, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    show_speech(speech)
    request.addfinalizer(lambda: show_speech(False))
    caplog.set_level(logging.DEBUG, logger="pipeline.orchestrator")
    async with FakeRoom() as talk:
        await talk.say(BEN, "Ann, did you watch the game last night?")
        await talk.until(TurnDecided)
    (line,) = [r.getMessage() for r in caplog.records if r.name == "pipeline.orchestrator"]
    if speech:
        assert "did you watch the game" in line
        assert "left alone: it calls Ann, who is here" in line
    else:
        assert line == "Ben said <8 words>: left alone: calls_another"


async def test_transcription_runs_beside_the_turn_model_and_costs_only_what_is_left() -> None:
    async with FakeRoom() as talk:
        talk.models.turn_ms, talk.models.stt_ms = 200, 210
        await talk.say(ANN, "Jarvis, what time is it?")
        stages = (await talk.until(ReplyBegan)).latency.stages_ms()
        assert 205 <= stages["stt"] + stages["turn"] < 300, "the longer of both, not their sum"
        assert talk.models.transcribed == 1
