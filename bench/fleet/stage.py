"""The Gateway of the measurements, simulated or real, and the program's own nodes on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import psutil

from app.fleet.member import FleetMember, fleet_member
from openclaw_client import (
    DeviceStore,
    GatewayNode,
    OpenClawClient,
    OpenClawConfig,
    OpenClawError,
    SpeakerRef,
)
from openclaw_client.gateway import Gateway, GatewayClient
from openclaw_client.node.command_sets import machine_commands
from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.settings import COMMANDS
from openclaw_client.protocol.handshake import OPERATOR
from openclaw_client.transport.connection import GatewayConnection
from settings import Settings
from simulators.gateway import GatewaySimulator, ScriptedAnswer
from simulators.gateway.agents import Memory
from testing.real_gateway import ModelRequest, RealGateway, real_gateway
from testing.real_gateway.chat_completions import flat_text
from testing.real_gateway.config import plugin_config
from testing.telegram import CHAT, TelegramStandIn, telegram, telegram_config

AGENT: Final = "jarvis"
CHANNEL: Final = "telegram"
PAIRING: Final = replace(OPERATOR, scopes=(*OPERATOR.scopes, "operator.pairing"))
_APPROVED_WITHIN_S: Final = 60.0
_LOOKS: Final = 6
"""Attempts to search the memory for the first time."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message at the provider of the channel; ``at`` is the loop's time, None if unknown."""

    text: str
    at: float | None


class MeasuredGateway(Protocol):
    """What the measurements need of a Gateway."""

    name: str
    url: str
    token: str

    @property
    def port(self) -> int: ...

    def arrived(self) -> list[Arrived]:
        """The messages to people so far."""
        ...

    def told(self) -> list[str]:
        """What the agents' model was told with each turn: the last message with its additions."""
        ...

    def memory_bytes(self) -> int | None:
        """Resident memory of the Gateway's processes; None if it has none of its own."""
        ...

    def workspace(self) -> Path:
        """The agent's workspace."""
        ...

    async def look_into_memory(self, client: GatewayClient) -> None:
        """Let the agent's own tool search its memory once: OpenClaw then watches its files."""
        ...


@dataclass(slots=True)
class _Listener:
    """An agent that keeps what it is told."""

    id: str = AGENT
    name: str = "Jarvis"
    heard: list[str] = field(default_factory=list)

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        self.heard.append(words)
        return ScriptedAnswer("Noted.")


class _Simulated:
    name = "simulator"

    def __init__(self, simulator: GatewaySimulator, agent: _Listener) -> None:
        self._simulator = simulator
        self._agent = agent
        self.url, self.token = simulator.url, simulator.token

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def arrived(self) -> list[Arrived]:
        return [Arrived(each.text, None) for each in self._simulator.channels.messages]

    def told(self) -> list[str]:
        return self._agent.heard

    def memory_bytes(self) -> int | None:
        return None

    def workspace(self) -> Path:
        return self._simulator.memory.workspace(AGENT)

    async def look_into_memory(self, client: GatewayClient) -> None:
        """It looks at the files with each search."""


class _Real:
    name = "OpenClaw"

    def __init__(self, gateway: RealGateway, provider: TelegramStandIn) -> None:
        self._gateway = gateway
        self._provider = provider
        self.url, self.token = gateway.url, gateway.token

    @property
    def port(self) -> int:
        return self._gateway.port

    def arrived(self) -> list[Arrived]:
        return [Arrived(each.text, each.at) for each in self._provider.sent]

    def told(self) -> list[str]:
        return [_last_told(request) for request in self._gateway.stub.requests]

    def memory_bytes(self) -> int | None:
        if self._gateway.pid is None:
            return None
        process = psutil.Process(self._gateway.pid)
        every = [process, *process.children(recursive=True)]
        return sum(int(each.memory_info().rss) for each in every)

    def workspace(self) -> Path:
        return self._gateway.folder / "workspace" / AGENT

    async def look_into_memory(self, client: GatewayClient) -> None:
        speaker = SpeakerRef("6000", "Looker")
        async with OpenClawClient(client.config) as talker:  # tools need a session
            await talker.send_message(AGENT, "#say:Noted.", speaker=speaker, timeout=60)
            session = talker.session_key(AGENT, speaker)
        arguments = {"name": "memory_search", "args": {"query": "x"}, "sessionKey": session}
        for left in reversed(range(_LOOKS)):
            try:
                answer = await client.request("tools.invoke", arguments)
                break
            except OpenClawError:  # the first search builds the index
                if not left:
                    raise
        if not answer.get("ok"):
            raise OpenClawError(f"the agent cannot search its memory: {answer.get('error')}")


def _last_told(request: ModelRequest) -> str:
    """What a request has behind the model's last answer: earlier turns are repeated before it."""
    messages = request.body.get("messages") or []
    answers = [n for n, each in enumerate(messages) if each.get("role") == "assistant"]
    new = messages[answers[-1] + 1 :] if answers else messages
    return "\n".join(flat_text(each) for each in new if each.get("role") != "system")


