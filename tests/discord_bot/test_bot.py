"""The bot as a whole: its intents, observers and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from discord_bot.bot import VoiceBot
from discord_bot.guild_state import GuildState
from discord_bot.settings import DiscordSettings
from discord_bot.voice_session import RoomFactory
from pipeline.events import (
    AgentSwitched,
    HearingReplaced,
    Observer,
    RoomEvent,
    TextLeftOut,
    Unspoken,
    VoiceReplaced,
)
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker, Speaker
from simulators.discord import DiscordSimulator
from testing.calls import ListeningRoom, ThreeAgents, calls
from testing.manual_clock import eventually


def no_room(*_: object) -> Any:
    raise AssertionError("no conversation should begin")


def a_room(_: int, loudspeaker: Loudspeaker, observer: Observer) -> PipelineOrchestrator:
    return cast(PipelineOrchestrator, ListeningRoom(loudspeaker, observer))


@asynccontextmanager
async def logged_in(
    sim: DiscordSimulator, make_room: RoomFactory = no_room, **settings: Any
) -> AsyncIterator[VoiceBot]:
    """A bot with these settings, ready; closed at the end."""
    options = DiscordSettings(guild_ready_timeout_s=0.05, **settings)
    bot = VoiceBot(options, make_room, ThreeAgents(), GuildState(), connector=sim.connector())
    async with bot, asyncio.TaskGroup() as tasks:
        tasks.create_task(bot.start(sim.token))
        await eventually(bot.is_ready)
        yield bot
        await bot.close()


async def test_the_bot_uses_no_privileged_intent_and_pings_nobody() -> None:
    async with DiscordSimulator() as sim, logged_in(sim) as bot:
        assert not bot.intents.message_content
        assert not bot.intents.members
        assert not bot.intents.presences
        assert bot.allowed_mentions is not None
        assert not bot.allowed_mentions.everyone
        assert not bot.allowed_mentions.users


# -- watching ----------------------------------------------------------------------------------


async def test_an_observer_gets_the_events_of_every_room() -> None:
    async with calls(dave=False) as c:
        seen: list[RoomEvent] = []
        c.bot.observers.append(seen.append)
        room = await c.call_in()
        event = Unspoken("jarvis", "It is half past seven, sir.", "the speech server is away", 0.0)
        room.observer(event)
        assert seen == [event]
        await c.sim.wait_for_message(
            c.text, lambda m: m.content == "**Jarvis**: It is half past seven, sir."
        )


async def test_an_unspoken_reply_is_posted_with_the_reason() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        why = "speech server http://10.0.0.7:8880 refused: 500"
        reason = "the speech server reported an error"
        room.observer(Unspoken("jarvis", "It is half past seven, sir.", why, 0.0, reason))
        written = await c.sim.wait_for_message(c.text, lambda m: "half past" in m.content)
        assert written.content == (
            "**Jarvis**: It is half past seven, sir.\n"
            "-# I could not say this aloud: the speech server reported an error."
        )


async def test_a_stand_in_voice_is_announced_in_the_text_channel() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        room.observer(VoiceReplaced("sage", "the speech server does not answer", 0.0))
        words = "speaks with a stand-in voice for now: the speech server does not answer."
        await c.sim.wait_for_message(c.text, lambda m: m.content == f"**Sage** {words}")


async def test_another_speech_server_is_announced_by_the_name_that_the_operator_gave_it() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        why = "the speech server took too long"
        room.observer(VoiceReplaced("jarvis", why, 0.0, "the server in the *office*"))
        words = (
            r"speaks through the server in the \*office\* for now: the speech server took too long."
        )
        await c.sim.wait_for_message(c.text, lambda m: m.content == f"**Jarvis** {words}")


@pytest.mark.parametrize(
    ("deaf", "words"),
    [
        (False, "I transcribe with my own speech model for now: {why}."),
        (True, "I do not understand anyone for now: {why}."),
    ],
)
async def test_a_server_of_speech_to_text_that_fails_is_announced(deaf: bool, words: str) -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        why = "the speech server is too busy"
        room.observer(HearingReplaced(why, 0.0, deaf))
        await c.sim.wait_for_message(c.text, lambda m: m.content == words.format(why=why))


async def test_what_speech_left_out_is_posted_as_it_was_written() -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()
        room.observer(TextLeftOut("jarvis", "```py\nx = 1\n```", 0.0))
        await c.sim.wait_for_message(c.text, lambda m: m.content == "**Jarvis**: ```py\nx = 1\n```")


async def test_an_agent_chosen_aloud_is_the_guilds_choice_in_its_next_call_too() -> None:
    async with calls(dave=False) as c:
        seen: list[RoomEvent] = []
        c.bot.observers.append(seen.append)
        room = await c.call_in()
        assert room.persona.agent == "jarvis"
        room.observer(AgentSwitched("sage", Speaker(c.alice.id, "Alice"), 0.0))
        assert len(seen) == 1
        await c.run("leave")
        assert (await c.call_in()).persona.agent == "sage"


# -- the end -----------------------------------------------------------------------------------


async def test_closing_leaves_every_call() -> None:
    async with calls(dave=False) as c:
        elsewhere = c.sim.add_guild("Another server")
        elsewhere.add_text_channel("general")
        kitchen = elsewhere.add_voice_channel("Kitchen")
        carol = c.sim.add_person(elsewhere, "Carol")
        await c.call_in()
        await carol.join(kitchen)
        called = await c.sim.run_command(carol, "join")
        await called.answered()
        await c.sim.wait_for_call(kitchen)
        assert len(c.bot.sessions) == 2

        await c.bot.close()
        for guild, channel in ((c.guild, c.room), (elsewhere, kitchen)):
            await c.sim.wait_for_no_call(channel)
            assert c.sim.bot_channel(guild) is None
        assert [room.closed for room in c.rooms] == [True, True]
        assert c.bot.sessions == {}


async def test_a_call_that_fails_to_end_is_logged_and_the_others_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with calls(dave=False) as c:
        room = await c.call_in()

        async def broken() -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(room, "aclose", broken)
        await c.bot.close()
        await c.sim.wait_for_no_call(c.room)
        assert c.bot.is_closed()
    assert f"guild {c.guild.id}: the call did not end cleanly" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_closing_leaves_nothing_running() -> None:
    async with DiscordSimulator(dave=False) as sim:
        guild = sim.add_guild("A server")
        guild.add_text_channel("general")
        room = guild.add_voice_channel("Room")
        alice = sim.add_person(guild, "Alice")
        before = asyncio.all_tasks()

        async with logged_in(sim, a_room):
            await alice.join(room)
            await (await sim.run_command(alice, "join")).answered()
        await sim.wait_for_no_call(room)
        await eventually(lambda: asyncio.all_tasks() <= before)


async def test_a_cancelled_bot_leaves_its_call_before_it_disconnects() -> None:
    async with DiscordSimulator(dave=False) as sim:
        guild = sim.add_guild("A server")
        guild.add_text_channel("general")
        room = guild.add_voice_channel("Room")
        alice = sim.add_person(guild, "Alice")
        bot = VoiceBot(
            DiscordSettings(guild_ready_timeout_s=0.05, connect_timeout_s=30),
            a_room,
            ThreeAgents(),
            GuildState(),
            connector=sim.connector(),
        )
        running = asyncio.create_task(bot.start(sim.token))
        await eventually(bot.is_ready)
        await alice.join(room)
        await (await sim.run_command(alice, "join")).answered()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 5)
        assert sim.bot_channel(guild) is None
        assert bot.is_closed()
