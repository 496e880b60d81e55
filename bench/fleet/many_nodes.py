"""Many nodes on one Gateway: connecting, its memory, a command to each, the list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from bench.fleet.latencies import Latencies
from bench.fleet.stage import AGENT, Fleet

_CONNECTED_WITHIN_S = 120.0
_LISTS = 20


@dataclass(frozen=True, slots=True)
class ManyNodes:
    """The result for ``nodes`` nodes."""

    nodes: int
    connected_s: float
    """Until all were connected, begun at the same time."""
    approved_s: float
    """Until all were approved, one after the other."""
    memory_before: int | None
    memory_after: int | None
    """Bytes of the Gateway; None where it has no process of its own."""
    commands: Latencies
    lists: Latencies

    def as_json(self) -> dict[str, Any]:
        return {
            "nodes": self.nodes,
            "connected_s": round(self.connected_s, 1),
            "approved_s": round(self.approved_s, 1),
            "gateway_memory_before_mb": _megabytes(self.memory_before),
            "gateway_memory_after_mb": _megabytes(self.memory_after),
            "commands": self.commands.as_json(),
            "lists": self.lists.as_json(),
        }


async def many_nodes(fleet: Fleet, count: int) -> ManyNodes:
    """Measure with that many nodes.

    Raises:
        TimeoutError: not all of them connect.
    """
    clock = asyncio.get_running_loop().time
    before, began = fleet.gateway.memory_bytes(), clock()
    for number in range(count):
        await fleet.add(f"node-{number:02}")
    async with asyncio.timeout(_CONNECTED_WITHIN_S):
        ids = {each.id for each in fleet.nodes}
        while True:
            here = {row.node_id for row in await fleet.owner.nodes() if row.connected}
            if ids <= here:
                break
            await asyncio.sleep(0.1)
    connected_at = clock()
    await fleet.approve()
    approved_at = clock()
    commands = await asyncio.gather(*(_command_ms(fleet, each.id) for each in fleet.nodes))
    lists = []
    for _ in range(_LISTS):
        asked_at = clock()
        await fleet.owner.nodes()
        lists.append(1000 * (clock() - asked_at))
    return ManyNodes(
        count,
        connected_at - began,
        approved_at - connected_at,
        before,
        fleet.gateway.memory_bytes(),
        Latencies("a command to each at the same time", tuple(commands)),
        Latencies("the list of all", tuple(lists)),
    )


async def _command_ms(fleet: Fleet, node_id: str) -> float:
    clock = asyncio.get_running_loop().time
    asked_at = clock()
    await fleet.owner.invoke_node(
        node_id, "system.info", {}, session_key=f"agent:{AGENT}:main", within_s=20.0
    )
    return 1000 * (clock() - asked_at)


def _megabytes(count: int | None) -> int | None:
    return None if count is None else round(count / 1e6)
