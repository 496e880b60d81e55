"""Commands, drags, kicks and the shutdown at the same moment, on the simulated Discord.

The last of them holds, and each command gets one answer, which is true.
"""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.receive import ReceiveClient
from simulators.discord import Interaction, SimulatedPerson, VoiceChannel
from testing.calls import Calls, calls
from virtual_time import VirtualTimeLoop


async def ask(c: Calls, person: SimulatedPerson, command: str, **options: object) -> Interaction:
    return await c.sim.run_command(person, command, options, channel=c.text)


async def answer_of(interaction: Interaction) -> str:
    return (await interaction.answered(20.0)).content


def listening(c: Calls, channel: VoiceChannel) -> int:
    """How often those in a channel were told that the bot listens."""
    return sum("is listening in" in message.content for message in c.sim.messages(channel))


async def test_of_two_calls_at_once_the_loser_is_told_where_it_went() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        await c.ben.join(c.other)
        first = await ask(c, c.alice, "join")
        second = await ask(c, c.ben, "join")
        assert await answer_of(first) == (
            f"I did not join <#{c.room.id}>. Ben then called me to <#{c.other.id}>."
        )
        assert (await answer_of(second)).startswith(f"I am in <#{c.other.id}>.")
        await c.sim.wait_for_call(c.other)
        await c.settle()
        assert (listening(c, c.room), listening(c, c.other)) == (0, 1)
        assert await c.hears(c.ben) >= 360


async def test_a_leave_just_after_a_join_holds() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        coming = await ask(c, c.alice, "join")
        going = await ask(c, c.ben, "leave")
        assert await answer_of(going) == "I have left the voice channel."
        assert await answer_of(coming) == (
            f"I did not join <#{c.room.id}>. Ben then ended the call."
        )
        await c.settle()
        assert c.sim.bot_channel(c.guild) is None
        assert c.bot.sessions == {}


async def test_a_leave_just_before_a_join_is_told_of_it() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        going = await ask(c, c.ben, "leave")
        coming = await ask(c, c.alice, "join")
        assert await answer_of(going) == (
            f"I was in no voice channel. Alice then called me to <#{c.room.id}>."
        )
        assert (await answer_of(coming)).startswith("I am in")
        await c.sim.wait_for_call(c.room)


async def test_three_calls_at_once_give_one_notice_in_each_place() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        await c.ben.join(c.room)
        asked = [await ask(c, each, "join") for each in (c.alice, c.ben, c.alice)]
        for each in asked:
            assert (await answer_of(each)).startswith(f"I am in <#{c.room.id}>.")
        await c.settle()
        assert listening(c, c.room) == 1
        assert sum("is listening" in text for text in c.posted()) == 1
        assert len(c.rooms) == 1


async def at_discovery(c: Calls) -> Interaction:
    """Alice has called the bot, Discord shows it in the room, and its connection does not come."""
    await c.alice.join(c.room)
    c.sim.faults.drop_discovery = 1000
    coming = await ask(c, c.alice, "join")
    await c.until(lambda: c.sim.faults.drop_discovery < 1000)
    return coming


async def test_a_drag_while_it_joins_holds() -> None:
    async with calls(dave=False) as c:
        await c.ben.join(c.other)
        coming = await at_discovery(c)
        c.sim.faults.drop_discovery = 0
        c.sim.drag(c.other)
        assert await answer_of(coming) == (
            f"I did not join <#{c.room.id}>. A member then moved me to <#{c.other.id}>."
        )
        await c.sim.wait_for_call(c.other)
        assert await c.hears(c.ben) >= 360
        await c.settle()
        assert (listening(c, c.room), listening(c, c.other)) == (0, 1)


async def test_a_kick_while_it_joins_holds() -> None:
    async with calls(dave=False) as c:
        coming = await at_discovery(c)
        c.sim.faults.drop_discovery = 0
        c.sim.kick(c.guild)
        assert await answer_of(coming) == (
            f"I did not join <#{c.room.id}>. A member then disconnected me."
        )
        await c.until(lambda: c.bot.sessions == {})
        await asyncio.sleep(0.5)
        assert c.sim.bot_channel(c.guild) is None


@pytest.mark.virtual_time(sockets=True)
async def test_a_kick_at_any_moment_of_a_join_ends_it_and_is_told() -> None:
    async with calls(dave=False, heartbeats=False, connect_timeout_s=2) as c:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        loop.limit_speed(lambda: any(not each.is_connected() for each in voices(c)))
        await begin(c)

        async def kick_after(steps: int) -> None:
            while c.sim.bot_channel(c.guild) is None:  # noqa: ASYNC110 - at every step of the loop
                await asyncio.sleep(0)
            for _ in range(steps):
                await asyncio.sleep(0)
            c.sim.kick(c.guild)

        for steps in range(9, 19):  # of the loop: the voice websocket opens meanwhile
            kick = asyncio.create_task(kick_after(steps))
            coming = await ask(c, c.alice, "join", channel=c.room)
            await kick
            answer = await answer_of(coming)
            assert answer.startswith(("I did not join", "I am in", "I was in")), answer
            await asyncio.sleep(8.0)  # longer than discord.py tries again
            assert c.sim.bot_channel(c.guild) is None
            assert c.bot.sessions == {}


async def test_a_shutdown_while_it_joins_is_told() -> None:
    async with calls(dave=False) as c:
        coming = await at_discovery(c)
        await c.bot.close()
        assert await answer_of(coming) == (f"I did not join <#{c.room.id}>. I was then shut down.")
        assert c.bot.sessions == {}


