"""What commands ask of the Gateway and the speech server, both real but for the people."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from app.agent_tools import MAX_AGE_S, GatewayTools
from app.speech_server import speech_server
from discord_bot.agent_tools import WrittenQuestion
from openclaw_client import PerGuildOpenClawClient
from openclaw_client.settings import OpenClawConfig
from pipeline.errors import AgentUnavailable, SpeechUnavailable
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import SpeechTextSettings
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from simulators.gateway import GatewaySimulator
from testing.manual_clock import ManualClock
from testing.ports import closed_port

TOKEN = "a-token-for-loopback"
JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))


def config(url: str) -> OpenClawConfig:
    return OpenClawConfig.model_validate(
        {"base_url": url, "auth_token": TOKEN, "agent_id": "jarvis", "retry_timeout": 1}
    )


async def test_an_agent_answers_in_the_session_of_the_asker() -> None:
    async with (
        GatewaySimulator(token=TOKEN) as gateway,
        PerGuildOpenClawClient(config(gateway.url)) as client,
        HttpSynthesizer(TtsSettings(), url="http://127.0.0.1:9") as voice,
    ):
        tools = GatewayTools(client, voice, SpeechTextSettings(), lambda agent: agent)
        question = WrittenQuestion(7, "jarvis", "What time is it?", Speaker(5, "Ann"), None)
        assert (await tools.ask(question)).strip()
        (run,) = gateway.runs
        assert run.session.key.startswith("agent:jarvis:discord:dm:5")


async def test_an_unreachable_gateway_is_an_agent_that_cannot_be_reached() -> None:
    async with (
        PerGuildOpenClawClient(config(f"http://127.0.0.1:{closed_port()}")) as client,
        HttpSynthesizer(TtsSettings(), url="http://127.0.0.1:9") as voice,
    ):
        tools = GatewayTools(client, voice, SpeechTextSettings(), lambda agent: agent)
        with pytest.raises(AgentUnavailable):
            await tools.ask(WrittenQuestion(7, "jarvis", "Hello?", Speaker(5, "Ann"), None))


async def test_voices_are_listed_once_a_minute_and_sampled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.agent_tools.LIST_TIMEOUT_S", 10.0)
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        running = AsyncExitStack()
        server = await running.enter_async_context(speech_server())
        stack.push_async_exit(running)
        voice = await stack.enter_async_context(HttpSynthesizer(TtsSettings(), url=server.url))
        client = PerGuildOpenClawClient(config("http://127.0.0.1:9"))
        tools = GatewayTools(client, voice, SpeechTextSettings(), lambda agent: agent, clock.time)
        listed = await tools.voices()
        assert {"jarvis", "sage"} <= {*listed}
        sample = await tools.sample("Hello. This is how I sound.", JARVIS)
        assert sample.startswith(b"OggS")
        assert len(sample) > 3000
        await running.aclose()
        assert await tools.voices() == listed, "the server is gone, and the list is kept"
        await clock.advance(MAX_AGE_S)
        with pytest.raises(SpeechUnavailable):
            await tools.voices()
