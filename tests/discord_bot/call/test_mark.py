"""The mark while the bot listens, as members see it, and its removal."""

from __future__ import annotations

import pytest

from database.guild_settings import Mark
from discord_bot.call.mark import PREFIX
from discord_bot.guild_state import RunningCall
from simulators.discord import Moderation
from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import grant


async def chosen(c: Calls, mark: Mark) -> None:
    await c.bot.store.settings.set(c.guild.id, "mark_while_listening", mark)


async def leave(c: Calls) -> None:
    await c.run("leave")
    await c.settle()


@pytest.mark.parametrize("nick", [None, "Jarvis"])
async def test_the_nickname_is_marked_and_becomes_what_it_was(nick: str | None) -> None:
    async with calls(dave=False) as c:
        await grant(c, change_nickname=True)
        Moderation(c.guild).rename(c.guild.bot, nick)
        await c.until(lambda: c.bot.guilds[0].me.nick == nick)
        await chosen(c, "nickname")
        await c.call_in()
        marked = PREFIX + (nick or c.sim.bot.name)
        await c.until(lambda: c.guild.bot.nick == marked)
        await c.until(lambda: c.bot.guilds[0].me.nick == marked)
        await leave(c)
        assert c.guild.bot.nick == nick
        assert c.sim.violations == []


async def test_a_shutdown_removes_it() -> None:
    async with calls(dave=False) as c:
        await grant(c, change_nickname=True)
        await chosen(c, "nickname")
        await c.call_in()
        await c.until(lambda: c.bot.guilds[0].me.nick is not None)
        await c.bot.close()
        assert c.guild.bot.nick is None


async def test_the_status_of_the_channel_says_it() -> None:
    async with calls(dave=False) as c:
        c.guild.grant(c.guild.bot, set_voice_channel_status=True, manage_channels=True)
        await chosen(c, "status")
        await c.call_in()
        await c.until(lambda: c.room.status == "👂 Jarvis is listening")
        await c.ask("join", channel=c.other)
        await c.until(lambda: c.other.status is not None and c.room.status is None)
        await chosen(c, "none")
        await c.settle()
        assert c.other.status is None


async def test_a_missing_permission_is_told_once() -> None:
    async with calls(dave=False) as c:
        Moderation(c.guild).change_everyone(change_nickname=False)
        me = c.bot.guilds[0].me
        await c.until(lambda: not me.guild_permissions.change_nickname)
        await chosen(c, "nickname")
        for _ in range(2):
            await c.call_in()
            await c.settle()
            await leave(c)
        told = [each for each in c.posted() if "I could not mark my nickname" in each]
        assert len(told) == 1


async def test_a_name_without_room_for_the_mark_stays() -> None:
    async with calls(dave=False) as c:
        await grant(c, change_nickname=True)
        Moderation(c.guild).rename(c.guild.bot, "J" * 31)
        await c.until(lambda: c.bot.guilds[0].me.nick == "J" * 31)
        await chosen(c, "nickname")
        await c.call_in()
        await c.settle()
        assert c.guild.bot.nick == "J" * 31
        assert any("at most 30 characters" in each for each in c.posted())


async def test_the_mark_of_a_crashed_bot_goes_at_the_next_start() -> None:
    async with calls(dave=False) as c:
        await grant(c, change_nickname=True)
        Moderation(c.guild).rename(c.guild.bot, PREFIX + "Jarvis")
        await c.until(lambda: c.bot.guilds[0].me.nick == PREFIX + "Jarvis")
        c.sim.drop_gateway(resumable=False)
        await c.until(lambda: c.guild.bot.nick == "Jarvis")


async def test_a_crash_in_a_call_leaves_no_status_behind() -> None:
    async with calls(dave=False) as c:
        c.guild.grant(c.guild.bot, set_voice_channel_status=True, manage_channels=True)
        await chosen(c, "status")
        c.room.status = PREFIX + "Jarvis is listening"
        call = RunningCall(channel_id=c.room.id, text_channel_id=c.text.id)
        c.bot.store.calls.add(c.guild.id, call)
        c.sim.drop_gateway(resumable=False)
        await c.until(lambda: c.room.status is None)
        assert c.sim.bot_channel(c.guild) is None, "no member is there to be heard"
