"""One guild's call, on the simulated Discord: the bot stays in its channel, and hears."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from discord_bot.consent.notice import RECORDED
from testing.calls import calls, tone


async def test_people_are_known_by_name_and_heard() -> None:
    async with calls() as c:
        await c.ben.join(c.room)
        room = await c.call_in()
        assert set(room.names.values()) == {"Alice", "Ben"}
        assert await c.hears(c.alice) >= 360
        assert c.sim.violations == []


async def test_people_who_come_and_go_are_followed() -> None:
    async with calls() as c:
        room = await c.call_in()
        await c.ben.join(c.room)
        await c.until(lambda: c.ben.id in room.people)
        await c.ben.leave()
        await c.until(lambda: c.ben.id not in room.people)
        await c.ben.join(c.other)
        await c.hears(c.alice)
        assert c.ben.id not in room.people


async def test_other_bots_are_not_heard() -> None:
    async with calls() as c:
        machine = c.sim.add_person(c.guild, "Music bot", bot=True)
        await machine.join(c.room)
        room = await c.call_in()
        assert room.people == {c.alice.id}
        assert await c.hears(machine) == 0


async def test_leaving_ends_the_room_and_the_call() -> None:
    async with calls() as c:
        room = await c.call_in()
        await c.run("leave")
        await c.sim.wait_for_no_call(c.room)
        assert room.closed
        assert c.bot.sessions == {}


async def test_a_kick_ends_the_call_and_is_announced() -> None:
    async with calls() as c:
        room = await c.call_in()
        c.sim.kick(c.guild)
        await c.until(lambda: c.bot.sessions == {})
        assert room.closed
        await c.sim.wait_for_message(c.text, lambda m: "disconnected" in m.content)
        assert c.sim.bot_channel(c.guild) is None
        await c.call_in()
        assert await c.hears(c.alice) >= 360


async def test_being_dragged_moves_the_room_to_other_people() -> None:
    async with calls() as c:
        await c.ben.join(c.other)
        room = await c.call_in()
        c.sim.drag(c.other)
        await c.sim.wait_for_call(c.other)
        await c.until(lambda: room.people == {c.ben.id})
        assert await c.hears(c.ben) >= 360


async def test_join_from_another_channel_moves_the_bot() -> None:
    async with calls() as c:
        await c.call_in()
        await c.alice.join(c.other)
        await c.run("join")
        await c.sim.wait_for_call(c.other)
        assert len(c.rooms) == 1
        assert await c.hears(c.alice) >= 360


async def test_the_bot_leaves_after_everybody_else() -> None:
    async with calls(leave_when_alone_s=0.3) as c:
        await c.call_in()
        await c.alice.leave()
        await c.sim.wait_for_no_call(c.room)
        await c.until(lambda: c.bot.sessions == {})
        await c.sim.wait_for_message(c.text, lambda m: "Everybody has left" in m.content)


async def test_the_bot_rejoins_after_a_lost_gateway_session() -> None:
    async with calls() as c:
        await c.call_in()
        c.sim.drop_gateway(resumable=False)
        await c.sim.wait_for_no_call(c.room)
        await c.sim.wait_for_message(c.text, lambda m: "cannot hear you" in m.content, 20)
        await c.sim.wait_for_call(c.room, 20)
        await c.sim.wait_for_message(c.text, lambda m: "hear you again" in m.content, 10)
        assert await c.hears(c.alice) >= 360
        assert len(c.rooms) == 1


async def test_a_resumed_gateway_session_does_not_interrupt_the_call() -> None:
    async with calls() as c:
        await c.call_in()
        c.sim.drop_gateway(resumable=True)
        assert await c.hears(c.alice) >= 360


@pytest.mark.parametrize("code", [4006, 4009, 4014, 4015, 4022])
async def test_after_a_close_of_the_voice_gateway_the_bot_hears_again(code: int) -> None:
    async with calls() as c:
        await c.call_in()
        c.sim.close_voice(c.guild, code)
        before = c.rooms[-1].loud_ms.get(c.alice.id, 0.0)
        async with asyncio.timeout(25):
            while c.rooms[-1].loud_ms.get(c.alice.id, 0.0) - before < 200:
                await c.alice.say(tone(0.2))


async def test_a_dead_voice_connection_is_replaced() -> None:
    async with calls() as c:
        await c.call_in()
        c.sim.abort_voice(c.guild)
        before = c.rooms[-1].loud_ms.get(c.alice.id, 0.0)
        async with asyncio.timeout(25):
            while c.rooms[-1].loud_ms.get(c.alice.id, 0.0) - before < 200:
                await c.alice.say(tone(0.2))


async def test_a_failed_attempt_does_not_end_the_call() -> None:
    """The leave with which discord.py ends an attempt causes an update like any other."""
    async with calls(connect_timeout_s=1) as c:
        await c.call_in()
        c.sim.faults.drop_discovery = 2
        c.sim.close_voice(c.guild, 4006)
        await c.sim.wait_for_no_call(c.room)
        await c.sim.wait_for_message(c.text, lambda m: "cannot hear you" in m.content, 20)
        await c.sim.wait_for_call(c.room, 25)
        await c.sim.wait_for_message(c.text, lambda m: "hear you again" in m.content, 10)
        assert await c.hears(c.alice) >= 360
        assert len(c.rooms) == 1
        assert not any("disconnected" in text for text in c.posted())


async def test_a_kick_during_an_attempt_ends_the_call() -> None:
    async with calls(connect_timeout_s=2) as c:
        room = await c.call_in()
        c.sim.faults.drop_discovery = 1_000
        c.sim.close_voice(c.guild, 4006)
        await c.until(lambda: c.sim.faults.drop_discovery < 999)
        await c.until(lambda: c.sim.bot_channel(c.guild) is not None)
        c.sim.kick(c.guild)
        await c.sim.wait_for_message(c.text, lambda m: "I was disconnected" in m.content)
        assert room.closed
        assert c.bot.sessions == {}
        c.sim.faults.drop_discovery = 0
        await c.call_in()
        assert await c.hears(c.alice) >= 360


async def test_a_move_during_an_attempt_is_followed() -> None:
    async with calls(connect_timeout_s=2) as c:
        await c.ben.join(c.other)
        room = await c.call_in()
        c.sim.faults.drop_discovery = 1_000
        c.sim.close_voice(c.guild, 4006)
        await c.until(lambda: c.sim.faults.drop_discovery < 999)
        await c.until(lambda: c.sim.bot_channel(c.guild) is not None)
        c.sim.drag(c.other)
        await c.until(lambda: room.people == {c.ben.id})
        c.sim.faults.drop_discovery = 0
        await c.sim.wait_for_call(c.other, 20)
        await c.until(lambda: c.bot.sessions[c.guild.id].hears(c.ben.id))
        assert await c.hears(c.ben) >= 360


async def test_after_two_joins_at_once_the_bot_is_in_the_last_channel() -> None:
    """The answer to its first move arrives during its second, and is no move by a member."""
    async with calls(dave=False) as c:
        await c.call_in()
        await c.ben.join(c.other)
        once = await c.sim.run_command(c.ben, "join", {}, channel=c.text)
        again = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
        for interaction in (once, again):
            await interaction.answered(10.0)
        await c.sim.wait_for_call(c.room)
        await asyncio.sleep(0.5)
        assert c.sim.bot_channel(c.guild) is c.room
        assert c.bot.sessions[c.guild.id].channel == c.bot.get_channel(c.room.id)
        assert await c.hears(c.alice) >= 360


async def test_a_move_is_not_reported_as_an_outage() -> None:
    async with calls(supervise_every_s=0.05) as c:
        await c.call_in()
        await c.alice.join(c.other)
        await c.run("join")
        await c.sim.wait_for_call(c.other)
        assert await c.hears(c.alice) >= 360
        assert not any("cannot hear" in text for text in c.posted())


async def test_a_leave_does_not_end_the_call_of_a_join_right_after_it() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        for _ in range(3):
            once = await c.sim.run_command(c.alice, "leave", {}, channel=c.text)
            again = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
            await once.answered()
            assert (await again.answered()).content.startswith("I am in")
        await c.sim.wait_for_call(c.room)
        assert await c.hears(c.alice) >= 360
        assert not any("disconnected" in text for text in c.posted())


async def test_muting_the_bot_ends_nothing() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        for muted in (True, False):
            c.sim.mute(c.guild, muted)
        assert await c.hears(c.alice) >= 360
        assert c.posted()[1:] == []


async def test_a_deleted_channel_ends_the_call() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        c.sim.delete_channel(c.room)
        await c.sim.wait_for_message(c.text, lambda m: "no longer exists" in m.content)
        assert room.closed
        assert c.bot.sessions == {}


async def test_after_a_new_gateway_session_it_still_sees_members_leave() -> None:
    async with calls(dave=False, leave_when_alone_s=0.3) as c:
        await c.call_in()
        c.sim.drop_gateway(resumable=False)
        await c.sim.wait_for_message(c.text, lambda m: "hear you again" in m.content, 30)
        await c.alice.leave()
        await c.sim.wait_for_message(c.text, lambda m: "Everybody has left" in m.content)
        await c.sim.wait_for_no_call(c.room)


async def test_a_refusal_is_explained_to_the_member_who_asked() -> None:
    async with calls(connect_timeout_s=2) as c:
        await c.alice.join(c.room)
        c.sim.faults.refuse_voice.extend([4017] * 6)
        answer = await c.run("join")
        assert "4017" in answer or "encryption" in answer
        assert c.bot.sessions == {}


async def test_removed_from_the_guild_the_bot_ends_its_call_and_forgets_it() -> None:
    async with calls() as c:
        room = await c.call_in()
        c.sim.remove_bot(c.guild)
        await c.until(lambda: c.removed_guilds == [c.guild.id])
        assert room.closed
        assert c.bot.sessions == {}


async def test_a_recorded_call_tells_its_members_first(tmp_path: Path) -> None:
    async with calls(recording_dir=tmp_path) as c:
        await c.call_in()
        await c.until(lambda: any(str(RECORDED) in each.content for each in c.sim.messages(c.room)))
        await c.hears(c.alice)
        await c.ben.join(c.room)
        told = f"<@{c.ben.id}>: "
        await c.until(lambda: told in c.sim.messages(c.room)[-1].content)
        assert str(RECORDED) in c.sim.messages(c.room)[-1].content
        await c.hears(c.ben)
        await c.run("leave")
        await c.sim.wait_for_no_call(c.room)
    recorded = [name.rpartition("-")[0] for _, _, names in os.walk(tmp_path) for name in names]
    assert sorted(recorded) == ["Alice", "Ben"]


async def test_without_the_setting_nothing_is_recorded(tmp_path: Path) -> None:
    async with calls() as c:
        await c.call_in()
        await c.hears(c.alice)
        assert not any(str(RECORDED) in text for text in c.posted())
        assert c.bot.sessions[c.guild.id]._recorder is None
