"""What the bot keeps of each guild: its choices and its running call."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.guild_settings import GuildSettings
from database.location import Location
from database.store import GuildStore, open_store
from discord_bot.guild_state import GuildChoice, GuildState, RunningCall

HERE = RunningCall(channel_id=10, text_channel_id=20)


def test_a_guild_that_chose_nothing_has_the_settings_defaults() -> None:
    state = GuildState(GuildStore(GuildSettings(agent="max", sensitivity="low")))
    assert state.choices.of(1) == GuildChoice("max", "low")


async def test_what_a_guild_chooses_is_its_own_and_there_after_a_restart(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store:
        choices = GuildState(store).choices
        choices.choose_agent(1, "sage", by=7)
        choices.choose_level(1, "high")
        assert choices.of(1) == GuildChoice("sage", "high")
    async with open_store(location, GuildSettings(agent="max")) as store:
        choices = GuildState(store).choices
        assert choices.of(1) == GuildChoice("sage", "high")
        assert choices.of(2) == GuildChoice("max", "medium")
        assert [each.by for each in await store.settings.history(1)] == [None, 7]


def test_an_agent_that_no_gateway_can_have_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    state = GuildState()
    state.choices.choose_agent(1, "no such agent")
    state.choices.choose_level(1, "low")
    assert state.choices.of(1) == GuildChoice("jarvis", "low")
    assert "agent cannot be “no such agent”" in caplog.text


async def test_a_guild_that_was_left_is_forgotten(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store:
        state = GuildState(store)
        state.choices.choose_level(1, "high")
        state.calls.add(1, HERE)
        state.calls.add(2, HERE)
        state.forget(1)
        assert state.choices.of(1).level == "medium"
    async with open_store(location) as store:
        state = GuildState(store)
        assert state.choices.of(1).level == "medium"
        assert state.calls.guilds() == [2]
