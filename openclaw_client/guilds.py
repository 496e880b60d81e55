"""One client per guild, all over one connection.

Every operator connection gets the events of all sessions, so with a connection per guild each one
would get the words of all guilds.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from openclaw_client.client import OpenClawClient
from openclaw_client.clock import Clock
from openclaw_client.gateway import Gateway, GatewayClient, OnAgents
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.session_keys import SessionScope
from openclaw_client.settings import OpenClawConfig


class PerGuildOpenClawClient(GatewayClient):
    """Hands out one ``OpenClawClient`` per guild, each with its own sessions and turns."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] | None = None,
        devices: DeviceStore | None = None,
        scope_of: Callable[[str], SessionScope] | None = None,
    ) -> None:
        """``scope_of`` returns the session scope of a guild, by its id, before each turn; without
        it every guild has that of ``config``."""
        super().__init__(Gateway(config, clock=clock, chance=chance, devices=devices))
        self._scope_of = scope_of or (lambda _: config.session_scope)
        self._guilds: dict[str, OpenClawClient] = {}

    def start(self) -> None:
        """Connect in the background and keep trying: a bot may start before its Gateway."""
        self._gateway.start()

    async def disconnect(self) -> None:
        """Abort the turns of all guilds and close the connection."""
        await self._gateway.close()
        self._guilds.clear()

    def on_agents(self, listener: OnAgents) -> None:
        """Call ``listener`` with the Gateway's agents, now and after each connect. It must neither
        block nor raise."""
        self._gateway.on_agents(listener)

    def get_or_create(self, guild_id: int | str) -> OpenClawClient:
        """The guild's client, the same one until the guild is removed."""
        key = str(guild_id)
        client = self._guilds.get(key)
        if client is None:
            client = OpenClawClient(
                self.config,
                gateway=self._gateway,
                guild_id=key,
                scope=lambda: self._scope_of(key),
            )
            self._guilds[key] = client
        return client

    async def remove_guild(self, guild_id: int | str) -> None:
        """Abort the guild's turns and forget its client. An unknown guild is no error."""
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
