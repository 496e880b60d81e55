"""The slash commands are registered with Discord, and a failed one is answered."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from simulators.discord import DiscordSimulator
from testing.calls import calls
from tests.discord_bot.test_bot import logged_in

COMMANDS = [
    "Ask the agent about this",
    "Leave out of voice",
    *("agent", "follow", "forget", "help", "ignore", "join", "leave", "privacy", "say"),
    *(
        "sensitivity",
        "settings",
        "status",
        "stop",
        "takeover",
        "transcript",
        "unignore",
        "voice",
        "volume",
    ),
    "why",
]


def names(commands: list[dict[str, Any]]) -> list[str]:
    return sorted(command["name"] for command in commands)


async def test_every_guild_is_offered_the_commands() -> None:
    async with DiscordSimulator() as sim:
        guild = sim.add_guild("A server")
        async with logged_in(sim):
            assert names(sim.commands()) == COMMANDS
            assert sim.commands(guild) == []
        assert sim.violations == []


async def test_development_guilds_alone_get_each_command_once() -> None:
    async with DiscordSimulator() as sim:
        one, other = sim.add_guild("A workshop"), sim.add_guild("A server")
        async with logged_in(sim, development_guild_ids=(one.id,)):
            assert names(sim.commands(one)) == COMMANDS
            assert sim.commands(other) == []
            assert sim.commands() == []


async def test_a_development_guild_without_the_bot_is_logged_and_skipped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with DiscordSimulator() as sim:
        guild = sim.add_guild("A workshop")
        async with logged_in(sim, development_guild_ids=(4711, guild.id)):
            assert names(sim.commands(guild)) == COMMANDS
    assert "guild 4711 (is the bot a member of it?)" in caplog.text


def break_down(*_: object, **__: object) -> None:
    raise ZeroDivisionError("an unexpected failure")


async def test_an_unexpected_error_is_answered_politely_and_logged_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with calls(dave=False) as c:
        monkeypatch.setattr(c.bot, "choose_level", break_down)
        await c.call_in()
        answer = await c.ask("sensitivity", level="low")
        assert answer.content == (
            "Sorry, something went wrong on my side. My operator's log has the details."
        )
        assert answer.ephemeral
        (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert logged.exc_info is not None
        assert isinstance(logged.exc_info[1], ZeroDivisionError)
        assert "an unexpected failure" not in answer.content

        await c.run("leave")
        monkeypatch.setattr(c.bot.agents, "reach", break_down)
        answer = await c.ask("join")
        assert answer.content.startswith("Sorry, something went wrong"), "after a deferral too"
        assert answer.ephemeral
        assert c.sim.violations == []


async def test_an_answer_that_cannot_be_sent_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with calls(dave=False) as c:
        held = asyncio.Event()

        async def reach(*_: object) -> None:
            await held.wait()
            raise ZeroDivisionError

        monkeypatch.setattr(c.bot.agents, "reach", reach)
        await c.alice.join(c.room)
        interaction = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
        await interaction.acknowledged()
        interaction.expire()
        held.set()
        await c.settle()
        assert "could not be answered" in caplog.text
        assert await c.run("leave") == "I have left the voice channel."
