"""The bot in a call of the simulated Discord with a member who talks, for outages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import aiohttp
import numpy as np

from database.location import Location
from database.running_calls import RunningCall
from database.store import GuildStore, open_store
from discord_bot.bot import VoiceBot
from discord_bot.guild_state import GuildState
from discord_bot.receive import ReceiveClient, load_libopus
from discord_bot.settings import DiscordSettings
from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.events import Observer
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker
from simulators.discord import (
    DiscordSimulator,
    LineFaults,
    SimulatedGuild,
    SimulatedPerson,
    SimulatorError,
    TextChannel,
    VoiceChannel,
)
from testing.calls import ListeningRoom, ThreeAgents
from virtual_time import VirtualTimeLoop

WORD_EVERY_S: Final = 1.0
_WORD_S: Final = 0.2
_HEARTBEAT_MS: Final = 24 * 3_600_000
"""discord.py's heartbeats follow real time, far behind the virtual clock."""
_BEAT_S: Final = 5.0
_LOUD: Final = 500
_POLL_S: Final = 0.1
DATABASE: Final = "bot.db"


class NotInTime(Exception):
    """An awaited condition was not met in time; the text names it."""


@dataclass(eq=False)
class _RecordingRoom(ListeningRoom):
    """Records when a member was heard, by the loop's clock."""

    heard_at: list[float] = field(default_factory=list)

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        if speaker_id in self.names and np.abs(pcm.astype(int)).max() > _LOUD:
            self.heard_at.append(at)


@dataclass(eq=False)
class OutageHarness:
    """A guild with two voice channels; Alice talks in the first."""

    sim: DiscordSimulator
    guild: SimulatedGuild
    text: TextChannel
    room: VoiceChannel
    other: VoiceChannel
    alice: SimulatedPerson
    ben: SimulatedPerson
    folder: Path
    heard_at: list[float] = field(default_factory=list)
    line: LineFaults = field(default_factory=LineFaults)
    """What happens to Alice's packets."""
    quiet: bool = False
    """Alice says nothing."""
    told: list[tuple[float, str]] = field(default_factory=list)
    """The bot's messages in the text channel, and when they were read."""
    bot: VoiceBot = field(init=False)
    store: GuildStore | None = field(init=False, default=None)
    """The bot's database, in ``folder``; None while no bot runs."""
    _login: asyncio.Task[None] = field(init=False)
    _opened: AsyncExitStack = field(init=False)
    _at_disk: bool = False
    _connector: aiohttp.TCPConnector = field(init=False)

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def start_bot(self) -> None:
        """Start a bot as a new process does: with the database of the previous one alone."""
        self._connector = self.sim.connector()
        loop = asyncio.get_running_loop()
        if isinstance(loop, VirtualTimeLoop):
            loop.limit_speed(self._threads_work)
        store = await self._open_store()

        def make_room(_: int, output: Loudspeaker, observer: Observer) -> PipelineOrchestrator:
            room = _RecordingRoom(output, observer, heard_at=self.heard_at)
            return cast(PipelineOrchestrator, room)

        self.bot = VoiceBot(
            DiscordSettings(guild_ready_timeout_s=0.05),
            make_room,
            ThreeAgents(),
            GuildState(store),
            connector=self._connector,
        )
        self._login = asyncio.create_task(self.bot.start(self.sim.token), name="bot")
        await self.until(self.bot.is_ready, 30.0, "the bot is ready")

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        self._login.cancel()
        with suppress(asyncio.CancelledError):
            await self._login
        self.store, self._at_disk = None, True
        await self._opened.aclose()
        self._at_disk = False

    async def kill_bot(self) -> None:
        """End the bot as kill -9 does: every connection breaks without a close."""
        await self._connector.close(abort_ssl=True)
        await self.stop_bot()

    def running_call(self) -> RunningCall | None:
        """The call that the bot would rejoin after a restart."""
        assert self.store is not None, "no bot runs"
        return self.store.calls.of(self.guild.id)

    def lose_state(self) -> None:
        """Delete the database, while no bot runs."""
        (self.folder / DATABASE).unlink()

    async def _open_store(self) -> GuildStore:
        self._opened, self._at_disk = AsyncExitStack(), True
        location = Location(self.folder / DATABASE)
        self.store = await self._opened.enter_async_context(open_store(location))
        self._at_disk = False
        return self.store

    def _threads_work(self) -> bool:
        """Whether a thread has work: that of the database, or the reader of a call that is being
        joined, or that waits for an answer over UDP."""
        if self._at_disk or (self.store is not None and self.store.busy):
            return True
        return "bot" in vars(self) and any(
            not each.is_connected() or each.route_doubtful for each in _voices(self.bot)
        )

    async def command(self, name: str) -> str:
        """Run a command as Alice; returns the answer."""
        interaction = await self.sim.run_command(self.alice, name, channel=self.text)
        return (await interaction.answered(20.0)).content

    async def talk(self) -> None:
        """Alice says a word a second until cancelled."""
        t = np.arange(int(_WORD_S * SPOKEN_RATE)) / SPOKEN_RATE
        word = (np.sin(2 * np.pi * 440.0 * t) * 9000).astype(np.int16)
        while True:
            due = self.now + WORD_EVERY_S
            with suppress(SimulatorError):
                if not self.quiet:
                    await self.alice.say(word, self.line)
            await asyncio.sleep(max(0.0, due - self.now))

    async def beat(self) -> None:
        """Send voice heartbeats by the loop's clock; discord.py's own follow real time."""
        while True:
            await asyncio.sleep(_BEAT_S)
            for voice in _voices(self.bot):
                beat = voice.ws._keep_alive if voice.is_connected() else None
                if beat is not None:
                    with suppress(OSError):
                        await voice.ws.send_heartbeat(beat.get_payload())

    async def read(self) -> None:
        """Read the text channel until cancelled."""
        while True:
            for message in self.sim.messages(self.text)[len(self.told) :]:
                self.told.append((self.now, message.content))
            await asyncio.sleep(_POLL_S)

    async def until(self, true: Callable[[], object], within_s: float, what: str) -> None:
        """
        Raises:
            NotInTime: not within that time.
        """
        deadline = self.now + within_s
        while not true():
            if self.now > deadline:
                raise NotInTime(f"{what}: not within {within_s:g} s")
            await asyncio.sleep(_POLL_S)

    def heard_since(self, when: float) -> bool:
        return bool(self.heard_at) and self.heard_at[-1] >= when