async def test_after_a_drag_the_new_room_is_told() -> None:
    async with calls(dave=False) as c:
        await c.ben.join(c.other)
        await c.call_in()
        c.sim.drag(c.other)
        await c.sim.wait_for_message(c.other, lambda m: "is listening in" in m.content)
        await c.settle()
        assert listening(c, c.other) == 1


async def test_those_whom_it_leaves_are_told_where_it_was_called() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await c.run("join", channel=c.other)
        await c.settle()
        told = c.sim.messages(c.room)[-1].content
        assert told == f"Alice has called me to <#{c.other.id}>."


async def test_a_new_text_channel_is_told_in_the_call() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await c.settle()
        games = c.guild.add_text_channel("games")
        asked = await c.sim.run_command(c.alice, "join", {}, channel=games)
        assert "already" in await answer_of(asked)
        await c.settle()
        told = f"What I cannot say aloud goes to <#{games.id}> now, as Alice wanted."
        assert c.sim.messages(c.room)[-1].content == told
        assert c.bot.text_channel_id(c.guild.id) == games.id


async def test_from_outside_the_text_channel_is_not_changed() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        games = c.guild.add_text_channel("games")
        asked = await c.sim.run_command(c.ben, "join", {"channel": c.room}, channel=games)
        assert "already" in await answer_of(asked)
        assert c.bot.text_channel_id(c.guild.id) == c.text.id


# -- any sequence ------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["room", "room", "other", "leave", "drag", "kick"]),
        st.sampled_from(["Alice", "Ben"]),
        st.sampled_from([0.0, 0.0, 0.02, 0.1, 1.0]),
    ),
    min_size=2,
    max_size=7,
)


async def play(c: Calls, steps: list[tuple[str, str, float]]) -> None:
    """Do the steps; then compare where the bot is, and what each member was told."""
    before = listening(c, c.room) + listening(c, c.other)
    last: VoiceChannel | None = None
    asked: list[tuple[str, VoiceChannel | None, Interaction]] = []
    drags = 0
    for what, who, pause_s in steps:
        person = c.alice if who == "Alice" else c.ben
        if what in ("room", "other"):
            last = c.room if what == "room" else c.other
            asked.append(("join", last, await ask(c, person, "join", channel=last)))
        elif what == "leave":
            last = None
            asked.append(("leave", None, await ask(c, person, "leave")))
        elif is_unambiguous(c):
            last = c.other if what == "drag" else None
            drags += what == "drag"
            c.sim.drag(c.other) if what == "drag" else c.sim.kick(c.guild)
        await asyncio.sleep(pause_s)
    for each in asked:
        await each[2].answered(60.0)
    await c.settle()
    await c.until(lambda: c.sim.bot_channel(c.guild) is last, 60.0)
    await asyncio.sleep(5.0)
    assert c.sim.bot_channel(c.guild) is last
    assert len(c.bot.sessions) == (last is not None)
    joined = 0
    for command, channel, interaction in asked:
        (message,) = interaction.responses
        if command == "leave":
            assert message.content.startswith(
                ("I have left the voice channel.", "I am in no voice", "I was in no voice")
            )
        else:
            assert channel is not None
            where = f"<#{channel.id}>"
            there = message.content.startswith((f"I am in {where}", f"I am already in {where}"))
            was = message.content.startswith(f"I was in {where}. ")
            assert there or was or message.content.startswith(f"I did not join {where}. ")
            joined += there or was
    if asked and asked[-1][1] is last is not None and steps[-1][0] in ("room", "other"):
        assert asked[-1][2].responses[0].content.startswith("I am ")
    told = listening(c, c.room) + listening(c, c.other) - before
    assert told <= joined + drags


def is_unambiguous(c: Calls) -> bool:
    """Whether a drag or a kick can be told from what the bot itself has just asked for.

    After the bot's own request to leave, and before its voice server has answered, a kick looks the
    same as an end of Discord's (docs/discord-voice.md).
    """
    session = c.bot.sessions.get(c.guild.id)
    if c.sim.bot_channel(c.guild) is None or session is None or not session.joined:
        return False
    if session.voice is None or not session.voice.is_connected():
        return False
    now = asyncio.get_running_loop().time()
    guild_id = c.guild.id
    running = c.bot.calls._queue(guild_id)._running
    ending = running is not None and running.intent.ends
    return not ending and not voice_state_requests(c.bot)._open[guild_id] and now > 0


def test_any_sequence_ends_in_what_the_last_of_them_said() -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop.with_sockets) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualTimeLoop)
        context = calls(dave=False, heartbeats=False, connect_timeout_s=2)
        c = runner.run(context.__aenter__())
        loop.limit_speed(lambda: any(not each.is_connected() for each in voices(c)))

        async def reset() -> None:
            for session in list(c.bot.sessions.values()):
                await session.leave()
            await c.settle()

        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        )
        @given(STEPS)
        def any_sequence(steps: list[tuple[str, str, float]]) -> None:
            runner.run(reset())
            runner.run(play(c, steps))

        try:
            runner.run(begin(c))
            any_sequence()
            assert c.sim.violations == []
        finally:
            runner.run(context.__aexit__(None, None, None))


def voices(c: Calls) -> list[ReceiveClient]:
    return [each for each in c.bot.voice_clients if isinstance(each, ReceiveClient)]


async def begin(c: Calls) -> None:
    """Alice and Ben are in the two channels, and both may move the bot."""
    for person, channel in ((c.alice, c.room), (c.ben, c.other)):
        c.guild.grant(person.member, move_members=True)
        await person.join(channel)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "discord")
