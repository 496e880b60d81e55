"""The memory bridge of this process: from the settings, and over the Gateway's connection."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from fleet.memory.bridge import MemoryBridge
from fleet.memory.errors import MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.plugin import NO_OPERATOR, PluginMemory
from fleet.outbox import Outbox
from openclaw_client import DeviceStore
from openclaw_client.gateway import GatewayClient
from openclaw_client.node.tool_names import machine_name
from settings import Settings

log = logging.getLogger(__name__)


def offers_memory(settings: Settings) -> bool:
    """Whether agents may have this machine remember. The plugin takes lines from an operator's
    connection alone: without its token they would wait for ever."""
    memory = settings.fleet.memory
    has_token = bool(settings.openclaw.auth_token.get_secret_value())
    return memory.folder is not None or (memory.plugin and has_token)


async def memory_bridge(settings: Settings, outbox: Outbox, folder: Path) -> MemoryBridge | None:
    """The bridge of the settings, started; None if they disable it. ``folder`` is that of the
    state, with the key that tells machines apart."""
    chosen = settings.fleet.memory
    if not chosen.enabled:
        return None
    agent = chosen.agent or settings.openclaw.agent_id
    store: WorkspaceMemory | PluginMemory = PluginMemory(agent)
    if not offers_memory(settings):
        log.warning("agents get no remember and observe here: %s", NO_OPERATOR)
    if chosen.folder is not None:
        store = WorkspaceMemory(chosen.folder)
        try:
            await asyncio.to_thread(store.check)
        except MemoryUnwritable as error:
            log.error("nothing can be written into the agent's memory now: %s", error)
    bridge = MemoryBridge(
        outbox,
        store,
        machine=machine_name(settings.openclaw.node),
        device_id=DeviceStore(folder).key().id,
        agent=agent,
    )
    bridge.start()
    return bridge


def connect_memory(bridge: MemoryBridge | None, client: GatewayClient) -> None:
    """Let the bridge use the plugin of the Gateway over an operator's connection."""
    if bridge is not None and isinstance(bridge.store, PluginMemory):
        bridge.store.call = client.request