@asynccontextmanager
async def measured_gateway(*, real: bool) -> AsyncIterator[MeasuredGateway]:
    """The Gateway with a channel to people, while the body runs.

    Raises:
        RealGatewayError: the real one cannot run here; the text says why.
    """
    async with AsyncExitStack() as stack:
        if not real:
            agent = _Listener()
            simulator = GatewaySimulator(
                agents=[agent],
                node_commands=COMMANDS,
                channels=[CHANNEL],
                workspaces=Path(stack.enter_context(TemporaryDirectory(prefix="workspaces-"))),
                memory_plugin=True,
            )
            yield _Simulated(await stack.enter_async_context(simulator), agent)
            return
        provider = await stack.enter_async_context(telegram())
        policy = {"profile": "minimal", "alsoAllow": [PLUGIN_ID, "memory_search"]}
        with_plugin = plugin_config()
        # The list is of all plugins that may load: OpenClaw's own memory is one.
        with_plugin["plugins"]["allow"] += ["memory-core", CHANNEL]
        extra = {
            **telegram_config(provider.url),
            **with_plugin,
            "memory": {"search": {"provider": "none"}},
            "agents": {"entries": {AGENT: {"tools": policy}}},
        }
        gateway = await stack.enter_async_context(real_gateway(agents=[AGENT], extra_config=extra))
        yield _Real(gateway, provider)


@dataclass(frozen=True, slots=True)
class BenchNode:
    """One of the program's own nodes."""

    node: GatewayNode
    member: FleetMember
    id: str


class Fleet:
    """The nodes of a measurement, and an operator who approves them. ``url`` may be a proxy's."""

    def __init__(self, gateway: MeasuredGateway, folder: Path, *, url: str = "") -> None:
        self.gateway = gateway
        self.nodes: list[BenchNode] = []
        self._folder = folder
        self._url = url or gateway.url
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Fleet:
        own = self.settings("owner").openclaw.model_copy(update={"base_url": self.gateway.url})
        self.owner = await self._stack.enter_async_context(connected(own, pairing=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def settings(self, name: str, **fleet: Any) -> Settings:
        """The settings of a node's process."""
        return Settings.model_validate(
            {
                "openclaw": {
                    "base_url": self._url,
                    "auth_token": self.gateway.token,
                    "agent_id": AGENT,
                    "state_dir": str(self._folder / name),
                    "node": {"name": name, "commands_per_minute": 1000},
                },
                "fleet": {
                    "sensors": {"sources": ()},
                    "notify": {
                        "recipients": [{"name": "Ann", "channel": CHANNEL, "to": CHAT}],
                        "per_hour": 1000,
                    },
                    **fleet,
                },
            }
        )

    async def add(self, name: str, **fleet: Any) -> BenchNode:
        """Connect another node; `approve` makes its commands usable."""
        settings = self.settings(name, **fleet)
        devices = DeviceStore.of(settings.openclaw)
        member = await self._stack.enter_async_context(fleet_member(settings, devices.folder))
        commands = [*machine_commands(), *member.commands()]
        node = GatewayNode(settings.openclaw, commands, devices)
        await self._stack.enter_async_context(node)
        member.attach(node)
        added = BenchNode(node, member, devices.key().id)
        self.nodes.append(added)
        return added

    async def operator(self, settings: Settings) -> GatewayClient:
        """A connection for turns and messages to people, with a device key of its own."""
        return await self._stack.enter_async_context(connected(settings.openclaw))

    async def approve(self) -> None:
        """Approve all nodes that wait for it, until none does.

        Raises:
            TimeoutError: a node is not connected and approved in time.
        """
        connection = await self.connection()
        ids = {each.id for each in self.nodes}
        async with asyncio.timeout(_APPROVED_WITHIN_S):
            while True:
                rows = {row.node_id: row for row in await self.owner.nodes()}
                for ident in ids & rows.keys():
                    request = rows[ident].pending_request_id
                    if request is not None:
                        await connection.request("node.pair.approve", {"requestId": request})
                states = [rows[ident].approval_state for ident in ids & rows.keys()]
                if states.count("approved") == len(ids):
                    return
                await asyncio.sleep(0.05)

    async def connection(self) -> GatewayConnection:
        """The owner's open connection."""
        return await self.owner._gateway.ready()


@asynccontextmanager
async def connected(
    config: OpenClawConfig, *, pairing: bool = False
) -> AsyncIterator[GatewayClient]:
    """A client with a connection of its own, while the body runs."""
    gateway = Gateway(config, role=PAIRING if pairing else OPERATOR)
    await gateway.connect()
    try:
        yield GatewayClient(gateway)
    finally:
        await gateway.close()
