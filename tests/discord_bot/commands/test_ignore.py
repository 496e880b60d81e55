"""/ignore and /unignore, the context menu and the buttons, as members use them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord

from database.location import Location
from database.member_choices import NOT_HEARD
from database.store import open_store
from simulators.discord import Message, SimulatedPerson
from testing.calls import Calls, calls, tone
from tests.discord_bot.commands.conftest import labels

LEFT_OUT = (
    "I do not hear you in this server from now on, and dropped what you were saying. "
    "The button below, or `/unignore`, undoes it."
)
UNDONE = "I hear you in the calls of this server. `/ignore` leaves you out."


async def ask(c: Calls, person: SimulatedPerson, command: str, **options: object) -> Message:
    asked = await c.sim.run_command(person, command, options, channel=c.text)
    return await asked.answered()


async def in_call(c: Calls) -> None:
    """Alice and Ben are heard in Room."""
    await c.ben.join(c.room)
    await c.call_in()
    session = c.bot.sessions[c.guild.id]
    await c.until(lambda: session.hears(c.ben.id) and session.hears(c.alice.id))


async def manager(c: Calls, name: str = "Mia") -> SimulatedPerson:
    return c.sim.add_person(c.guild, name, permissions=discord.Permissions(manage_guild=True))


async def test_a_member_leaves_themselves_out_and_comes_back() -> None:
    async with calls() as c:
        await in_call(c)
        assert await c.hears(c.ben) >= 360
        answer = await ask(c, c.ben, "ignore")
        assert answer.ephemeral
        assert answer.content == LEFT_OUT
        assert labels(answer) == ["Hear me again"]
        assert await c.hears(c.ben) == 0
        assert await c.hears(c.alice) >= 360, "others are heard"
        assert c.rooms[-1].forgotten == [c.ben.id]
        assert c.ben.id in c.rooms[-1].people, "they are still present"
        again = await ask(c, c.ben, "ignore")
        assert again.content == (
            "I do not hear you, because you chose to be left out. `/unignore` undoes it."
        )
        back = await (await c.ben.click(again, "Hear me again")).answered()
        assert back.content == UNDONE
        assert labels(back) == ["Leave me out"]
        assert await c.hears(c.ben) >= 360
        assert c.sim.violations == []


async def test_what_is_being_said_is_dropped_at_once() -> None:
    async with calls() as c:
        await in_call(c)
        room = c.rooms[-1]
        speaking = asyncio.create_task(c.ben.say(tone(1.5)))
        await c.until(lambda: room.loud_ms.get(c.ben.id, 0) > 200)
        await ask(c, c.ben, "ignore")
        assert room.forgotten == [c.ben.id]
        heard = room.loud_ms[c.ben.id]
        await speaking
        await asyncio.sleep(0.1)
        assert room.loud_ms[c.ben.id] == heard < 1400


async def test_it_works_in_no_call_and_holds_in_the_next() -> None:
    async with calls(dave=False) as c:
        assert (await ask(c, c.ben, "ignore")).content == LEFT_OUT
        await c.ben.join(c.room)
        await c.call_in()
        assert await c.hears(c.ben) == 0
        assert await c.hears(c.alice) >= 360
        status = (await ask(c, c.ben, "status")).content
        assert status.startswith("I do not hear you, because you chose to be left out.")
        assert "I do not hear: Ben." in status


async def test_it_lasts_over_a_restart(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store, calls(dave=False, store=store) as c:
        await ask(c, c.ben, "ignore", everywhere=True)
        ben = c.ben.id
    async with open_store(location) as store:
        assert store.members.of(1234, ben).hearing in NOT_HEARD


async def test_both_choices_at_once_end_in_the_last_one() -> None:
    async with calls(dave=False) as c:
        await in_call(c)
        asked = [
            await c.sim.run_command(c.ben, name, {}, channel=c.text)
            for name in ("ignore", "unignore", "ignore")
        ]
        for each in asked:
            await each.answered()
        assert not c.bot.sessions[c.guild.id].hears(c.ben.id)


async def test_a_member_leaves_out_no_other() -> None:
    async with calls(dave=False) as c:
        await in_call(c)
        answer = await ask(c, c.ben, "ignore", member=c.alice)
        assert answer.ephemeral
        assert answer.content == (
            "You can choose for yourself whether I hear you. For others, members can who may move "
            "members or manage this server."
        )
        clicked = await c.ben.run_on(c.alice, "Leave out of voice", channel=c.text)
        assert (await clicked.answered()).content == answer.content
        assert await c.hears(c.alice) >= 360


async def test_those_who_manage_leave_others_out_and_the_call_is_told() -> None:
    async with calls(dave=False) as c:
        await in_call(c)
        mia = await manager(c)
        clicked = await mia.run_on(c.ben, "Leave out of voice", channel=c.text)
        answer = await clicked.answered()
        assert answer.content == (
            "I do not hear Ben in this server from now on. `/unignore` undoes it."
        )
        told = f"I no longer hear {c.ben.mention}: Mia has left them out."
        await c.until(lambda: any(told in each.content for each in c.sim.messages(c.room)))
        assert await c.hears(c.ben) == 0
        refused = await ask(c, c.ben, "unignore")
        assert refused.content == (
            "I do not hear you in this server: those who manage it have left you out, and can undo "
            "it."
        )
        assert await c.hears(c.ben) == 0
        assert (await ask(c, mia, "ignore", member=c.ben)).content == "Ben is left out already."
        undone = await ask(c, mia, "unignore", member=c.ben)
        assert undone.content == "I hear Ben in the calls of this server."
        assert await c.hears(c.ben) >= 360


async def test_those_who_manage_do_not_undo_what_a_member_chose() -> None:
    async with calls(dave=False) as c:
        mia = await manager(c)
        await ask(c, c.ben, "ignore")
        assert (await ask(c, mia, "ignore", member=c.ben)).content == "Ben is left out already."
        answer = await ask(c, mia, "unignore", member=c.ben)
        assert answer.content == "I still do not hear Ben: only they can decide that."
        assert (await ask(c, c.ben, "unignore")).content == UNDONE


async def test_a_bot_is_no_member_to_leave_out() -> None:
    async with calls(dave=False) as c:
        mia = await manager(c)
        clicked = await mia.run_on(c.guild.bot, "Leave out of voice", channel=c.text)
        assert "is a bot" in (await clicked.answered()).content


async def test_the_menu_on_oneself_leaves_oneself_out_in_ones_language() -> None:
    async with calls(dave=False) as c:
        c.ben.locale = "de"
        clicked = await c.ben.run_on(c.ben, "Leave out of voice", channel=c.text)
        answer = await clicked.answered()
        assert answer.content.startswith("Ich höre dich auf diesem Server ab jetzt nicht")
