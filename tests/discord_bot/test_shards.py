"""Several shards, in one process and in two, on the simulated Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from pydantic import ValidationError

from database.location import Location
from database.running_calls import RunningCall
from database.store import GuildStore, open_store
from discord_bot.bot import VoiceBot
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.guild_state import GuildState
from discord_bot.receive import load_libopus
from discord_bot.settings import DiscordSettings
from discord_bot.shards import shard_of
from pipeline.events import Observer
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker
from simulators.discord import DiscordSimulator, SimulatedGuild, SimulatedPerson, VoiceChannel
from simulators.discord.rest import Portal
from testing.calls import ListeningRoom, ThreeAgents, tone
from testing.waiting import eventually

SHARDS = 2


class Process:
    """A bot with the shards of one process, and the rooms of its calls by guild."""

    def __init__(self, sim: DiscordSimulator, store: GuildStore, *shard_ids: int) -> None:
        self.rooms: dict[int, ListeningRoom] = {}
        self.removed: list[int] = []
        self.bot = VoiceBot(
            DiscordSettings(
                guild_ready_timeout_s=0.05,
                supervise_every_s=0.1,
                shard_ids=shard_ids,
                shard_count=SHARDS if shard_ids else None,
            ),
            self._make_room,
            ThreeAgents(),
            GuildState(store),
            connector=sim.connector(),
            on_guild_removed=self._note,
        )

    def _make_room(
        self, guild: int, output: Loudspeaker, observe: Observer
    ) -> PipelineOrchestrator:
        room = self.rooms[guild] = ListeningRoom(output, observe)
        return cast(PipelineOrchestrator, room)

    async def _note(self, guild_id: int) -> None:
        self.removed.append(guild_id)

    def loud_ms(self, guild: SimulatedGuild) -> float:
        room = self.rooms.get(guild.id)
        return sum(room.loud_ms.values()) if room is not None else 0.0


class Server:
    """A guild with a voice channel and Alice in it."""

    def __init__(self, sim: DiscordSimulator, guild: SimulatedGuild) -> None:
        self.sim, self.guild = sim, guild
        self.text = guild.add_text_channel("general")
        self.room: VoiceChannel = guild.add_voice_channel("Room")
        self.alice: SimulatedPerson = sim.add_person(guild, "Alice")

    async def call_in(self) -> None:
        await self.alice.join(self.room)
        asked = await self.sim.run_command(self.alice, "join", {}, channel=self.text)
        assert (await asked.answered(10.0)).content.startswith("I am in")
        await self.sim.wait_for_call(self.room)

    async def heard_by(self, process: Process) -> bool:
        before = process.loud_ms(self.guild)
        await self.alice.say(tone(0.3))
        await asyncio.sleep(0.1)
        return process.loud_ms(self.guild) > before


async def server_on(sim: DiscordSimulator, shard: int) -> Server:
    """A server whose id belongs to a shard."""
    while True:
        guild = sim.add_guild(f"Server on shard {shard}")
        if shard_of(guild.id, SHARDS) == shard:
            return Server(sim, guild)
        sim.remove_bot(guild)
        await asyncio.sleep(0.001)  # ids follow the clock


@asynccontextmanager
async def running(*processes: Process, sim: DiscordSimulator) -> AsyncIterator[None]:
    logins = [asyncio.create_task(each.bot.start(sim.token)) for each in processes]
    try:
        for each in processes:
            await eventually(each.bot.is_ready, 20.0)
        yield
    finally:
        for each in processes:
            await each.bot.close()
        await asyncio.gather(*logins, return_exceptions=True)


@asynccontextmanager
async def two_shards() -> AsyncIterator[tuple[DiscordSimulator, Server, Server]]:
    load_libopus()
    async with DiscordSimulator(dave=False, portal=Portal(shards=SHARDS)) as sim:
        yield sim, await server_on(sim, 0), await server_on(sim, 1)
        assert sim.violations == []


async def test_one_process_has_all_shards_that_discord_recommends() -> None:
    async with two_shards() as (sim, one, two):
        process = Process(sim, GuildStore())
        async with running(process, sim=sim):
            assert set(process.bot.shards) == {0, 1}
            for server in (one, two):
                await server.call_in()
                assert await server.heard_by(process)
            assert {each.guild.shard_id for each in process.bot.sessions.values()} == {0, 1}


async def test_each_of_two_processes_has_the_calls_of_its_shard(tmp_path: Path) -> None:
    """With one database; neither touches what belongs to the other."""
    location = Location(tmp_path / "bot.db")
    async with (
        two_shards() as (sim, one, two),
        open_store(location) as store_a,
        open_store(location) as store_b,
    ):
        first, second = Process(sim, store_a, 0), Process(sim, store_b, 1)
        async with running(first, second, sim=sim):
            await one.call_in()
            await two.call_in()
            assert list(first.bot.sessions) == [one.guild.id]
            assert list(second.bot.sessions) == [two.guild.id]
            assert await one.heard_by(first)
            assert await two.heard_by(second)
            await store_a.drain()
            await store_b.drain()
        assert (first.removed, second.removed) == ([], [])
        async with open_store(location) as kept:
            assert set(kept.calls.guilds()) == {one.guild.id, two.guild.id}


async def test_the_process_of_the_first_shard_sends_the_commands() -> None:
    async with two_shards() as (sim, _, _):
        async with running(Process(sim, GuildStore(), 1), sim=sim):
            assert sim.commands() == []
        async with running(Process(sim, GuildStore(), 0), sim=sim):
            assert "join" in {each["name"] for each in sim.commands()}


async def test_each_process_returns_into_its_own_calls(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with two_shards() as (sim, one, two):
        async with open_store(location) as store:
            for server in (one, two):
                await server.alice.join(server.room)
                store.calls.add(server.guild.id, RunningCall(server.room.id, server.text.id))
            await store.drain()
        async with open_store(location) as store:
            first = Process(sim, store, 0)
            async with running(first, sim=sim):
                await sim.wait_for_call(one.room)
                assert sim.bot_channel(two.guild) is None
                assert set(store.calls.guilds()) == {one.guild.id, two.guild.id}


@pytest.mark.parametrize("resumable", [True, False])
async def test_the_outage_of_one_shard_leaves_the_other_alone(resumable: bool) -> None:
    async with two_shards() as (sim, one, two):
        process = Process(sim, GuildStore())
        async with running(process, sim=sim):
            await one.call_in()
            await two.call_in()
            sim.drop_gateway(shard=1, resumable=resumable)
            offline = voice_state_requests(process.bot).offline
            await eventually(lambda: offline(two.guild.id) or not resumable, 10.0)
            assert not offline(one.guild.id)
            assert await one.heard_by(process)
            await eventually(lambda: not offline(two.guild.id), 20.0)
            await sim.wait_for_call(two.room, 20.0)
            async with asyncio.timeout(20.0):
                while not await two.heard_by(process):
                    pass
            assert await one.heard_by(process)
            assert sum("is listening in" in m.content for m in sim.messages(one.room)) == 1
            assert process.removed == []


async def test_removed_from_a_server_while_its_shard_is_away() -> None:
    async with two_shards() as (sim, one, two):
        process = Process(sim, GuildStore())
        async with running(process, sim=sim):
            await two.call_in()
            sim.faults.gateway_away = True
            sim.drop_gateway(shard=1, resumable=False)
            sim.remove_bot(two.guild)
            await asyncio.sleep(0.2)
            sim.faults.gateway_away = False
            await eventually(lambda: process.removed == [two.guild.id], 30.0)
            assert process.bot.sessions == {}
            assert [each.id for each in process.bot.guilds] == [one.guild.id]


def test_wrong_shards_are_refused() -> None:
    for wrong, why in (
        ({"shard_ids": (0,)}, "needs shard_count"),
        ({"shard_ids": (2,), "shard_count": 2}, "of 2 shards the last is 1"),
        ({"shard_ids": (1, 1), "shard_count": 2}, "names a shard twice"),
    ):
        with pytest.raises(ValidationError, match=why):
            DiscordSettings.model_validate(wrong)
