"""A setting that changes while a call runs holds in that call at once."""

from __future__ import annotations

from testing.calls import calls


async def test_agent_and_sensitivity_change_in_the_running_call() -> None:
    async with calls(dave=False) as here:
        room = await here.call_in()
        settings = here.bot._state.store.settings
        await settings.set(here.guild.id, "agent", "sage", by=here.alice.id)
        await settings.set(here.guild.id, "sensitivity", "high")
        assert (room.persona.agent, room.sensitivity) == ("sage", "high")
        await settings.reset(here.guild.id)
        assert (room.persona.agent, room.sensitivity) == ("jarvis", "medium")
        await settings.set(here.guild.id + 1, "agent", "sage")
        assert room.persona.agent == "jarvis"


async def test_a_closed_bot_no_longer_follows_the_settings() -> None:
    async with calls(dave=False) as here:
        room = await here.call_in()
        settings = here.bot._state.store.settings
        await here.bot.close()
        await settings.set(here.guild.id, "agent", "sage")
        assert room.persona.agent == "jarvis"


async def test_the_history_has_the_member_who_ran_the_command() -> None:
    async with calls(dave=False) as here:
        await here.call_in()
        await here.run("agent", name="sage")
        await here.run("sensitivity", level="low")
        view = here.bot._state.store.settings.view(here.guild.id)
    chosen = {each.info.name: each.chosen.by for each in view if each.chosen is not None}
    assert chosen == {"agent": here.alice.id, "sensitivity": here.alice.id}
