"""The bot's life as a process: what it does when it cannot begin."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp
import discord
import pytest
from pydantic import SecretStr

from app import process as run
from app.services import Services, make_bot
from discord_bot.bot import VoiceBot
from discord_bot.settings import DiscordSettings
from openclaw_client import OpenClawConfig
from settings import Settings
from simulators.discord import DiscordSimulator
from state import only_one
from testing.manual_clock import eventually
from testing.ports import closed_port
from web.settings import WebSettings


class ScriptedBot:
    """Ends each start with the next of some errors; None is a normal end."""

    def __init__(self, ends: list[Exception | None], closed: list[str]) -> None:
        self._ends = ends
        self._closed = closed
        self.room_observers: list[object] = []
        self.button_handlers: dict[str, object] = {}
        self.session_listeners: list[object] = []
        self.calls = SimpleNamespace(on_call_left=[])
        self.sessions: dict[int, object] = {}

    async def __aenter__(self) -> ScriptedBot:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed.append("closed")

    def add_listener(self, _: object, __: str) -> None:
        pass

    async def start(self, token: str) -> None:
        assert token == "a-token"
        error = self._ends.pop(0)
        if error is not None:
            raise error


async def outcome(
    monkeypatch: pytest.MonkeyPatch,
    *ends: Exception | None,
    openclaw: OpenClawConfig | None = None,
) -> tuple[int, int]:
    """The exit status, and how many bots were made and closed."""

    @asynccontextmanager
    async def no_services(settings: Settings, **_: object) -> AsyncIterator[Services]:
        gateway = SimpleNamespace(nodes=None)
        parts = SimpleNamespace(settings=settings, synthesizer=None, gateway=gateway, fleet=None)
        yield cast(Services, parts)

    monkeypatch.setattr(run, "services", no_services)
    monkeypatch.setattr(run, "FIRST_RETRY_S", 0.0)
    closed: list[str] = []
    left = list(ends)
    settings = Settings(
        discord=DiscordSettings(token=SecretStr("a-token")),
        openclaw=openclaw or OpenClawConfig(),
        web=WebSettings(enabled=False),
    )
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


async def test_a_node_without_a_place_for_its_record_is_explained_and_the_bot_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    audit_log = str(tmp_path / "file" / "audit.jsonl")
    openclaw = OpenClawConfig.model_validate({"node": {"enabled": True, "audit_log": audit_log}})
    assert await outcome(monkeypatch, None, openclaw=openclaw) == (0, 1)
    assert "the node is off" in caplog.text
    assert "openclaw.node.audit_log" in caplog.text


async def test_a_second_bot_with_the_same_state_folder_is_told_who_has_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    openclaw = OpenClawConfig(state_dir=tmp_path)
    with only_one(tmp_path):
        assert await outcome(monkeypatch, openclaw=openclaw) == (1, 0)
    (told,) = caplog.messages
    assert f"process {os.getpid()} on" in told
    assert await outcome(monkeypatch, None, openclaw=openclaw) == (0, 1)


@pytest.mark.parametrize(
    "of_a_file",
    [
        IsADirectoryError(errno.EISDIR, "Is a directory", "/state/guild-choices.json"),
        OSError(errno.ENOSPC, "No space left on device"),
        PermissionError(errno.EACCES, "Permission denied", "/some/file"),
    ],
)
async def test_an_error_of_a_file_is_not_told_as_a_discord_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, of_a_file: OSError
) -> None:
    assert await outcome(monkeypatch, of_a_file) == (1, 1)
    (told,) = caplog.messages
    assert str(of_a_file) in told
    assert "Discord" not in told


async def test_an_error_while_the_bot_is_made_is_not_told_as_a_discord_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(settings: Settings, **_: object) -> Services:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(run, "services", broken)
    settings = Settings(discord=DiscordSettings(token=SecretStr("a-token")))
    assert await run.run_bot(settings) == 1
    assert "Discord cannot be reached" not in caplog.text
    assert "Too many open files" in caplog.text


async def test_without_a_token_there_is_nothing_to_run() -> None:
    with pytest.raises(ValueError, match=r"discord\.token"):
        await run.run_bot(Settings())


# -- all of it, on a simulated Discord ---------------------------------------------------------


def settings_with(token: str) -> Settings:
    gateway = f"http://127.0.0.1:{closed_port()}"
    return Settings.model_validate(
        {
            "discord": {"token": token, "guild_ready_timeout_s": 0.05},
            "openclaw": {"base_url": gateway, "auth_token": "another-token"},
            "pipeline": {"stt": {"model_size": "fixture"}, "turn": {"language_model": False}},
            "server": {"engine": "espeak", "own_process": False},
            "web": {"port": 0},
        }
    )


async def test_a_token_that_discord_refuses_ends_it_with_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with DiscordSimulator() as discord:
        status = await run.run_bot(
            settings_with("not-the-token"),
            lambda shared: make_bot(shared, connector=discord.connector()),
        )
    assert status == 1
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    (error,) = errors
    assert "DISCORD_BOT_TOKEN" in error.getMessage()
    assert "not-the-token" not in caplog.text


def broken_choices(state: Path) -> None:
    (state / "guild-choices.json").write_bytes(b'{"guilds": "\xff"}')


def a_folder_as_choices(state: Path) -> None:
    (state / "guild-choices.json").mkdir()


@pytest.mark.parametrize("spoil", [broken_choices, a_folder_as_choices])
async def test_whatever_is_wrong_with_the_files_of_before_the_bot_comes_up(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    spoil(state)
    bots: list[VoiceBot] = []
    async with DiscordSimulator(dave=False) as discord:
        settings = settings_with(discord.token)
        openclaw = settings.openclaw.model_copy(update={"state_dir": state})

        def make(shared: Services) -> VoiceBot:
            bots.append(make_bot(shared, connector=discord.connector()))
            return bots[-1]

        running = asyncio.create_task(
            run.run_bot(settings.model_copy(update={"openclaw": openclaw}), make)
        )
        await eventually(lambda: bots and bots[0].is_ready(), 15)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert str(state) in caplog.text
    assert "Discord cannot be reached" not in caplog.text


def no_folder(state: Path) -> None:
    state.write_text("in the way")


def no_database(state: Path) -> None:
    state.mkdir()
    (state / "openclaw-voice.db").write_text("something else")


@pytest.mark.parametrize("spoil", [no_folder, no_database])
async def test_a_database_that_cannot_be_used_ends_it_with_what_to_do(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Without it the bot would hear members who chose to be left out."""
    state = tmp_path / "state"
    spoil(state)
    settings = settings_with("a-token")
    openclaw = settings.openclaw.model_copy(update={"state_dir": state})
    assert await run.run_bot(settings.model_copy(update={"openclaw": openclaw})) == 1
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    (error,) = errors
    assert f"the database {state / 'openclaw-voice.db'} cannot be used" in error.getMessage()


async def test_being_stopped_it_leaves_the_call_and_leaves_nothing_running() -> None:
    bots: list[VoiceBot] = []
    async with DiscordSimulator(dave=False) as discord:
        guild = discord.add_guild("A server")
        text, room = guild.add_text_channel("general"), guild.add_voice_channel("Room")
        alice = discord.add_person(guild, "Alice")
        before = asyncio.all_tasks()

        def make(shared: Services) -> VoiceBot:
            bots.append(make_bot(shared, connector=discord.connector()))
            return bots[-1]

        running = asyncio.create_task(run.run_bot(settings_with(discord.token), make))
        await eventually(lambda: bots and bots[0].is_ready())
        await alice.join(room)
        await (await discord.run_command(alice, "join", channel=text)).answered()
        await discord.wait_for_call(room)

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 5)  # discord.py would wait 10 s for a confirmation
        await discord.wait_for_no_call(room)
        assert discord.bot_channel(guild) is None
        await eventually(lambda: asyncio.all_tasks() <= before)
        assert discord.violations == []
