"""Live transcription with OpenAI's own client as the peer, and the fixture Whisper."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import openai
import pytest
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from pipeline.audio import HEARD_RATE, Pcm16
from tests.server.api_server import GERMAN, SUM, WEATHER, RunningServer, resampled, said

TRANSCRIPTION = "conversation.item.input_audio_transcription"


@pytest.fixture(scope="module")
def both() -> Pcm16:
    return said(WEATHER, SUM, pause_s=1.2)


@asynccontextmanager
async def connected(
    api: RunningServer, **audio_input: Any
) -> AsyncIterator[AsyncRealtimeConnection]:
    """A session of OpenAI's client with this configuration."""
    client = openai.AsyncOpenAI(base_url=f"{api.url}/v1", api_key="not-needed")
    async with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        created = await connection.recv()
        assert created.type == "session.created"
        words = {"model": "whisper-1", "language": "en"}
        session: Any = {
            "type": "transcription",
            "audio": {"input": {"transcription": words, **audio_input}},
        }
        await connection.session.update(session=session)
        assert (await connection.recv()).type == "session.updated"
        yield connection


async def send(
    connection: AsyncRealtimeConnection, pcm: Pcm16, rate: int = 24_000, chunk_ms: int = 100
) -> None:
    data = resampled(pcm, HEARD_RATE, rate).astype("<i2").tobytes()
    step = 2 * rate * chunk_ms // 1000
    for at in range(0, len(data), step):
        audio = base64.b64encode(data[at : at + step]).decode()
        await connection.input_audio_buffer.append(audio=audio)


async def events_until(connection: AsyncRealtimeConnection, kind: str, count: int = 1) -> list[Any]:
    """The events up to the last of ``count`` of a kind."""
    got: list[Any] = []
    while sum(event.type == kind for event in got) < count:
        got.append(await asyncio.wait_for(connection.recv(), 30))
    return got


def of(events: Sequence[Any], kind: str) -> list[Any]:
    return [event for event in events if event.type == kind]


@pytest.mark.parametrize(
    "detection",
    [
        {"type": "server_vad", "silence_duration_ms": 400, "prefix_padding_ms": 200},
        {"type": "semantic_vad", "eagerness": "high"},
    ],
)
async def test_speech_becomes_turns_with_their_words(
    api: RunningServer, both: Pcm16, detection: dict[str, Any]
) -> None:
    async with connected(api, turn_detection=detection) as connection:
        await send(connection, np.concatenate([both, np.zeros(2 * HEARD_RATE, np.int16)]))
        events = await events_until(connection, f"{TRANSCRIPTION}.completed", 2)
    started = of(events, "input_audio_buffer.speech_started")
    stopped = of(events, "input_audio_buffer.speech_stopped")
    committed = of(events, "input_audio_buffer.committed")
    heard = {event.item_id: event for event in of(events, f"{TRANSCRIPTION}.completed")}
    items = [event.item_id for event in started]
    assert len(set(items)) == 2
    assert [event.item_id for event in stopped] == [event.item_id for event in committed] == items
    assert [event.previous_item_id for event in committed] == [None, items[0]]
    assert [heard[item].transcript for item in items] == [WEATHER, SUM]
    for item in items:
        deltas = [each for each in of(events, f"{TRANSCRIPTION}.delta") if each.item_id == item]
        assert "".join(each.delta for each in deltas) == heard[item].transcript
    assert 0 <= started[0].audio_start_ms < 400
    for begin, end, again in zip(started, stopped, [*started[1:], None], strict=True):
        assert begin.audio_start_ms < end.audio_end_ms
        assert again is None or end.audio_end_ms <= again.audio_start_ms + 500
    assert heard[items[0]].usage.type == "duration"


async def test_a_client_may_end_the_turns_itself(api: RunningServer, both: Pcm16) -> None:
    async with connected(api, turn_detection=None) as connection:
        await send(connection, both)
        await connection.input_audio_buffer.commit()
        events = await events_until(connection, f"{TRANSCRIPTION}.completed")
        assert not of(events, "input_audio_buffer.speech_started")
        assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript.startswith(WEATHER[:6])
        # What was committed is gone.
        await connection.input_audio_buffer.commit()
        [error] = await events_until(connection, "error")
        assert error.error.code == "input_audio_buffer_commit_empty"


