"""The aiohttp connector for the bot: it resolves Discord's hosts to loopback."""

from __future__ import annotations

import fnmatch
import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from simulators.discord.shared import SharedState
from simulators.discord.tls import HOSTS, Authority


class LoopbackResolver(AbstractResolver):
    """Resolves Discord's host names to the simulator's port; any other name is a violation.

    That catches a bot that uses Discord's connector for another service.
    """

    def __init__(self, port: int, shared: SharedState) -> None:
        self._port = port
        self._shared = shared

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not any(fnmatch.fnmatch(host, known) for known in HOSTS):
            what = f"looked up {host!r}, which is not Discord's"
            self._shared.violations.add("connector", what)
            raise OSError(f"the simulated Discord has no host {host!r}")
        if self._shared.faults.unresolvable:
            raise OSError(f"the simulated network does not find {host!r}")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """There is nothing to close."""


def loopback_connector(
    port: int, authority: Authority, shared: SharedState
) -> aiohttp.TCPConnector:
    """A connector for one client session, which closes it."""
    return aiohttp.TCPConnector(
        resolver=LoopbackResolver(port, shared),
        ssl=authority.client_context(),
        limit=0,
        use_dns_cache=False,  # a lookup that starts to fail must reach the bot
    )
