"""A simulated Discord, a discord.py client in it, and a `ReceiveClient` in a call."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import discord
import discord.abc

from discord_bot.receive import FrameKind, ReceiveClient, load_libopus
from simulators.discord import DiscordSimulator, SimulatedGuild, SimulatedPerson, VoiceChannel
from testing.waiting import eventually
from tests.discord_bot.receive.packets import RecordingSink


@dataclass
class WaitingSink(RecordingSink):
    """A sink whose frames a test can wait for."""

    async def until(self, come_true: Callable[[], bool], timeout: float = 8.0) -> None:
        await eventually(come_true, timeout, seen=self.summary)

    def summary(self) -> tuple[Counter[tuple[int, str]], list[int]]:
        """The number of frames by user and kind, and the users who left."""
        return Counter((user, kind.name) for user, _, kind in self.frames), self.left

    async def until_end_of_talk(self, user_id: int, ends: int = 1) -> None:
        """Wait for the five frames of silence, ``ends`` times."""
        await self.until(lambda: self.kinds(user_id).count(FrameKind.SILENCE) >= 5 * ends)

    async def until_speech(self, user_id: int, ms: float) -> None:
        await self.until(lambda: self.speech_ms(user_id) >= ms)

    async def until_left(self, people: int) -> None:
        await self.until(lambda: len(self.left) >= people)

    def speech_ms(self, user_id: int) -> float:
        """The duration without the silence at the end."""
        return self.ms(user_id, FrameKind.SPEECH, FrameKind.CONCEALED)


class WatchedClient(ReceiveClient):
    """Counts its voice sessions, so that a test can wait for a reconnect."""

    def __init__(self, client: discord.Client, channel: discord.abc.Connectable) -> None:
        super().__init__(client, channel)
        self.sessions = 0

    async def until_session(self, number: int, timeout: float = 5.0) -> None:
        await eventually(lambda: self.sessions >= number and self.is_connected(), timeout)

    async def _voice_message(self, gateway: Any, message: dict[str, Any]) -> None:
        await super()._voice_message(gateway, message)
        self.sessions += message["op"] == 4


@dataclass
class ReceiveStage:
    sim: DiscordSimulator
    guild: SimulatedGuild
    room: VoiceChannel
    ann: SimulatedPerson
    ben: SimulatedPerson
    client: discord.Client
    sink: WaitingSink = field(default_factory=WaitingSink)

    def channel(self, channel: VoiceChannel) -> discord.VoiceChannel | discord.StageChannel:
        found = self.client.get_channel(channel.id)
        assert isinstance(found, discord.VoiceChannel | discord.StageChannel)
        return found

    async def join(
        self,
        room: VoiceChannel | None = None,
        *,
        timeout: float = 5.0,
        cls: type[WatchedClient] = WatchedClient,
        settle: bool = True,
    ) -> WatchedClient:
        room = room or self.room
        voice = await self.channel(room).connect(cls=cls, timeout=timeout)
        voice.listen(self.sink)
        if settle:
            await self.sim.wait_for_call(room)
            assert await voice.wait_until_heard(5)
        return voice


@contextlib.asynccontextmanager
async def receive_stage(*, dave: bool = True) -> AsyncIterator[ReceiveStage]:
    load_libopus()
    async with DiscordSimulator(dave=dave) as sim:
        guild = sim.add_guild("A server")
        room = guild.add_voice_channel("room")
        ann, ben = sim.add_person(guild, "Ann"), sim.add_person(guild, "Ben")
        client = discord.Client(
            intents=discord.Intents(guilds=True, voice_states=True),
            connector=sim.connector(),
            guild_ready_timeout=0.05,
        )
        running = asyncio.create_task(client.start(sim.token))
        try:
            await sim.wait_for_bot()
            async with asyncio.timeout(10):
                await client.wait_until_ready()
            yield ReceiveStage(sim, guild, room, ann, ben, client)
            assert sim.violations == []
        finally:
            for voice in list(client.voice_clients):
                await voice.disconnect(force=True)
            await client.close()
            with contextlib.suppress(asyncio.CancelledError):
                await running
