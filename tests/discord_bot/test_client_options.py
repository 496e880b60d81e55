"""The bot's connection to Discord, through real proxies on loopback."""

from __future__ import annotations

import aiohttp
import discord
import discord.shard
import pytest

from discord_bot.account import ask_account
from discord_bot.client_options import (
    MAX_DELAY_S,
    ShortBackoff,
    SocksConnector,
    client_options,
    shorten_backoff,
)
from discord_bot.errors import DiscordUnreachable
from simulators.discord import DiscordSimulator
from simulators.discord.tls import authority
from testing.ports import closed_port
from tests.network.proxy_servers import http_connect, socks5


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def test_without_a_proxy_the_connection_is_direct() -> None:
    assert client_options() == {}


async def test_a_simulated_discord_takes_the_place_of_any_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with aiohttp.TCPConnector() as connector:
        assert client_options(connector) == {"connector": connector}


async def test_the_login_of_a_proxy_is_sent_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DiscordSimulator() as sim, http_connect(sim.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
        with pytest.raises(DiscordUnreachable, match="certificate"):
            await ask_account(sim.token, 10)
    assert proxy.logins[0] == "me:p@ss"


@pytest.mark.parametrize("value", ["discord.com", "*", ".discord.com,example.org"])
async def test_no_proxy_is_respected(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", value)
    assert client_options() == {}


async def test_a_socks_proxy_resolves_the_host_name() -> None:
    async with DiscordSimulator() as sim, socks5(sim.port) as proxy:
        connector = SocksConnector.from_url(
            f"socks5://127.0.0.1:{proxy.port}", ssl=authority().client_context()
        )
        account = await ask_account(sim.token, 10, connector)
    assert account.application_id == sim.bot.id
    assert set(proxy.asked_for) == {"discord.com:443"}


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "http"])
async def test_the_environment_variable_selects_the_proxy(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = http_connect if scheme == "http" else socks5
    async with DiscordSimulator() as sim, make(sim.port) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
        # The certificate fails: the connection through the proxy got as far as TLS.
        with pytest.raises(DiscordUnreachable, match="certificate"):
            await ask_account(sim.token, 10)
    assert proxy.asked_for[0] == "discord.com:443"


async def test_an_unreachable_socks_proxy_raises_an_aiohttp_error() -> None:
    connector = SocksConnector.from_url(f"socks5://127.0.0.1:{closed_port()}")
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectionError, match="SOCKS proxy"):
            await session.get("http://discord.com")


def test_the_backoff_delay_is_limited() -> None:
    pauses = ShortBackoff()
    assert max(pauses.delay() for _ in range(200)) == MAX_DELAY_S


def test_the_first_delay_is_short() -> None:
    assert ShortBackoff().delay() <= 2.0


def test_discord_py_uses_the_short_backoff() -> None:
    shorten_backoff()
    assert vars(discord.client)["ExponentialBackoff"] is ShortBackoff
    assert vars(discord.shard)["ExponentialBackoff"] is ShortBackoff
