"""``run.py nodes``: all nodes of the Gateway as a table."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fleet.overview.configurations import configurations_of
from fleet.overview.model import KIND_WORDS, FleetNode, FleetState
from fleet.overview.watcher import LIST_S, FleetOverview, overview_of
from logs import printable_lines
from openclaw_client import DeviceStore, OpenClawError
from openclaw_client.gateway import Gateway, GatewayClient
from openclaw_client.protocol.handshake import OPERATOR, READER, Role
from settings import Settings
from web.fleet import fleet_values

FAILED: Final = 1
_CONNECT_WITHIN_S: Final = 10.0
NO_TOKEN: Final = (
    "there is no token for the Gateway, so its nodes cannot be listed: set OPENCLAW_AUTH_TOKEN to "
    "its gateway.auth.token (a node that joined by a code may not list the others)"
)
_COLOURS: Final = {
    "connected": "green",
    "offline": "red",
    "not approved": "yellow",
    "partly approved": "yellow",
}


async def print_nodes(settings: Settings, options: argparse.Namespace) -> int:
    """What ``run.py nodes`` does with its options; errors as for `show_nodes`."""
    return await show_nodes(
        settings,
        Console(highlight=False),
        as_json=options.json,
        watch=options.watch,
        read_only=options.read_only,
    )


async def show_nodes(
    settings: Settings,
    console: Console,
    *,
    as_json: bool = False,
    watch: bool = False,
    read_only: bool = False,
) -> int:
    """Print the nodes, once or until cancelled; returns the exit status. With ``read_only`` the
    connection has ``operator.read`` alone.

    Raises:
        OpenClawError: there is no token, or the Gateway does not answer or refuses; the text says
            what to do.
    """
    async with _overview(settings, READER if read_only else OPERATOR) as overview:
        if not watch:
            state = await overview.look_closely()
            if state.problem:
                raise OpenClawError(f"the nodes cannot be listed: {state.problem}")
            _print(console, state, as_json=as_json)
            return 0
        if as_json:
            await _print_changes(console, overview)
        await _watch(console, overview)
    return 0


@asynccontextmanager
async def _overview(settings: Settings, role: Role) -> AsyncIterator[FleetOverview]:
    """An overview over a connection of its own.

    Raises:
        OpenClawError: as for `show_nodes`.
    """
    config = settings.openclaw
    if not config.auth_token.get_secret_value():
        raise OpenClawError(NO_TOKEN)
    config = config.model_copy(
        update={"retry_timeout": min(config.retry_timeout, _CONNECT_WITHIN_S)}
    )
    async with AsyncExitStack() as stack:
        plane = configurations_of(settings.fleet.overview, settings.fleet.desired_state)
        if plane is not None:
            await stack.enter_async_context(plane)
        gateway = Gateway(config, devices=DeviceStore.of(config), role=role)
        stack.push_async_callback(gateway.close)
        await gateway.connect()
        overview = overview_of(GatewayClient(gateway), plane)
        stack.push_async_callback(overview.aclose)
        yield overview


async def _print_changes(console: Console, overview: FleetOverview) -> None:
    """One line of JSON for each change, until cancelled."""
    last: dict[str, Any] | None = None
    while True:
        now = fleet_values(await overview.look_closely())
        if now != last:
            console.print_json(json.dumps(now), indent=None)
            last = now
        await asyncio.sleep(LIST_S)


async def _watch(console: Console, overview: FleetOverview) -> None:
    """The table, drawn again after each look, until cancelled."""
    state = await overview.look_closely()
    with Live(nodes_table(state), console=console, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(LIST_S)
            live.update(nodes_table(await overview.look()), refresh=True)


def _print(console: Console, state: FleetState, *, as_json: bool) -> None:
    if as_json:
        console.print_json(json.dumps(fleet_values(state)))
        return
    console.print(nodes_table(state))
    for node in state.nodes:
        for line in (f"to do: {node.advice}" if node.advice else "", *node.unknown):
            if line:
                console.print(Text(f"{node.name}: {printable_lines(line)}"))


def nodes_table(state: FleetState, now: float | None = None) -> Table:
    """The table; ``now`` is Unix time in seconds. Columns that no node fills are left out."""
    at = time.time() if now is None else now
    columns: dict[str, list[Text]] = {}
    for node in state.nodes:
        for name, cell in _cells(node, at).items():
            columns.setdefault(name, []).append(cell)
    notes = [
        note for note in (state.problem, state.limited, *_unknown_configurations(state)) if note
    ]
    table = Table(
        title=state.summary,
        caption=Text("\n".join(notes)) if notes else None,
        title_justify="left",
        caption_justify="left",
    )
    shown = {name: cells for name, cells in columns.items() if any(cell.plain for cell in cells)}
    for name in shown:
        table.add_column(name, overflow="fold", min_width=len(name))
    for row in zip(*shown.values(), strict=True):
        table.add_row(*row)
    return table


def _unknown_configurations(state: FleetState) -> set[str]:
    """Why configurations are unknown: once, since it is the same for all rows."""
    return {
        f"the configurations are unknown: {printable_lines(node.desired.problem)}"
        for node in state.nodes
        if node.desired is not None and not node.desired.known
    }


def _cells(node: FleetNode, now: float) -> dict[str, Text]:
    """The cells of one node, by the names of their columns."""
    desired = node.desired
    configuration = ""
    if desired is not None:
        why = f": {printable_lines(desired.problem)}" if desired.problem and desired.known else ""
        configuration = f"{desired.words}{why}"
    return {
        "node": Text(printable_lines(node.name), style="bold"),
        "kind": Text(KIND_WORDS[node.kind]),
        "status": Text(node.status, style=_COLOURS[node.status]),
        "last seen": Text(last_seen(node, now)),
        "can": Text(", ".join(node.capabilities)),
        "GPUs": Text(node.gpu_words),
        "load": Text(load_words(node)),
        "rooms": Text("\n".join(f"{room.place} ({room.people})" for room in node.rooms)),
        "jobs": Text("\n".join(f"{job.kind} {job.state}" for job in node.jobs)),
        "alerts": Text("\n".join(f"{each.urgency}: {each.text}" for each in node.alerts)),
        "waits": Text(str(node.undelivered) if node.undelivered else ""),
        "configuration": Text(configuration),
    }


def last_seen(node: FleetNode, now: float) -> str:
    """How long ago the node was seen; "now" for a connected one."""
    if node.connected:
        return "now"
    if node.last_seen is None:
        return "never"
    seconds = max(0, round(now - node.last_seen))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def load_words(node: FleetNode) -> str:
    """Such as "0.4 of 8 CPUs, memory 50%, disk 81%"."""
    load = node.load
    if load is None:
        return ""
    cpus = "" if load.load is None else f"{load.load:.1f} of {load.cpus or '?'} CPUs"
    memory = "" if load.memory_percent is None else f"memory {load.memory_percent}%"
    disk = "" if load.disk_percent is None else f"disk {load.disk_percent}%"
    return ", ".join(part for part in (cpus, memory, disk) if part)
