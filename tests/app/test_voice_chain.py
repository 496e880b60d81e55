"""A speech server that the settings name: what the operator is told of it, and who stands in."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from app.speech_server import speech_server
from app.voice_chain import voice_chain
from pipeline.audio import SPOKEN_RATE
from pipeline.ports import Voice
from server.errors import EngineUnavailable
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.state import SpeechEngine
from server.synthesis import circuit_breaker
from server.synthesis.chain import SpeechChain
from settings import Settings
from testing.manual_clock import eventually
from testing.ports import closed_port, free_port
from tests.server.sounds import pcm
from tests.server.synthesis.speech_server import Reply, SpeechServer, refusal

GEORGE, HEART = Voice("bm_george"), Voice("af_heart")
SPEECH = Reply([pcm(24_000)])


def settings_with(url: str, **tts: Any) -> Settings:
    agents = {"jarvis": {"voice": GEORGE.name}, "sage": {"voice": HEART.name}}
    return Settings.model_validate({"tts": {"url": url, **tts}, "agents": agents})


async def seconds(voice: SpeechChain, text: str, as_: Voice = GEORGE) -> float:
    """How long a sentence lasts."""
    return sum([chunk.size async for chunk in voice.speak(text, as_)]) / SPOKEN_RATE


async def test_a_dead_server_is_told_of_at_the_start_and_the_embedded_voice_speaks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = closed_port()
    url = f"http://user:hunter2@127.0.0.1:{port}"
    async with voice_chain(settings_with(url), speech_server()) as voice:
        (told,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
        for part in (f"http://127.0.0.1:{port}", "embedded voice", "TTS_URL", ".env"):
            assert part in told.getMessage()
        assert "hunter2" not in caplog.text
        lengths = [await seconds(voice, "It is half past seven.", each) for each in (GEORGE, HEART)]
        assert min(lengths) > 0.8
        assert voice.fallback_reason(GEORGE) == "the speech server does not answer"


WRONG = {
    "no such path": refusal(404, {"detail": "Not Found"}),
    "a page": Reply([b"<html>Welcome</html>"], "text/html"),
    "out of order": refusal(500, {"error": "out of memory"}),
    "the wrong key": refusal(401, {"error": "who are you?"}),
    "no such voice": refusal(400, {"detail": "voice not found"}),
    "nothing": Reply([]),
    "silence": Reply([bytes(48_000)]),
}


@pytest.mark.parametrize("reply", WRONG.values(), ids=WRONG)
async def test_a_wrong_server_is_told_of_as_a_dead_one_is(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        SpeechServer(lambda _: reply) as server,
        voice_chain(settings_with(server.url), speech_server()) as voice,
    ):
        (told,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
        assert server.url in told.getMessage()
        assert await seconds(voice, "It is half past seven.") > 0.8
        reason = voice.fallback_reason(GEORGE)
        assert reason.startswith(("the speech server", "there is no speech server"))
        assert server.url not in reason


async def test_a_server_that_comes_up_later_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(circuit_breaker, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(circuit_breaker, "LONGEST_PAUSE_S", 0.05)
    caplog.set_level(logging.INFO)
    port = free_port()
    settings = settings_with(f"http://127.0.0.1:{port}")
    async with voice_chain(settings, speech_server()) as voice:
        assert voice.fallback_reason(GEORGE)
        async with SpeechServer(lambda _: SPEECH, port=port) as server:
            await eventually(lambda: not voice.fallback_reason(GEORGE))
            assert await seconds(voice, "It is half past seven.") == pytest.approx(0.4, abs=0.02)
            assert server.asked[-1].body["voice"] == "bm_george"
        assert "speaks again" in caplog.text
        assert await seconds(voice, "It is half past seven.") > 0.8, "and when it is gone again"


async def test_a_server_that_speaks_is_told_of_and_speaks_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with (
        SpeechServer(lambda _: SPEECH) as server,
        voice_chain(settings_with(server.url), speech_server()) as voice,
    ):
        assert f"speech server {server.url}: first audio after" in caplog.text
        assert await seconds(voice, "It is half past seven.") == pytest.approx(0.4, abs=0.02)
        assert voice.fallback_reason(GEORGE) == ""


async def test_what_the_settings_say_of_the_server_is_not_told_to_the_stand_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = SpeechServer(lambda _: SPEECH)
    monkeypatch.setattr(own, "voices", (), raising=False)
    url = f"http://127.0.0.1:{closed_port()}"
    settings = settings_with(url, api_key="sk-secret", model="kokoro", extra_fields={"x": 1})
    async with voice_chain(settings, cast(EmbeddedServer, own)) as voice:
        await seconds(voice, "It is half past seven.")
    (asked,) = own.asked
    assert "authorization" not in asked.headers
    assert "x" not in asked.body
    assert asked.body["voice"].startswith("espeak:en-gb")


async def test_without_the_embedded_engine_there_is_no_stand_in_and_the_bot_starts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def missing() -> SpeechEngine:
        raise EngineUnavailable("espeak-ng does not load")

    own = EmbeddedServer(ServerSettings(port=0), make_engine=missing)

    async with (
        SpeechServer(lambda _: SPEECH) as server,
        voice_chain(settings_with(server.url), own) as voice,
    ):
        assert "espeak-ng does not load" in caplog.text
        assert await seconds(voice, "It is half past seven.") == pytest.approx(0.4, abs=0.02)


async def test_where_the_settings_want_no_stand_in_there_is_none() -> None:
    async with SpeechServer(lambda _: SPEECH) as server:
        settings = settings_with(server.url, stand_in=False)
        async with voice_chain(settings, None) as voice:
            assert await seconds(voice, "Hello.") > 0.3
