"""A fleet on a simulated Gateway: two bots, a GPU box, a box, a companion; one of them is away, one
not approved, and one has an alert.

The nodes are the program's own, with their real sensors, thresholds and connections; the companion
is only a connection. Made up are the calls (fake_rooms.py), and what the NVIDIA driver answers
(fake_gpus.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from app.fleet.member import fleet_member
from fleet.overview.configurations import PlaneConfigurations
from fleet.overview.model import ConfigurationStates
from fleet.overview.watcher import overview_of
from openclaw_client import ConnectionState, DeviceStore, GatewayNode, OpenClawConfig
from openclaw_client.gateway import Gateway, GatewayClient
from openclaw_client.node.command_sets import bot_commands, machine_commands
from openclaw_client.node.commands import NodeCommand
from openclaw_client.node.settings import COMMANDS
from openclaw_client.node.system_commands import host_stats
from openclaw_client.protocol.handshake import node_role
from openclaw_client.transport.reconnecting import ReconnectingConnection
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.control_planes import control_plane
from testing.fake_gpus import fake_gpus
from testing.fake_rooms import FakeRooms, room
from testing.gateways import TOKEN
from testing.waiting import eventually
from web.app import create_web_app
from web.runner import WebServer
from web.settings import WebSettings
from web.status import PartHealth, RoomStatus

COMPANION_COMMANDS = ("canvas.present", "camera.snap")
NODE_COMMANDS = (*COMMANDS, *COMPANION_COMMANDS)
"""For the simulator's ``node_commands``."""
BOT_COMMANDS = ("voice.status", "voice.say", "fleet.status")
GPU_COMMANDS = ("gpu.list", "gpu.metrics", "sensor.list", "system.info", "fleet.status")
BOX_COMMANDS = ("system.info", "sensor.list")
NAMES = ("attic", "gpu-1", "harbour", "nas", "tavern", "Ann's tablet")


RACK = "rack-4"
"""The id of the GPU box at the control plane."""


@dataclass(frozen=True, slots=True)
class FleetStage:
    """The Gateway with its nodes."""

    gateway: GatewaySimulator

    def node_id(self, name: str) -> str:
        """The id of the node of that name."""
        return next(node.id for node in self.gateway.nodes.all.values() if node.name == name)

    def approve(self, name: str) -> None:
        """Approve the commands of a node, as its owner does."""
        pending = self.gateway.nodes.all[self.node_id(name)].pending
        assert pending is not None
        self.gateway.approve_node(pending)


class _Director:
    """Brings the nodes onto the stage; each has a folder of its own below ``folder``."""

    def __init__(self, gateway: GatewaySimulator, folder: Path, stack: AsyncExitStack) -> None:
        self.stage = FleetStage(gateway)
        self._gateway = gateway
        self._folder = folder
        self._stack = stack

    def settings(self, name: str, commands: tuple[str, ...]) -> Settings:
        """The settings of one node's process. The GPU box has another id at the control plane than
        its name."""
        gpus = "gpu.metrics" in commands
        plane = {"url": "http://plane", "token": "unused", "bot": RACK} if gpus else {}
        threshold = {"sensor": "gpu*.temperature", "above": 85, "clear": 80, "urgency": "high"}
        return Settings.model_validate(
            {
                "openclaw": {
                    "base_url": self._gateway.url,
                    "auth_token": TOKEN,
                    "state_dir": str(self._folder / name),
                    "node": {"name": name, "commands": commands},
                },
                "fleet": {
                    "sensors": {"sources": ["gpu"] if gpus else [], "thresholds": [threshold]},
                    "desired_state": plane,
                },
            }
        )

    async def bot(self, name: str, rooms: FakeRooms) -> None:
        settings = self.settings(name, BOT_COMMANDS)
        node = settings.openclaw.node
        await self._node(settings, bot_commands(node, rooms), self._stack)

    async def box(
        self,
        name: str,
        commands: tuple[str, ...],
        stack: AsyncExitStack,
        *,
        approve: bool = True,
    ) -> None:
        settings = self.settings(name, commands)
        await self._node(settings, machine_commands(), stack, approve=approve)

    async def companion(self, name: str) -> None:
        config = self.settings(name, ("system.info",)).openclaw
        connection = ReconnectingConnection(
            config, devices=DeviceStore.of(config), role=node_role(COMPANION_COMMANDS, name)
        )
        connection.start()
        self._stack.push_async_callback(connection.close)
        await connection.ready(5.0)
        await self._here(config)
        self.stage.approve(name)

    async def _node(
        self,
        settings: Settings,
        commands: Sequence[NodeCommand],
        stack: AsyncExitStack,
        *,
        approve: bool = True,
    ) -> None:
        config = settings.openclaw
        devices = DeviceStore.of(config)
        member = await stack.enter_async_context(fleet_member(settings, devices.folder))
        await member.sampler.sample()
        opened = GatewayNode(config, [*commands, *member.commands()], devices)
        node = await stack.enter_async_context(opened)
        member.attach(node)
        await self._here(config)
        if approve:
            self.stage.approve(node.name)
            await eventually(lambda: node.status.state is ConnectionState.UP)
            # The node's own report comes with the next minute.
            await node.send_event("node.host.stats", host_stats())

    async def _here(self, config: OpenClawConfig) -> None:
        ident = DeviceStore.of(config).key().id
        await self._gateway.wait_for(lambda: ident in self._gateway.nodes.all)


