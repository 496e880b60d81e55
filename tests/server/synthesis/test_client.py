"""The HTTP synthesizer: its requests, its cancellation, and our own server."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing

import pytest
from pydantic import SecretStr

from pipeline.errors import SpeechUnavailable
from pipeline.ports import Synthesizer, Voice
from server.runner import EmbeddedServer
from server.settings import ServerSettings, TtsSettings
from server.synthesis.client import HttpSynthesizer
from tests.server.sounds import is_the_tone, length_ms, pcm
from tests.server.synthesis.speaking import KEY, VOICE, said, speaking
from tests.server.synthesis.speech_server import (
    Answering,
    Asked,
    Reply,
    SpeechServer,
    refusal,
)


async def test_the_request_is_openais_with_the_configured_extras() -> None:
    reply = Reply([pcm(24_000)])
    extra = {"stream": True, "instructions": "calm"}
    async with speaking(reply, model="kokoro", extra_fields=extra) as (synthesizer, server):
        async for _ in synthesizer.speak("Good evening.", Voice("sage", speed=1.25)):
            pass
    assert server.asked[0].method == "POST"
    assert server.asked[0].path == "/v1/audio/speech"
    assert "authorization" not in server.asked[0].headers
    assert server.asked[0].body == {
        "model": "kokoro",
        "input": "Good evening.",
        "voice": "sage",
        "response_format": "pcm",
        "speed": 1.25,
        "stream": True,
        "instructions": "calm",
    }


async def test_an_agents_style_overrides_the_configured_instructions() -> None:
    extra = {"instructions": "calm"}
    async with speaking(Reply([pcm(24_000)]), extra_fields=extra) as (synthesizer, server):
        for style in ("dry, a little amused", ""):
            async for _ in synthesizer.speak("Good evening.", Voice("sage", style=style)):
                pass
    asked = [request.body["instructions"] for request in server.asked]
    assert asked == ["dry, a little amused", "calm"]


@pytest.mark.parametrize(("speed", "sent"), [(0.1, 0.25), (9.0, 4.0)])
async def test_speed_is_limited_to_the_range_of_the_api(speed: float, sent: float) -> None:
    async with speaking(Reply([pcm(24_000)])) as (synthesizer, server):
        async for _ in synthesizer.speak("Hello.", Voice("anna", speed=speed)):
            pass
        assert server.asked[0].body["speed"] == sent


async def test_the_key_is_sent_as_a_bearer_token() -> None:
    async with speaking(Reply([pcm(24_000)]), api_key=SecretStr(KEY)) as (synthesizer, server):
        await said(synthesizer)
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/audio/speech"])
async def test_the_address_may_be_written_in_any_usual_way(ending: str) -> None:
    async with SpeechServer(lambda _: Reply([pcm(24_000)])) as server:
        settings = TtsSettings(url=server.url + ending)
        async with HttpSynthesizer(settings) as synthesizer:
            await said(synthesizer)
        assert server.asked[0].path == "/v1/audio/speech"


async def test_sentences_share_one_connection() -> None:
    async with speaking(Reply([pcm(24_000)])) as (synthesizer, server):
        for _ in range(3):
            await said(synthesizer)
        assert server.connections == 1


async def test_an_empty_sentence_is_not_requested() -> None:
    async with speaking(Reply()) as (synthesizer, server):
        assert [chunk async for chunk in synthesizer.speak(" \n", VOICE)] == []
        assert server.asked == []


def test_it_is_the_synthesizer_of_the_pipeline() -> None:
    synthesizer: Synthesizer = HttpSynthesizer(TtsSettings(url="http://127.0.0.1:1"))
    assert synthesizer is not None


def test_without_an_address_the_client_raises() -> None:
    with pytest.raises(ValueError, match="no speech server"):
        HttpSynthesizer(TtsSettings())


async def test_closing_the_iterator_closes_the_connection() -> None:
    reply = Reply([pcm(24_000), asyncio.Event()])
    async with speaking(reply) as (synthesizer, server):
        async with aclosing(synthesizer.speak("Hello.", VOICE)) as chunks:
            await anext(chunks)
        await asyncio.wait_for(server.left.wait(), 5)


async def test_cancelling_the_consumer_closes_the_connection() -> None:
    async with speaking(Reply([asyncio.Event()])) as (synthesizer, server):
        task = asyncio.create_task(said(synthesizer))
        await asyncio.wait_for(server.reached.wait(), 5)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.left.wait(), 5)


async def test_after_a_closed_connection_the_next_sentence_is_spoken() -> None:
    replies = iter([Reply([pcm(24_000), asyncio.Event()]), Reply([pcm(24_000)])])
    async with speaking(lambda _: next(replies)) as (synthesizer, _):
        async with aclosing(synthesizer.speak("Hello.", VOICE)) as chunks:
            await anext(chunks)
        assert is_the_tone(await said(synthesizer))


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"voices": [{"id": "af_bella", "name": "Bella"}]}, ["af_bella"]),
        ({"status": "ok", "voices": ["Emily.wav", "Max.wav"]}, ["Emily.wav", "Max.wav"]),
        (["alloy", "nova"], ["alloy", "nova"]),
        ({"voices": []}, []),
    ],
)
async def test_voices_are_read_from_any_shape_of_list(body: object, ids: list[str]) -> None:
    async with speaking(refusal(200, body)) as (synthesizer, server):
        assert await synthesizer.voices() == ids
        assert server.asked[0].path == "/v1/audio/voices"


async def test_a_server_without_a_list_of_voices_raises() -> None:
    async with speaking(refusal(404, {"detail": "Not Found"})) as (synthesizer, _):
        with pytest.raises(SpeechUnavailable, match="did not list its voices: 404 Not Found"):
            await synthesizer.voices()


def knows(*paths: str) -> Answering:
    def answer(asked: Asked) -> Reply:
        known = asked.path in paths
        return refusal(200 if known else 404, {})

    return answer


@pytest.mark.parametrize("path", ["/health", "/v1/models", "/v1/audio/voices"])
async def test_a_server_that_answers_any_health_check_is_healthy(path: str) -> None:
    async with speaking(knows(path)) as (synthesizer, server):
        assert await synthesizer.healthy()
        assert server.asked[-1].path == path


async def test_a_server_without_health_checks_counts_as_up() -> None:
    async with speaking(knows()) as (synthesizer, _):
        assert await synthesizer.healthy()


async def test_a_server_that_is_still_loading_is_not_healthy_and_says_why() -> None:
    async with speaking(refusal(503, {"detail": "loading"})) as (synthesizer, _):
        assert not await synthesizer.healthy()
        with pytest.raises(SpeechUnavailable, match="is not ready: 503 loading"):
            await synthesizer.check()


async def test_a_check_opens_the_connection_that_speech_uses() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply([pcm(24_000)]) if asked.method == "POST" else refusal(200, {})

    async with speaking(answer) as (synthesizer, server):
        await synthesizer.check()
        await said(synthesizer)
        assert server.connections == 1


async def test_an_endless_list_of_voices_is_not_read_completely() -> None:
    never = asyncio.Event()
    reply = Reply([*[b" " * (1 << 16)] * 20, never], "application/json")
    async with speaking(reply, first_byte_timeout_s=5) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable, match="did not list its voices: 200"):
            await synthesizer.voices()
        await asyncio.wait_for(server.left.wait(), 5)


async def test_our_own_server_speaks_with_both_agents_voices() -> None:
    async with (
        EmbeddedServer(ServerSettings(port=0)) as server,
        HttpSynthesizer(TtsSettings(), url=server.url) as synthesizer,
    ):
        assert await synthesizer.healthy()
        assert (await synthesizer.voices())[:2] == ["jarvis", "sage"]
        heard = {name: await said(synthesizer, Voice(name)) for name in ("jarvis", "sage")}
        with pytest.raises(SpeechUnavailable, match="voice_that_is_not"):
            await said(synthesizer, Voice("voice_that_is_not"))
    assert length_ms(heard["jarvis"]) > 500
    assert length_ms(heard["jarvis"]) * 1.1 < length_ms(heard["sage"]) < 3000
