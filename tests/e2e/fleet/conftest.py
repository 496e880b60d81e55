"""Scenes with the whole bot, which can end and start again between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import pytest_asyncio

from app.services import services
from pipeline.inference.speech_models import SpeechModels
from simulators.discord import DiscordSimulator
from tests.e2e.fleet.bot_process import BotProcess
from tests.e2e.fleet.gateways import SceneGateway, scene_gateway

OpenBot: TypeAlias = Callable[
    [Callable[[BotProcess], dict[str, Any]]], AbstractAsyncContextManager[BotProcess]
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SceneGateway]:
    real = request.config.getoption("gateway") == "real"
    async with scene_gateway(tmp_path_factory.mktemp("workspaces"), real=real) as opened:
        yield opened


@pytest.fixture
def open_bot(
    models: SpeechModels,
    speech_url: str,
    gateway: SceneGateway,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenBot:
    """``async with open_bot(config_of) as process``: a bot on ``gateway``, started, in no call.

    ``config_of`` makes its config.yaml, and may add people for that.
    """

    @asynccontextmanager
    async def opened(
        config_of: Callable[[BotProcess], dict[str, Any]],
    ) -> AsyncIterator[BotProcess]:
        async with DiscordSimulator() as discord:
            monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
            monkeypatch.setenv("OPENCLAW_AUTH_TOKEN", gateway.token)
            monkeypatch.setattr("app.process.services", partial(services, models=models))
            process = BotProcess(discord, gateway.url, tmp_path, speech_url, config_of)
            process.start()
            try:
                await process.login()
                yield process
            finally:
                await process.stop()
            # A scene may give the bot a token that Discord does not take.
            assert [each for each in discord.violations if "401: Unauthorized" not in each] == []

    return opened
