"""The bot joins by rule, follows a member, and leaves an idle call, on the simulated Discord."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from discord_bot.call import coming_and_going
from discord_bot.rights import ServerRights
from pipeline.events import TurnDecided
from pipeline.ports import Speaker
from simulators.discord import SimulatedPerson, VoiceChannel
from testing.calls import Calls, calls

A_WHILE_S = 0.6


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETTLE_S", "_LOOK_AGAIN_S", "_TICK_S", "_FIRST_RETRY_S"):
        monkeypatch.setattr(coming_and_going, name, 0.05)


async def choose(c: Calls, **settings: Any) -> None:
    for name, value in settings.items():
        await c.bot.coming._store.settings.set(c.guild.id, name, value, by=None)


async def stays_out(c: Calls) -> None:
    await asyncio.sleep(A_WHILE_S)
    assert c.sim.bot_channel(c.guild) is None
    assert c.bot.sessions == {}


async def run(c: Calls, person: SimulatedPerson, command: str, **options: object) -> str:
    asked = await c.sim.run_command(person, command, options, channel=c.text)
    return (await asked.answered(10.0)).content


def told(c: Calls, channel: VoiceChannel) -> list[str]:
    return [message.content for message in c.sim.messages(channel)]


# -- by rule -----------------------------------------------------------------------------------


async def test_it_comes_when_enough_members_are_there_and_tells_them_why() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,), auto_join_members=2)
        await c.alice.join(c.room)
        await stays_out(c)
        await c.ben.join(c.room)
        await c.sim.wait_for_call(c.room)
        assert await c.hears(c.ben) >= 360
        await c.until(lambda: len(told(c, c.room)) == 2)
        listening, reason = told(c, c.room)
        assert "is listening in" in listening
        assert reason == ("This server has me join by myself when 2 members are in this channel.")
        assert c.posted() == [], "the text channel of no call"
        assert c.sim.violations == []


async def test_it_does_not_come_into_other_channels() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.alice.join(c.other)
        await stays_out(c)


async def test_a_rule_that_is_set_later_holds_at_once() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        await choose(c, auto_join_channels=(c.room.id,))
        await c.sim.wait_for_call(c.room)


async def test_members_who_are_not_allowed_or_left_out_do_not_count() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        c.bot.rights = lambda _: ServerRights(users=frozenset({c.ben.id}))
        await c.alice.join(c.room)
        await stays_out(c)
        members = c.bot.coming._store.members
        members.choose(c.ben.id, c.guild.id, hearing="left_out")
        await c.ben.join(c.room)
        await stays_out(c)
        await c.ben.leave()
        members.choose(c.ben.id, c.guild.id, hearing="agreed")
        await c.ben.join(c.room)
        await c.sim.wait_for_call(c.room)


async def test_after_a_leave_it_waits_until_the_channel_was_empty() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        assert await c.run("leave") == "I have left the voice channel."
        await stays_out(c)
        await c.ben.join(c.room)
        await c.alice.leave()
        await stays_out(c)
        await c.ben.leave()
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)


async def test_after_a_kick_too() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        c.sim.kick(c.guild)
        await c.until(lambda: c.bot.sessions == {})
        await stays_out(c)


async def test_a_leave_while_it_comes_is_told_the_truth_and_holds() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        c.sim.faults.drop_discovery = 1000
        await c.alice.join(c.room)
        await c.until(lambda: c.sim.faults.drop_discovery < 1000)
        assert await c.run("leave") == "I have left the voice channel."
        c.sim.faults.drop_discovery = 0
        await stays_out(c)


async def test_a_command_that_loses_to_nothing_wins_over_the_rule() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        await run(c, c.alice, "join", channel=c.other)
        await c.sim.wait_for_call(c.other)
        await asyncio.sleep(A_WHILE_S)
        assert c.sim.bot_channel(c.guild) is c.other, "called away, it stays away"


async def test_a_drag_is_not_undone() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        c.sim.drag(c.other)
        await c.sim.wait_for_call(c.other)
        await asyncio.sleep(A_WHILE_S)
        assert c.sim.bot_channel(c.guild) is c.other


async def test_a_call_without_members_gives_way_to_the_rule() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await run(c, c.ben, "join", channel=c.other)
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)


async def test_a_call_with_members_does_not() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        await c.ben.join(c.other)
        await run(c, c.ben, "join")
        await c.sim.wait_for_call(c.other)
        await c.alice.join(c.room)
        await asyncio.sleep(A_WHILE_S)
        assert c.sim.bot_channel(c.guild) is c.other
        await run(c, c.ben, "leave")
        await c.sim.wait_for_call(c.room)


async def test_it_tries_again_when_the_voice_server_does_not_answer() -> None:
    async with calls(dave=False, connect_timeout_s=2) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        c.sim.faults.refuse_all_voice = 4006
        await c.alice.join(c.room)
        await c.until(lambda: len(c.rooms) == 2, 20.0)
        c.sim.faults.refuse_all_voice = None
        await c.sim.wait_for_call(c.room, 20.0)


async def test_where_it_may_not_speak_it_does_not_come() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,))
        c.room.forbid(speak=True)
        await c.alice.join(c.room)
        await stays_out(c)


# -- following ---------------------------------------------------------------------------------


async def test_it_follows_a_member_who_asked_for_it() -> None:
    async with calls(dave=False) as c:
        answer = await c.ask("follow", following="on")
        assert answer.ephemeral
        assert answer.content.startswith("I follow you in this server")
        await c.ben.join(c.other)
        await stays_out(c)
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        await c.settle()
        await c.sim.wait_for_message(
            c.room,
            lambda m: m.content == "I follow Alice, who asked for it. `/follow` changes that.",
        )
        await c.alice.join(c.other)
        await c.sim.wait_for_call(c.other)
        await run(c, c.alice, "follow", following="off")
        await run(c, c.alice, "leave")
        await c.alice.join(c.room)
        await stays_out(c)


async def test_it_does_not_leave_those_who_stay_to_follow_one() -> None:
    async with calls(dave=False) as c:
        await c.run("follow", following="on")
        await c.ben.join(c.room)
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        await c.alice.join(c.other)
        await asyncio.sleep(A_WHILE_S)
        assert c.sim.bot_channel(c.guild) is c.room


async def test_sent_away_it_follows_into_the_next_channel_only() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        await c.run("follow", following="on")
        await c.sim.wait_for_call(c.room)
        await c.run("leave")
        await stays_out(c)
        await c.alice.join(c.other)
        await c.sim.wait_for_call(c.other)


async def test_members_who_may_not_call_it_are_refused() -> None:
    async with calls(dave=False) as c:
        c.bot.rights = lambda _: ServerRights(users=frozenset({c.ben.id}))
        assert "chosen who may call me" in await c.run("follow", following="on")
        await c.alice.join(c.room)
        await stays_out(c)


async def test_two_who_passed_through_do_not_pull_it_about() -> None:
    async with calls(dave=False) as c:
        await c.run("follow", following="on")
        for channel in (c.room, c.other, c.room, c.other):
            await c.alice.join(channel)
        await c.sim.wait_for_call(c.other)
        assert len(c.rooms) == 1


# -- going -------------------------------------------------------------------------------------


async def test_an_idle_call_is_told_and_ended_and_the_rule_waits() -> None:
    async with calls(dave=False) as c:
        await choose(c, auto_join_channels=(c.room.id,), leave_when_idle_s=1.2)
        await c.alice.join(c.room)
        await c.sim.wait_for_call(c.room)
        await c.until(lambda: c.bot.sessions == {})
        await c.settle()
        notices = told(c, c.room)[-2:]
        assert notices[0].startswith("Nothing was said to me for")
        assert notices[0].endswith("I leave, unless you talk to me.")
        assert notices[1].endswith("so I have left the call.")
        await stays_out(c)


async def test_talk_with_the_agent_keeps_it() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        await choose(c, leave_when_idle_s=0.5)
        alice = Speaker(c.alice.id, "Alice")
        for _ in range(8):
            room.observer(TurnDecided(alice, "Jarvis?", True, (), 0.0))
            await asyncio.sleep(0.2)
        assert c.bot.sessions != {}
        await c.until(lambda: c.bot.sessions == {})


async def test_an_outage_does_not_count_as_idle() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        c.sim.deafen(c.guild)
        await choose(c, leave_when_idle_s=0.6)
        await asyncio.sleep(1.5)
        assert c.bot.sessions != {}
        c.sim.deafen(c.guild, False)
        await c.until(lambda: c.bot.sessions == {})


async def test_how_long_it_stays_alone_is_the_servers_choice_at_once() -> None:
    async with calls(dave=False, leave_when_alone_s=600.0) as c:
        await c.call_in()
        await c.alice.leave()
        await asyncio.sleep(A_WHILE_S)
        assert c.bot.sessions != {}
        await choose(c, leave_when_alone_s=0.0)
        await c.until(lambda: c.bot.sessions == {})


async def test_those_in_the_call_are_told_of_a_shutdown() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await c.settle()
        await c.bot.close()
        assert told(c, c.room)[-1].startswith("I am being shut down, so I leave.")
        assert c.posted()[-1].startswith("I am being shut down, so I leave.")


async def test_a_shutdown_while_discord_is_away_does_not_wait() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        c.sim.faults.rest_away = True
        before = asyncio.get_running_loop().time()
        await c.bot.close()
        assert asyncio.get_running_loop().time() - before < 10.0
