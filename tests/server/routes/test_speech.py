from __future__ import annotations

import asyncio
import base64
import io
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import av
import httpx
import numpy as np
import pytest

from server.audio.container import mp3_frame_bytes
from server.audio.wav import read_header
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from tests.server.fake_engines import CHUNK, ScriptedEngine

SENTENCE = "It is ten past three."


async def ask(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/v1/audio/speech", json={"input": SENTENCE, **body})


def seconds(audio: bytes) -> float:
    with av.open(io.BytesIO(audio), "r") as file:
        rate = file.streams.audio[0].rate
        return sum(frame.samples for frame in file.decode(audio=0)) / rate


@pytest.fixture
async def scripted() -> AsyncIterator[tuple[httpx.AsyncClient, ScriptedEngine]]:
    """A client of a server whose engine yields three chunks at once."""
    engine = ScriptedEngine()
    engine.go.set()
    async with serving(engine) as client:
        yield client, engine


@asynccontextmanager
async def serving(engine: ScriptedEngine) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        yield client


def error_of(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"message", "type", "param", "code"}
    return dict(body["error"])


async def test_pcm_is_labelled_with_its_rate(client: httpx.AsyncClient) -> None:
    answer = await ask(client, response_format="pcm", voice="jarvis")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/pcm;rate=24000;channels=1"
    samples = np.frombuffer(answer.content, "<i2")
    assert 1.0 < samples.size / 24_000 < 3.0
    assert np.abs(samples.astype(int)).max() > 3000


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
async def test_a_request_may_choose_the_rate_of_samples(
    client: httpx.AsyncClient, rate: int
) -> None:
    usual = await ask(client, response_format="pcm")
    answer = await ask(client, response_format="pcm", sample_rate=rate)
    assert answer.headers["content-type"] == f"audio/pcm;rate={rate};channels=1"
    assert len(answer.content) / rate == pytest.approx(len(usual.content) / 24_000, abs=0.01)


async def test_the_bots_client_gets_the_rate_of_the_engine(
    scripted: tuple[httpx.AsyncClient, ScriptedEngine],
) -> None:
    answer = await ask(scripted[0], response_format="pcm", native_rate=True)
    assert answer.headers["content-type"] == "audio/pcm;rate=22050;channels=1"
    assert answer.content == CHUNK * 3


async def test_a_streamed_wav_is_a_header_and_the_samples(
    scripted: tuple[httpx.AsyncClient, ScriptedEngine],
) -> None:
    client = scripted[0]
    for body in ({"stream": True}, {"stream_format": "audio"}):
        answer = await ask(client, response_format="wav", sample_rate=22_050, **body)
        assert answer.headers["content-type"] == "audio/wav"
        found = read_header(answer.content)
        assert found is not None
        form, begin, length = found
        assert (form.rate, length) == (22_050, None)
        assert answer.content[begin:] == CHUNK * 3


async def test_a_wav_in_one_piece_knows_its_length(
    scripted: tuple[httpx.AsyncClient, ScriptedEngine],
) -> None:
    answer = await ask(scripted[0], response_format="wav", sample_rate=22_050)
    assert int(answer.headers["content-length"]) == len(answer.content)
    with wave.open(io.BytesIO(answer.content)) as read:
        assert read.getframerate() == 22_050
        assert read.readframes(10**6) == CHUNK * 3


async def test_without_a_format_it_is_mp3_and_without_a_voice_jarvis(
    scripted: tuple[httpx.AsyncClient, ScriptedEngine],
) -> None:
    client, engine = scripted
    answer = await ask(client)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert mp3_frame_bytes(answer.content)
    assert engine.asked == [("jarvis", 1.0)]


async def test_the_engine_gets_the_voice_that_is_asked_for(
    scripted: tuple[httpx.AsyncClient, ScriptedEngine],
) -> None:
    client, engine = scripted
    for voice in ("sage", "espeak:en-us+f4", "espeak:de"):
        await ask(client, voice=voice)
    await ask(client, voice="sage", speed=1.2)
    await ask(client, voice={"id": "sage"})
    assert engine.asked == [
        ("sage", 1.0),
        ("espeak:en-us+f4", 1.0),
        ("espeak:de", 1.0),
        ("sage", 1.2),
        ("sage", 1.0),
    ]


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 4.0])
async def test_speed_is_reached_also_outside_the_range_of_the_engine(
    client: httpx.AsyncClient, speed: float
) -> None:
    usual = await ask(client, response_format="pcm")
    other = await ask(client, speed=speed, response_format="pcm")
    assert len(usual.content) / len(other.content) == pytest.approx(speed, rel=0.25)


async def test_fields_of_other_engines_are_ignored(client: httpx.AsyncClient) -> None:
    answer = await ask(client, model="tts-1", instructions="calm", stream_format="audio")
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["mp4", "WAV", ""])
async def test_other_formats_are_refused_with_the_supported_ones(
    client: httpx.AsyncClient, name: str
) -> None:
    answer = await ask(client, response_format=name)
    assert answer.status_code == 400
    supported = "mp3, opus, aac, flac, wav, pcm"
    assert error_of(answer) == {
        "message": f"response_format '{name}' is not supported: use {supported}.",
        "type": "invalid_request_error",
        "param": "response_format",
        "code": "unsupported_format",
    }


