"""The memory bridge of this process: from the settings, for rooms, for the Gateway's connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from database.transcripts import TranscriptLine
from discord_bot.shared_memory import SharedMemory
from fleet.memory.bridge import MemoryBridge
from fleet.memory.commands import crossing_entries
from fleet.memory.entries import TRANSCRIPT, entries, guild_tag, member_tag, new_id
from fleet.memory.errors import MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.plugin import PluginMemory
from fleet.outbox import Outbox
from openclaw_client import DeviceStore
from openclaw_client.gateway import GatewayClient
from openclaw_client.node.tool_names import machine_name
from settings import Settings
from state import StateError

log = logging.getLogger(__name__)


async def memory_bridge(settings: Settings, outbox: Outbox, folder: Path) -> MemoryBridge | None:
    """The bridge of the settings, started; None if they disable it. ``folder`` is that of the
    state, with the key that tells machines apart."""
    chosen = settings.fleet.memory
    if not chosen.enabled:
        return None
    agent = chosen.agent or settings.openclaw.agent_id
    store: WorkspaceMemory | PluginMemory = PluginMemory(agent)
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


async def note_crossing(bridge: MemoryBridge, machine: str, text: str) -> None:
    """Write down that a sensor crossed a threshold. A failure is logged."""
    try:
        await bridge.remember(crossing_entries(machine, datetime.now(UTC), text))
    except StateError as error:
        log.error("it is not remembered that %s: %s", text, error)


def room_memory(
    settings: Settings, bridge: MemoryBridge | None, guild_name: Callable[[int], str]
) -> SharedMemory | None:
    """The bridge for the calls of the bot; None without one."""
    if bridge is None:
        return None
    return RoomMemory(bridge, settings.fleet.memory.transcript_guild_ids, guild_name)


class RoomMemory:
    """A `SharedMemory` over the bridge. ``guild_ids`` are those whose transcripts may go there."""

    def __init__(
        self,
        bridge: MemoryBridge,
        guild_ids: Sequence[int],
        guild_name: Callable[[int], str],
    ) -> None:
        self._bridge = bridge
        self._guild_ids = frozenset(guild_ids)
        self._guild_name = guild_name

    def takes(self, guild_id: int) -> bool:
        return guild_id in self._guild_ids

    async def remember(self, guild_id: int, place: str, lines: Sequence[TranscriptLine]) -> None:
        where = f"call in {place}, {self._guild_name(guild_id)}"
        kept = [
            entry
            for line in lines
            for entry in entries(
                new_id(TRANSCRIPT, member_id=line.member_id, guild_id=guild_id),
                line.at,
                line.name,
                line.words,
                place=where,
            )
        ]
        try:
            await self._bridge.remember(kept)
        except StateError as error:
            log.error(
                "guild %s: %d lines of a transcript are not remembered: %s",
                guild_id,
                len(lines),
                error,
            )

    async def forget(self, member_id: int, guild_id: int | None = None) -> None:
        of_guild = [] if guild_id is None else [guild_tag(guild_id), TRANSCRIPT]
        await self._bridge.forget([member_tag(member_id), *of_guild])

    async def forget_guild(self, guild_id: int) -> None:
        await self._bridge.forget([guild_tag(guild_id), TRANSCRIPT])
