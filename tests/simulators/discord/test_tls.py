from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

import aiohttp
import pytest

from simulators.discord import DiscordSimulator
from simulators.discord.tls import authority


def test_no_key_is_left_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    authority().server_context()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["discord.com", "gateway.discord.gg", "c-x1.discord.media"])
async def test_clients_of_the_connector_trust_every_host_of_discord(
    sim: DiscordSimulator, host: str
) -> None:
    async with (
        aiohttp.ClientSession(connector=sim.connector()) as session,
        session.get(f"https://{host}/api/v10/gateway") as response,
    ):
        assert response.status == 401


async def test_nobody_else_trusts_it(sim: DiscordSimulator) -> None:
    connector = sim.connector()
    stranger = aiohttp.TCPConnector(resolver=connector._resolver, ssl=ssl.create_default_context())
    async with aiohttp.ClientSession(connector=stranger) as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get("https://discord.com/api/v10/gateway")
    await connector.close()
