from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulators.discord import (
    DiscordSimulator,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from tests.simulators.discord.raw import RawBot, RawVoice, raw_bot
from tests.simulators.discord.rest_client import Rest


@pytest.fixture
async def sim() -> AsyncIterator[DiscordSimulator]:
    """Calls without end-to-end encryption, for what does not depend on it."""
    async with DiscordSimulator(dave=False) as simulator:
        yield simulator


@pytest.fixture
def guild(sim: DiscordSimulator) -> SimulatedGuild:
    return sim.add_guild("A server")


@pytest.fixture
def text(guild: SimulatedGuild) -> TextChannel:
    return guild.add_text_channel("general")


@pytest.fixture
def room(guild: SimulatedGuild) -> VoiceChannel:
    return guild.add_voice_channel("room")


@pytest.fixture
async def bot(sim: DiscordSimulator) -> AsyncIterator[RawBot]:
    """A bare bot, not connected yet."""
    async with raw_bot(sim) as raw:
        yield raw


@pytest.fixture
async def ann(sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel) -> SimulatedPerson:
    """Somebody in the room."""
    person = sim.add_person(guild, "Ann")
    await person.join(room)
    return person


@pytest.fixture
async def voice(room: VoiceChannel, bot: RawBot, ann: SimulatedPerson) -> RawVoice:
    """The bare bot in the room, ready to speak."""
    await bot.login()
    return await bot.call(room)


@pytest.fixture
async def rest(sim: DiscordSimulator) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession(connector=sim.connector()) as session:
        yield Rest(sim, session)
