"""A setting that changes while a call runs holds in that call at once."""

from __future__ import annotations

import discord

from discord_bot.rights import SettingsRights
from pipeline.room_controls import RoomChoices
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


async def test_sound_and_languages_change_in_the_running_call_and_hold_in_the_next() -> None:
    async with calls(dave=False) as here:
        room = await here.call_in()
        settings = here.bot.store.settings
        await settings.set(here.guild.id, "volume_db", -3.0)
        await settings.set(here.guild.id, "voices", {"jarvis": "kokoro:af_heart"})
        await settings.set(here.guild.id, "languages", ["de", "en"])
        await settings.set(here.guild.id, "eager", "off")
        chosen = RoomChoices(
            volume_db=-3.0,
            voices={"jarvis": "kokoro:af_heart"},
            languages=("de", "en"),
            locale="en",
            eager="off",
        )
        assert room.controls.choices == chosen
        await here.run("leave")
        await here.settle()
        await here.run("join")
        await here.sim.wait_for_call(here.room)
        again = here.rooms[-1]
        assert again is not room
        assert again.controls.choices == chosen


async def test_public_messages_are_in_the_language_that_the_server_chose() -> None:
    async with calls(dave=False) as here:
        await here.bot.store.settings.set(here.guild.id, "locale", "de")
        await here.call_in()
        await here.settle()
        assert "hört in" in here.sim.messages(here.room)[-1].content


async def test_another_bot_is_heard_only_where_the_server_chose_it() -> None:
    async with calls(dave=False) as here:
        other = here.sim.add_person(here.guild, "Robot", bot=True)
        room = await here.call_in()
        await other.join(here.room)
        known = here.bot.get_channel(here.room.id)
        assert isinstance(known, discord.VoiceChannel)
        await here.until(lambda: other.id in known.voice_states)
        here.bot.rights = SettingsRights(here.bot.store.settings.of)
        session = here.bot.sessions[here.guild.id]
        assert not session.hears(other.id)
        assert other.id not in room.people
        await here.bot.store.settings.set(here.guild.id, "transcribed_bots", [other.id])
        assert session.hears(other.id)
        assert other.id in room.people
        await here.bot.store.settings.reset(here.guild.id, "transcribed_bots")
        assert not session.hears(other.id)
        assert other.id not in room.people
        assert here.alice.id in room.people
