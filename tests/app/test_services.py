from __future__ import annotations

import time
from typing import Any

import pytest

from app.services import Services, make_bot
from openclaw_client import PerGuildOpenClawClient
from pipeline.hearing import Hearing
from pipeline.ports import Persona, Voice
from server.tts.client import HttpSynthesizer
from settings import Settings
from tests.pipeline.talk import FakeLoudspeaker, FakeModels, FakeVad


def services_of(**values: Any) -> Services:
    """Services whose connections are not opened yet, with models that are not asked."""
    settings = Settings.model_validate(values)
    return Services(
        settings,
        FakeModels(Hearing(FakeVad(), time.monotonic)),
        PerGuildOpenClawClient(settings.openclaw),
        HttpSynthesizer(settings.tts, url="http://127.0.0.1:9"),
    )


@pytest.mark.parametrize(
    ("values", "first", "all_of_them"),
    [
        ({}, "jarvis", ["jarvis", "sage"]),
        ({"openclaw": {"agent_id": "sage"}}, "sage", ["jarvis", "sage"]),
        ({"openclaw": {"agent_id": "main"}}, "main", ["jarvis", "sage", "main"]),
        ({"agents": {"friday": {}}}, "jarvis", ["friday", "jarvis"]),
    ],
)
async def test_the_agent_of_the_gateway_settings_answers_first_known_or_not(
    values: dict[str, Any], first: str, all_of_them: list[str]
) -> None:
    async with make_bot(services_of(**values)) as bot:
        assert list(bot.personas) == all_of_them
        room = bot._make_room(1, FakeLoudspeaker(time.monotonic), lambda event: None)
        assert room.persona.agent == first


async def test_an_agent_that_nobody_described_has_a_name_and_a_voice() -> None:
    async with make_bot(services_of(openclaw={"agent_id": "main"})) as bot:
        assert bot.personas["main"] == Persona("main", "Main", Voice("jarvis"))
