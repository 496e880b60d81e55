from __future__ import annotations

import aiohttp
import pytest

from simulators.discord import DiscordSimulator


async def test_any_other_host_is_refused_and_noted(sim: DiscordSimulator) -> None:
    async with aiohttp.ClientSession(connector=sim.connector()) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("https://example.com/")
    assert sim.violations == ["connector: looked up 'example.com', which is not Discord's"]
