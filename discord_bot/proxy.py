"""How discord.py gets to Discord: straight, or through the proxy that the environment names."""

from __future__ import annotations

from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp_socks import (
    ProxyConnectionError,
    ProxyConnector,
    ProxyError,
    ProxyTimeoutError,
)
from yarl import URL

from network.proxies import proxy_for

_DISCORD: Final = "https://discord.com"


class SocksConnector(ProxyConnector):
    """Through a SOCKS proxy, whose failures are aiohttp's: discord.py tries again after those."""

    async def _create_connection(self, *args: Any, **options: Any) -> ResponseHandler:
        try:
            return await super()._create_connection(*args, **options)
        except (ProxyConnectionError, ProxyError, ProxyTimeoutError) as error:
            raise aiohttp.ClientConnectionError(f"the SOCKS proxy: {error}") from error


def way_out(connector: aiohttp.BaseConnector | None = None) -> dict[str, Any]:
    """Options for ``discord.Client``; it must be called where its event loop runs.

    ``connector`` leads to a simulated Discord, and takes the place of any proxy. The proxy is for
    REST and the websockets: voice itself is UDP and goes straight.
    """
    if connector is not None:
        return {"connector": connector}
    proxy = proxy_for(_DISCORD)
    if proxy is None:
        return {}
    url = URL(proxy)
    if url.scheme.startswith("socks"):
        # socks5h leaves the looking up of names to the proxy, as does this class.
        return {"connector": SocksConnector.from_url(str(url.with_scheme("socks5")), limit=0)}
    return {"proxy": proxy}
