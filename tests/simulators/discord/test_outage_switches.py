"""Outages of the simulated Discord, as a bare bot meets them."""

from __future__ import annotations

import aiohttp
import pytest

from simulators.discord import DiscordSimulator, SimulatedPerson, VoiceChannel
from tests.simulators.discord.raw import RawBot, RawVoice
from tests.simulators.discord.rest_client import Rest

URLS = {
    "rest_away": "https://discord.com/api/v10/gateway",
    "gateway_away": "https://gateway.discord.gg/?v=10&encoding=json",
    "voice_gateway_away": "https://c-simulated1.discord.media/?v=8",
}


@pytest.mark.parametrize("switch", URLS)
async def test_what_is_away_hangs_up_and_the_rest_is_there(
    sim: DiscordSimulator, switch: str
) -> None:
    setattr(sim.faults, switch, True)
    async with aiohttp.ClientSession(connector=sim.connector()) as session:
        for name, url in URLS.items():
            if name == switch:
                with pytest.raises(aiohttp.ClientError):
                    await session.get(url)
            else:
                await (await session.get(url)).read()


async def test_names_that_are_not_found_are_no_fault_of_the_bot(sim: DiscordSimulator) -> None:
    sim.faults.unresolvable = True
    async with aiohttp.ClientSession(connector=sim.connector()) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(URLS["rest_away"])
    assert sim.violations == []


async def test_cut_off_everything_breaks_until_the_network_is_back(
    sim: DiscordSimulator, voice: RawVoice, rest: Rest
) -> None:
    sim.cut_off()
    with pytest.raises(aiohttp.ClientError):
        await rest.session.get(URLS["rest_away"])
    sim.reconnect()
    assert (await rest.session.get(URLS["gateway_away"])).status != 0


async def test_a_deleted_channel_is_told_of_and_empty(
    sim: DiscordSimulator, voice: RawVoice, bot: RawBot, room: VoiceChannel, ann: SimulatedPerson
) -> None:
    sim.delete_channel(room)
    assert sim.bot_channel(room.guild) is None
    assert ann.id not in room.guild.voice_states
    await sim.wait_for_no_call(room)
