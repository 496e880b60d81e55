"""The memory bridge of this process: from the settings, and over the Gateway's connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fleet.memory.bridge import MemoryBridge
from fleet.memory.errors import MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.forgetting import Forgetting
from fleet.memory.places import KnownPlaces, place_of
from fleet.memory.plugin import NO_OPERATOR, PluginMemory
from fleet.memory.retention import Retention
from fleet.outbox import Outbox
from openclaw_client import DeviceStore
from openclaw_client.gateway import GatewayClient
from openclaw_client.node.tool_names import machine_name
from settings import Settings

log = logging.getLogger(__name__)


def offers_memory(settings: Settings) -> bool:
    """Whether agents may have this machine remember. The plugin takes lines from an operator's
    connection alone: without its token they would stay in the queue."""
    memory = settings.fleet.memory
    has_token = bool(settings.openclaw.auth_token.get_secret_value())
    return memory.folder is not None or (memory.plugin and has_token)


class Memories:
    """What this machine does with agents' memory. ``folder`` is that of the state, with the key
    that tells machines apart. `serve` starts it."""

    def __init__(self, settings: Settings, outbox: Outbox, folder: Path) -> None:
        self._keep_days = settings.fleet.memory.keep_days
        self._places = KnownPlaces(
            folder, place_of(settings.fleet.memory, settings.openclaw.agent_id)
        )
        stores = {place.key: place.store() for place in self._places.all}
        self.forgetting = Forgetting(outbox, stores) if stores else None
        """Removes, where lines were ever written; else None."""
        self.bridge: MemoryBridge | None = None
        """Writes, where the settings turn it on."""
        if (present := self._places.present) is not None:
            if not offers_memory(settings):
                log.warning("agents get no remember and observe here: %s", NO_OPERATOR)
            self.bridge = MemoryBridge(
                outbox,
                stores[present.key],
                machine=machine_name(settings.openclaw.node),
                device_id=DeviceStore(folder).key().id,
                agent=present.agent,
                forgetting=self.forgetting,
            )

    def connect(self, client: GatewayClient) -> None:
        """Use the plugin of the Gateway over an operator's connection."""
        for store in self.forgetting.stores.values() if self.forgetting is not None else ():
            if isinstance(store, PluginMemory):
                store.call = client.request

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Deliver what is queued, and remove what is too old, while the body runs."""
        self._places.save()
        if self.bridge is not None:
            await _check(self.bridge)
            self.bridge.start()
        elif self.forgetting is not None:
            self.forgetting.start()
        present = self._places.present
        key, days = ("", 0) if present is None else (present.key, self._keep_days)
        async with Retention(self.forgetting, key, days):
            yield


async def _check(bridge: MemoryBridge) -> None:
    if isinstance(bridge.store, WorkspaceMemory):
        try:
            await asyncio.to_thread(bridge.store.check)
        except MemoryUnwritable as error:
            log.error("nothing can be written into the agent's memory now: %s", error)