async def test_a_commit_ends_a_turn_that_goes_on(api: RunningServer) -> None:
    async with connected(api, turn_detection={"type": "server_vad"}) as connection:
        await send(connection, said(WEATHER, pause_s=0.1))
        await connection.input_audio_buffer.commit()
        events = await events_until(connection, f"{TRANSCRIPTION}.completed")
    assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript == WEATHER


async def test_what_is_cleared_is_not_heard(api: RunningServer) -> None:
    async with connected(api, turn_detection=None) as connection:
        await send(connection, said(SUM))
        await connection.input_audio_buffer.clear()
        await send(connection, said(WEATHER))
        await connection.input_audio_buffer.commit()
        events = await events_until(connection, f"{TRANSCRIPTION}.completed")
    assert events[0].type == "input_audio_buffer.cleared"
    assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript == WEATHER


@pytest.mark.parametrize("detection", [None, {"type": "server_vad"}])
async def test_silence_has_no_words(api: RunningServer, detection: dict[str, Any] | None) -> None:
    silence = np.zeros(3 * HEARD_RATE, np.int16)
    async with connected(api, turn_detection=detection) as connection:
        await send(connection, silence)
        await connection.input_audio_buffer.commit()
        if detection is None:
            events = await events_until(connection, f"{TRANSCRIPTION}.completed")
            assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript == ""
        else:
            [error] = await events_until(connection, "error")
            assert error.error.code == "input_audio_buffer_commit_empty"


async def test_another_rate_and_another_language_are_heard(api: RunningServer) -> None:
    words = {"model": "gpt-4o-transcribe", "language": "de"}
    form = {"type": "audio/pcm", "rate": 16_000}
    async with connected(api, turn_detection=None, transcription=words, format=form) as connection:
        await send(connection, said(GERMAN, voice="de"), 16_000)
        await connection.input_audio_buffer.commit()
        events = await events_until(connection, f"{TRANSCRIPTION}.completed")
    assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript == GERMAN


async def test_the_older_dialect_is_understood(api: RunningServer) -> None:
    async with connected(api) as connection:
        old: Any = {
            "type": "transcription_session.update",
            "session": {
                "input_audio_format": "pcm16",
                "input_audio_transcription": {"model": "whisper-1", "language": "en"},
                "turn_detection": None,
            },
        }
        await connection.send(old)
        [event] = await events_until(connection, "transcription_session.updated")
        assert event.session["turn_detection"] is None
        assert event.session["input_audio_format"] == "pcm16"
        await send(connection, said(SUM))
        await connection.input_audio_buffer.commit()
        events = await events_until(connection, f"{TRANSCRIPTION}.completed")
        assert of(events, f"{TRANSCRIPTION}.completed")[0].transcript == SUM


@pytest.mark.parametrize(
    ("event", "param", "words"),
    [
        ({"type": "response.create"}, "type", "'response.create' is not served here"),
        ({"type": "input_audio_buffer.append", "audio": "no base64!"}, "audio", "not base64"),
        ({"type": "input_audio_buffer.append"}, "audio", "base64 is missing"),
        (
            {"type": "session.update", "session": {"type": "realtime"}},
            "session.type",
            "only 'transcription'",
        ),
        (
            {
                "type": "session.update",
                "session": {"audio": {"input": {"transcription": {"model": "x"}}}},
            },
            "model",
            "does not exist here",
        ),
        (
            {
                "type": "session.update",
                "session": {"audio": {"input": {"transcription": {"language": "xx"}}}},
            },
            "session.audio.input.transcription.language",
            "does not know 'xx'",
        ),
        (
            {
                "type": "session.update",
                "session": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 1}},
            },
            "turn_detection.server_vad.silence_duration_ms",
            "greater than or equal to 100",
        ),
    ],
)
async def test_what_is_wrong_is_answered_and_the_session_goes_on(
    api: RunningServer, event: dict[str, Any], param: str, words: str
) -> None:
    async with connected(api, turn_detection=None) as connection:
        sent: Any = {"event_id": "mine", **event}
        await connection.send(sent)
        [error] = await events_until(connection, "error")
        assert (error.error.param, error.error.event_id) == (param, "mine")
        assert words in error.error.message
        await connection.input_audio_buffer.clear()
        assert (await connection.recv()).type == "input_audio_buffer.cleared"


async def test_an_event_that_is_no_json_is_answered(api: RunningServer) -> None:
    async with connected(api) as connection:
        for text in ("{", "[]", "[" * 100_000):
            await connection.send_raw(text)
            [error] = await events_until(connection, "error")
            assert error.error.code == "invalid_json"
