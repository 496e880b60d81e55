"""How discord.py reaches Discord: through which proxy, and how soon it connects again."""

from __future__ import annotations

from typing import Any, Final, Literal

import aiohttp
import discord
import discord.shard
from aiohttp.client_proto import ResponseHandler
from aiohttp_socks import (
    ProxyConnectionError,
    ProxyConnector,
    ProxyError,
    ProxyTimeoutError,
)
from discord.backoff import ExponentialBackoff
from yarl import URL

from network.proxies import proxy_for

_DISCORD: Final = "https://discord.com"

MAX_DELAY_S: Final = 15.0
"""discord.py's own delay grows up to 17 minutes, and it has no setting for that. After an outage
of ten minutes the bot could stay away for as long again."""


class SocksConnector(ProxyConnector):
    """Connects through a SOCKS proxy, and raises aiohttp's errors: discord.py retries on those."""

    async def _create_connection(self, *args: Any, **options: Any) -> ResponseHandler:
        try:
            return await super()._create_connection(*args, **options)
        except (ProxyConnectionError, ProxyError, ProxyTimeoutError) as error:
            raise aiohttp.ClientConnectionError(f"the SOCKS proxy: {error}") from error


def client_options(connector: aiohttp.BaseConnector | None = None) -> dict[str, Any]:
    """Options for ``discord.Client``: the proxy that the environment names, if any.

    Call it on the client's event loop. ``connector`` leads to a simulated Discord and replaces any
    proxy. The proxy serves REST and the websockets; voice is UDP and always goes direct.
    """
    if connector is not None:
        return {"connector": connector}
    proxy = proxy_for(_DISCORD)
    if proxy is None:
        return {}
    url = URL(proxy)
    if url.scheme.startswith("socks"):
        # SocksConnector lets the proxy resolve host names, as socks5h does.
        return {"connector": SocksConnector.from_url(str(url.with_scheme("socks5")), limit=0)}
    return {"proxy": proxy}


class ShortBackoff(ExponentialBackoff[Literal[False]]):
    """discord.py's random exponential backoff, limited to `MAX_DELAY_S`."""

    def delay(self) -> float:
        return min(super().delay(), MAX_DELAY_S)


def shorten_backoff() -> None:
    """Limit the backoff of every client of this process, from its next `connect` on."""
    for module in (discord.client, discord.shard):
        vars(module)["ExponentialBackoff"] = ShortBackoff