@asynccontextmanager
async def fleet_on_stage(folder: Path) -> AsyncIterator[FleetStage]:
    """The whole fleet, while the body runs."""
    async with AsyncExitStack() as stack:
        stack.enter_context(fake_gpus(hottest=91))
        gateway = await stack.enter_async_context(
            GatewaySimulator(token=TOKEN, node_commands=NODE_COMMANDS)
        )
        director = _Director(gateway, folder, stack)
        await director.bot("harbour", FakeRooms(room()))
        await director.bot("tavern", FakeRooms())
        await director.box("gpu-1", GPU_COMMANDS, stack)
        await director.companion("Ann's tablet")
        await director.box("attic", BOX_COMMANDS, stack, approve=False)
        async with AsyncExitStack() as while_here:
            await director.box("nas", BOX_COMMANDS, while_here)
        nas = director.stage.node_id("nas")
        await gateway.wait_for(lambda: gateway.nodes.all[nas].peer is None)
        yield director.stage


@asynccontextmanager
async def plane_on_stage(folder: Path) -> AsyncIterator[PlaneConfigurations]:
    """A control plane with three bots of this fleet, as an operator's client sees it: the harbour
    runs what it should, the tavern has refused its version, and the GPU box needs a restart."""
    warm, hot = ({"fleet": {"sensors": {"interval_s": each}}} for each in (20, 30))
    async with control_plane(folder) as plane:
        for name in ("harbour", "tavern", RACK):
            async with await plane.bot(name) as bot:
                first = await plane.put(name, warm)
                await _report(bot, name, first, "applied")
                running = {"version": first["version"], "hash": first["hash"]}
                if name == "tavern":
                    await _report(bot, name, await plane.put(name, hot), "refused", "no such card")
                if name == RACK:
                    second = await plane.put(name, hot)
                    waits = ["fleet.sensors.interval_s"]
                    await _report(bot, name, second, "applied", restart_needed=waits)
                await bot.post(f"/bots/{name}/heartbeat", json={**running, "health": {}})
        transport = httpx.ASGITransport(plane.app)
        token = SecretStr(plane.operator)
        async with PlaneConfigurations("http://plane", token, transport=transport) as client:
            yield client


async def _report(
    bot: httpx.AsyncClient,
    name: str,
    version: dict[str, Any],
    outcome: str,
    reason: str = "",
    restart_needed: Sequence[str] = (),
) -> None:
    body = {"version": version["version"], "hash": version["hash"], "outcome": outcome}
    more = {"reason": reason, "restart_needed": list(restart_needed)}
    answer = await bot.post(f"/bots/{name}/config_ack", json=body | more)
    answer.raise_for_status()


@asynccontextmanager
async def fleet_page(
    stage: FleetStage,
    web: WebSettings | None = None,
    plane: ConfigurationStates | None = None,
) -> AsyncIterator[str]:
    """The pages of a bot without calls that shows this fleet, while the body runs; their address.

    It looks at the fleet over a connection of its own, as the bot does over its. ``plane`` is the
    control plane."""
    config = OpenClawConfig.model_validate({"base_url": stage.gateway.url, "auth_token": TOKEN})
    gateway = Gateway(config)
    await gateway.connect()
    overview = overview_of(GatewayClient(gateway), plane)
    settings = web or WebSettings(port=0)
    try:
        app = create_web_app(settings, _NoCalls(), fleet=overview)
        async with WebServer(settings, app) as server:
            yield server.url
    finally:
        await overview.aclose()
        await gateway.close()


class _NoCalls:
    """A `web.status.StatusSource` of a bot that is in no call."""

    def parts(self) -> Sequence[PartHealth]:
        return ()

    def rooms(self) -> Sequence[RoomStatus]:
        return ()

    def agents(self) -> Sequence[str]:
        return ()