@pytest.mark.parametrize("name", ["mp3", "opus", "aac", "flac", "wav"])
async def test_every_format_is_a_file_as_long_as_the_speech(
    client: httpx.AsyncClient, name: str
) -> None:
    pcm = await ask(client, response_format="pcm")
    answer = await ask(client, response_format=name)
    assert seconds(answer.content) == pytest.approx(len(pcm.content) / 48_000, abs=0.1)


async def test_events_hold_the_file_in_pieces_then_the_usage(client: httpx.AsyncClient) -> None:
    whole = (await ask(client, response_format="flac")).content
    answer = await ask(client, response_format="flac", stream_format="sse")
    assert answer.headers["content-type"].startswith("text/event-stream")
    *pieces, done = [
        json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line
    ]
    assert {each["type"] for each in pieces} == {"speech.audio.delta"}
    audio = b"".join(base64.b64decode(each["audio"]) for each in pieces)
    assert seconds(audio) == pytest.approx(seconds(whole), abs=0.01)
    assert done["type"] == "speech.audio.done"
    assert done["usage"]["total_tokens"] == len(SENTENCE)


async def test_a_failure_among_events_is_an_event() -> None:
    engine = ScriptedEngine(chunks=2, fails=True)
    engine.go.set()
    async with serving(engine) as client:
        answer = await ask(client, response_format="pcm", stream_format="sse")
    last = json.loads(answer.text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert (last["type"], last["error"]["code"]) == ("error", "engine_failed")


@pytest.mark.parametrize(
    ("body", "param", "code", "words"),
    [
        ({"voice": "nobody"}, "voice", "voice_not_found", "jarvis, sage"),
        ({"voice": "espeak:xx"}, "voice", "voice_not_found", "no language 'xx'"),
        ({"voice": "espeak:en+zz"}, "voice", "voice_not_found", "no variant 'zz'"),
        ({"speed": 5}, "speed", "invalid_value", "less than or equal to 4"),
        ({"speed": 0.1}, "speed", "invalid_value", "greater than or equal to 0.25"),
        ({"speed": "fast"}, "speed", "invalid_value", "valid number"),
        ({"input": "x" * 4097}, "input", "invalid_value", "at most 4096 characters"),
        ({"input": " \n"}, "input", "empty", "nothing to say"),
        ({"input": None}, "input", "invalid_value", "valid string"),
        ({"stream_format": "mp3"}, "stream_format", "invalid_value", "'audio' or 'sse'"),
        ({"sample_rate": 16_000}, "sample_rate", "unsupported_rate", "mp3 has 24000 Hz"),
        ({"voice": {"name": "x"}}, "voice", "invalid_value", "valid string"),
    ],
)
async def test_bad_requests_are_refused_in_openais_shape(
    client: httpx.AsyncClient, body: dict[str, Any], param: str, code: str, words: str
) -> None:
    answer = await ask(client, **body)
    assert answer.status_code == 400
    error = error_of(answer)
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert words in error["message"]


async def test_a_missing_input_and_a_broken_body_are_refused(client: httpx.AsyncClient) -> None:
    missing = await client.post("/v1/audio/speech", json={"voice": "sage"})
    assert (missing.status_code, error_of(missing)["code"]) == (400, "missing_field")
    for content in (b"{", b"[]", b""):
        headers = {"content-type": "application/json"}
        broken = await client.post("/v1/audio/speech", content=content, headers=headers)
        assert (broken.status_code, error_of(broken)["code"]) == (400, "invalid_json")


async def test_the_longest_input_is_spoken(client: httpx.AsyncClient) -> None:
    answer = await ask(client, input="word " * 819 + "x", response_format="pcm")
    assert answer.status_code == 200
    assert len(answer.content) > 60 * 24_000 * 2


async def test_the_first_sound_leaves_before_the_last_is_made() -> None:
    engine = ScriptedEngine()
    body = {"input": SENTENCE, "response_format": "pcm", "sample_rate": 22_050}
    async with (
        serving(engine) as client,
        client.stream("POST", "/v1/audio/speech", json=body) as answer,
    ):
        chunks = answer.aiter_raw()
        assert await anext(chunks) == CHUNK
        assert engine.given == 1
        engine.go.set()
        assert b"".join([chunk async for chunk in chunks]) == CHUNK * 2


async def test_a_client_that_disconnects_stops_the_synthesis() -> None:
    engine = ScriptedEngine(chunks=10**9)
    body = {"input": SENTENCE, "response_format": "pcm", "sample_rate": 22_050}
    async with serving(engine) as client:
        async with client.stream("POST", "/v1/audio/speech", json=body) as answer:
            await anext(answer.aiter_raw())
        engine.go.set()
        assert await asyncio.to_thread(engine.stopped.wait, 10)


async def test_a_failure_before_the_first_audio_is_an_error_response() -> None:
    async with serving(ScriptedEngine(chunks=0, fails=True)) as client:
        for stream in (True, False):
            answer = await ask(client, stream=stream)
            assert answer.status_code == 500
            assert error_of(answer)["code"] == "engine_failed"
            assert "the engine gave up" in error_of(answer)["message"]


async def test_a_failure_after_the_first_audio_closes_the_connection() -> None:
    engine = ScriptedEngine(chunks=2, fails=True)
    async with serving(engine) as client:
        body = {"input": SENTENCE, "response_format": "pcm", "sample_rate": 22_050}
        async with client.stream("POST", "/v1/audio/speech", json=body) as answer:
            chunks = answer.aiter_raw()
            assert await anext(chunks) == CHUNK
            engine.go.set()
            with pytest.raises(httpx.RemoteProtocolError):
                _ = [chunk async for chunk in chunks]
