"""The bot's life as a process: what it does when it cannot begin."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import discord
import pytest
from pydantic import SecretStr

from app import run
from app.services import Services
from discord_bot.bot import VoiceBot
from discord_bot.settings import DiscordSettings
from settings import Settings


class ScriptedBot:
    """Ends each start with the next of some errors; None is a normal end."""

    def __init__(self, ends: list[Exception | None], closed: list[str]) -> None:
        self._ends = ends
        self._closed = closed

    async def __aenter__(self) -> ScriptedBot:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed.append("closed")

    async def start(self, token: str) -> None:
        assert token == "a-token"
        error = self._ends.pop(0)
        if error is not None:
            raise error


async def outcome(monkeypatch: pytest.MonkeyPatch, *ends: Exception | None) -> tuple[int, int]:
    """The exit status, and how many bots were made and closed."""

    @asynccontextmanager
    async def no_services(_: Settings) -> AsyncIterator[Services]:
        yield cast(Services, None)

    monkeypatch.setattr(run, "services", no_services)
    monkeypatch.setattr(run, "FIRST_RETRY_S", 0.0)
    closed: list[str] = []
    left = list(ends)
    settings = Settings(discord=DiscordSettings(token=SecretStr("a-token")))
    status = await run.run_bot(settings, lambda _: cast(VoiceBot, ScriptedBot(left, closed)))
    assert left == []
    return status, len(closed)


async def test_a_normal_end_is_success(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await outcome(monkeypatch, None) == (0, 1)


async def test_a_refused_token_is_explained(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert await outcome(monkeypatch, discord.LoginFailure("401")) == (1, 1)
    assert "DISCORD_BOT_TOKEN" in caplog.text
    assert "a-token" not in caplog.text


async def test_a_discord_out_of_reach_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    away = aiohttp.ClientConnectionError("no route to discord.com")
    assert await outcome(monkeypatch, away, OSError("network is down"), None) == (0, 3)
    assert "no route to discord.com; again in" in caplog.text


async def test_an_unforeseen_error_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        await outcome(monkeypatch, ZeroDivisionError())


async def test_without_a_token_there_is_nothing_to_run() -> None:
    with pytest.raises(ValueError, match=r"discord\.token"):
        await run.run_bot(Settings())
