"""A client for each guild, all over one connection.

Every operator connection to the Gateway hears the events of all sessions, so a connection per guild
would bring each guild's words to all of them and gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from openclaw_client.client import Gateway, OnAgents, OpenClawClient
from openclaw_client.clock import Clock
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.invocation import NodeRow
from openclaw_client.protocol.frames import AgentInfo
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.reconnecting import ConnectionStatus


class PerGuildOpenClawClient:
    """Hands out one ``OpenClawClient`` a guild, with its own sessions and turns."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] | None = None,
        devices: DeviceStore | None = None,
    ) -> None:
        self._config = config
        self._gateway = Gateway(config, clock=clock, chance=chance, devices=devices)
        self._guilds: dict[str, OpenClawClient] = {}

    @property
    def status(self) -> ConnectionStatus:
        return self._gateway.link.status

    @property
    def stats(self) -> GatewayStats:
        return self._gateway.link.stats

    def start(self) -> None:
        """Connect in the background and keep trying: a bot may well start before its Gateway."""
        self._gateway.start()

    async def connect(self) -> None:
        """Connect, and wait for the Gateway's hello; errors as for ``OpenClawClient.connect``, but
        while it is only away, attempts go on in the background."""
        await self._gateway.connect()

    async def retry(self) -> ConnectionStatus:
        """Try again at a user's word, for all guilds; as ``OpenClawClient.retry``."""
        return await self._gateway.retry()

    async def disconnect(self) -> None:
        """Abort every guild's turns and close the connection."""
        await self._gateway.close()
        self._guilds.clear()

    async def list_agents(self) -> list[AgentInfo]:
        """The agents that the Gateway has; errors as for ``OpenClawClient.list_agents``."""
        return await self._gateway.list_agents()

    def on_agents(self, listener: OnAgents) -> None:
        """Have ``listener`` told the Gateway's agents, now and after each connect; it may neither
        block nor raise."""
        self._gateway.on_agents(listener)

    async def node(self, node_id: str) -> NodeRow | None:
        """A node as the Gateway lists it; errors as for ``OpenClawClient.node``."""
        return await self._gateway.node(node_id)

    def get_or_create(self, guild_id: int | str) -> OpenClawClient:
        """The guild's client; the same one until the guild is removed."""
        key = str(guild_id)
        client = self._guilds.get(key)
        if client is None:
            client = OpenClawClient(self._config, gateway=self._gateway, guild_id=key)
            self._guilds[key] = client
        return client

    async def remove_guild(self, guild_id: int | str) -> None:
        """Abort the guild's turns and forget it. One that is not there is no error."""
        client = self._guilds.pop(str(guild_id), None)
        if client is not None:
            await client.disconnect()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.disconnect()