def _voices(bot: VoiceBot) -> list[ReceiveClient]:
    return [each for each in bot.voice_clients if isinstance(each, ReceiveClient)]


@asynccontextmanager
async def outage_harness(folder: Path, *, dave: bool = True) -> AsyncIterator[OutageHarness]:
    """Start the simulated Discord and the bot, until the bot hears Alice in the call.

    Raises:
        NotInTime: the bot did not get into the call.
    """
    load_libopus()
    async with DiscordSimulator(
        dave=dave, heartbeat_interval_ms=_HEARTBEAT_MS, voice_heartbeat_interval_ms=_HEARTBEAT_MS
    ) as sim:
        guild = sim.add_guild("A server")
        text = guild.add_text_channel("general")
        room, other = guild.add_voice_channel("Room"), guild.add_voice_channel("Other")
        alice, ben = sim.add_person(guild, "Alice"), sim.add_person(guild, "Ben")
        harness = OutageHarness(sim, guild, text, room, other, alice, ben, folder)
        await harness.start_bot()
        await alice.join(room)
        await harness.command("join")
        background = [
            asyncio.create_task(work) for work in (harness.talk(), harness.read(), harness.beat())
        ]
        try:
            await harness.until(lambda: harness.heard_at, 20.0, "the bot hears Alice")
            yield harness
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await harness.stop_bot()


def run_scene(folder: Path, scene: Callable[[OutageHarness], Awaitable[None]]) -> None:
    """Run a scene in virtual time while the bot hears Alice; fail on a protocol violation."""

    async def run() -> None:
        async with outage_harness(folder, dave=False) as harness:
            await scene(harness)
        assert harness.sim.violations == []

    with asyncio.Runner(loop_factory=VirtualTimeLoop.with_sockets) as runner:
        runner.run(run())
