from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from discord_bot.simulator import DiscordSimulator, Guild, TextChannel, VoiceChannel
from tests.discord_bot.simulator.raw import RawBot, raw_bot


@pytest.fixture
async def sim() -> AsyncIterator[DiscordSimulator]:
    """Calls without end-to-end encryption, for what does not depend on it."""
    async with DiscordSimulator(dave=False) as simulator:
        yield simulator


@pytest.fixture
def guild(sim: DiscordSimulator) -> Guild:
    return sim.add_guild("A server")


@pytest.fixture
def text(guild: Guild) -> TextChannel:
    return guild.add_text_channel("general")


@pytest.fixture
def room(guild: Guild) -> VoiceChannel:
    return guild.add_voice_channel("room")


@pytest.fixture
async def bot(sim: DiscordSimulator) -> AsyncIterator[RawBot]:
    """A bare bot, not connected yet."""
    async with raw_bot(sim) as raw:
        yield raw
