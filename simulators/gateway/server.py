"""An OpenClaw Gateway on loopback: strict about frames, with scripted agents and faults on demand.

    async with GatewaySimulator(token="secret") as gateway:
        client = create_client(base_url=gateway.url, auth_token="secret", agent_id="jarvis")

It rejects what the real one rejects, with the same texts (docs/gateway.md). At its end it raises
``ProtocolBroken`` if a client broke the protocol.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response as HttpResponse

from openclaw_client.clock import Clock, Timer
from openclaw_client.protocol.frames import CLOSE_RESTART, MAX_FRAME_BYTES
from simulators.changes import Changes
from simulators.gateway.admission import Authenticator
from simulators.gateway.agent_memory import AgentMemory
from simulators.gateway.agents import SimulatedAgent, default_agents
from simulators.gateway.channels import Channels
from simulators.gateway.cron_jobs import CronJobs
from simulators.gateway.dispatcher import RequestDispatcher
from simulators.gateway.faults import GatewayFaults
from simulators.gateway.gateway_configuration import GatewayConfiguration
from simulators.gateway.handshake import FORWARDED, Handshake, now_ms
from simulators.gateway.invitations import PAGES, Invitations
from simulators.gateway.methods import Methods
from simulators.gateway.node_methods import NodeMethods
from simulators.gateway.nodes import Nodes
from simulators.gateway.peer import ClientPeer, FreezeSwitch
from simulators.gateway.people_methods import GatewayTool, PeopleMethods
from simulators.gateway.prompt_sensors import PromptSensors
from simulators.gateway.questions import SCOPE
from simulators.gateway.runs import AgentRunner, Sleep
from simulators.gateway.sessions import SimulatedRun
from simulators.gateway.system_events import SystemEvents

TICK_INTERVAL_S = 30.0
_PING_S = 25.0


class ProtocolBroken(AssertionError):
    """A client sent invalid frames or params."""


class GatewaySimulator:
    """One Gateway. Its state for tests is public and read-only."""

    def __init__(
        self,
        *,
        token: str | None = None,
        agents: Iterable[SimulatedAgent] | None = None,
        port: int = 0,
        remote: bool = False,
        trusted_proxy: bool = False,
        node_commands: Iterable[str] = (),
        channels: Iterable[str] = (),
        workspaces: Path | None = None,
        memory_plugin: bool = False,
        prompt_plugin: bool = False,
        tools: Mapping[str, GatewayTool] = MappingProxyType({}),
        strict: bool = True,
        tick_interval_s: float = TICK_INTERVAL_S,
        tls: ssl.SSLContext | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock | None = None,
    ) -> None:
        """
        Args:
            token: the shared token; a random one if None.
            agents: Jarvis and Sage, answering at once, if None. The first is the default agent.
            port: any free one if 0.
            remote: treat clients as on another machine.
            trusted_proxy: take a client's address from ``X-Forwarded-For``, instead of rejecting
                such clients.
            node_commands: commands that nodes may offer (gateway.nodes.commands.allow).
            channels: channels to people, such as ``telegram``.
            workspaces: the folder of the agents' workspaces, for their memory.
            memory_plugin: have the methods of our plugin for memory.
            prompt_plugin: have the method of our plugin for sensors in prompts.
            tools: the Gateway's own tools, by name.
            strict: raise ``ProtocolBroken`` at the end after any violation.
            tick_interval_s: between two `tick` events.
            tls: speak TLS, with the certificate that it holds.
            sleep: how the agents wait.
            clock: for the timeouts of runs and for ticks.
        """
        self.token = token or secrets.token_hex(16)
        self.agents: dict[str, SimulatedAgent] = {
            agent.id: agent for agent in agents or default_agents()
        }
        self.faults = GatewayFaults()
        self.violations: list[str] = []
        self.handshakes = 0
        self.invitations = Invitations(lambda: self.url, now_ms)
        self._authenticator = Authenticator(self.token, remote=remote, invitations=self.invitations)
        self._node_commands = frozenset(node_commands)
        self.channels = Channels(channels)
        default_agent = next(iter(self.agents))
        self.memory = AgentMemory(workspaces, default_agent, plugin=memory_plugin)
        self.prompt_sensors = PromptSensors(plugin=prompt_plugin)
        self._tools = tools
        self._trusted_proxy = trusted_proxy
        self._freeze_switch = FreezeSwitch()
        self._strict = strict
        self._port = port
        self._tls = tls
        self._tick_interval_s = tick_interval_s
        self._sleep = sleep
        self._given_clock = clock
        self._peers: set[ClientPeer] = set()
        self._server: Server | None = None
        self._ticker: Timer | None = None
        self._changes = Changes()

    @property
    def url(self) -> str:
        """``ws://127.0.0.1:<port>``, or ``wss:``; a restart keeps the port."""
        return f"{'ws' if self._tls is None else 'wss'}://127.0.0.1:{self._port}"

    @property
    def runs(self) -> list[SimulatedRun]:
        """All runs so far, in the order in which they began."""
        return self._runner.runs

    @property
    def commands(self) -> list[str]:
        """Messages that were taken for slash commands."""
        return self._methods.commands

    @property
    def connected(self) -> int:
        """The number of connected clients."""
        return len(self._peers)

    def now_ms(self) -> int:
        return now_ms()

    @property
    def requests(self) -> list[tuple[str, dict[str, Any]]]:
        """Every request after the handshakes: method and params."""
        return self._dispatcher.requests

    def asked(self, method: str) -> list[dict[str, Any]]:
        """The params of all requests of one method so far."""
        return [params for name, params in self.requests if name == method]

    async def wait_for(self, true: Callable[[], object], timeout_s: float = 5.0) -> None:
        """Until ``true()``, which is checked at each event of the simulator.

        Raises:
            TimeoutError: it stayed false; describes the simulator's state.
        """
        await self._changes.until(lambda: bool(true()), timeout_s, self._describe)

    def _describe(self) -> str:
        methods = [method for method, _ in self.requests]
        runs = [run.status for run in self.runs]
        return f"{self.connected} connected, requests: {methods}, runs: {runs}"

    # -- life --------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        clock = self._given_clock or asyncio.get_running_loop()
        self._clock: Clock = clock
        self.system_events = SystemEvents()
        self._runner = AgentRunner(
            self, self.faults, self._sleep, clock, self.system_events, self.prompt_sensors.lines
        )
        self.nodes = Nodes(self._node_commands, clock, self._publish_to_pairing)
        self.people = PeopleMethods(
            clock, now_ms, self._publish_to_answering, self.nodes, self._tools
        )
        self._methods = Methods(
            self.agents,
            next(iter(self.agents)),
            self._runner,
            self,
            clock,
            NodeMethods(
                self.nodes,
                self._authenticator.devices,
                self.invitations,
                self.system_events,
            ),
            self.channels,
            self.memory,
            self.prompt_sensors,
            self.people,
        )
        self._add_administration(clock)
        self._dispatcher = RequestDispatcher(
            self._methods, self.faults, self.violations.append, self.drop_connections
        )
        self._handshake = Handshake(
            self._authenticator,
            self.faults,
            self._methods.names,
            self._tick_interval_s,
            self.violations.append,
            clock,
        )
        await self.come_back()
        self._schedule_tick()
        return self

    def _add_administration(self, clock: Clock) -> None:
        """What an admin may change of the Gateway itself."""
        config = {
            "gateway": {
                "auth": {"mode": "token", "token": self.token},
                "nodes": {"commands": {"allow": sorted(self._node_commands)}},
            },
            "agents": {
                "entries": {
                    ident: {"name": ident.capitalize(), "model": f"scripted/{ident}"}
                    for ident in self.agents
                }
            },
            "tools": {"profile": "minimal"},
        }
        self.configuration = GatewayConfiguration(config, clock.time)
        self.cron = CronJobs(now_ms)
        add, admin = self._methods.add, "operator.admin"
        add("config.get", "operator.read", self.configuration.get)
        add("config.patch", admin, self.configuration.patch)
        add("config.apply", admin, self.configuration.apply)
        add("cron.add", admin, self.cron.add)
        add("cron.list", "operator.read", self.cron.list)
        add("cron.remove", admin, self.cron.remove)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        await self.go_away()
        if self._strict and self.violations and error is None:
            raise ProtocolBroken("; ".join(self.violations))

    async def come_back(self) -> None:
        """Listen (again) on the same port, as a new process without runs."""
        self._handshake.boot_id = str(uuid.uuid4())
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            ssl=self._tls,
            compression=None,
            max_size=MAX_FRAME_BYTES,
            ping_interval=_PING_S,
            process_request=self._before_websocket,
            create_connection=self._freeze_switch.connection_class(),
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    async def go_away(self) -> None:
        """Stop as a killed process: connections abort, runs end, the port closes."""
        server, self._server = self._server, None
        self._freeze_switch.thaw()
        if server is None:
            return
        for connection in list(server.connections):
            connection.transport.abort()
        server.close(close_connections=False)
        await server.wait_closed()
        await self._runner.stop()
        await self._dispatcher.close()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Stopped while the body runs, and listening again after it."""
        await self.go_away()
        try:
            yield
        finally:
            await self.come_back()

    # -- faults of connections ---------------------------------------------------------------------

    def drop_connections(self) -> None:
        """Abort all connections. Runs continue."""
        for peer in list(self._peers):
            peer.abort()

    async def close_connections(self, code: int, reason: str = "") -> None:
        """Close all connections with that code. Runs continue, and new connections are accepted."""
        await asyncio.gather(*(peer.socket.close(code, reason) for peer in list(self._peers)))

    async def shut_down(self, *, restart_expected_ms: int | None = None) -> None:
        """Shut down in order: `shutdown`, an error for every run, close 1012, stop."""
        notice: dict[str, Any] = {"reason": "gateway stopping"}
        if restart_expected_ms is not None:
            notice["restartExpectedMs"] = restart_expected_ms
        self.broadcast("shutdown", notice)
        self._runner.fail_all("Gateway is draining; new tasks are not accepted")
        await self.close_connections(CLOSE_RESTART, "service restart")
        await self.go_away()

    async def restart(self, *, in_order: bool = True, expected_ms: int | None = None) -> None:
        """Restart on the same address; the old process shuts down in order, or is killed."""
        if in_order:
            await self.shut_down(restart_expected_ms=expected_ms)
        else:
            await self.go_away()
        await self.come_back()

    def freeze(self) -> None:
        """Make all connections half-open: new ones are accepted; nothing is read or sent, not even
        a pong."""
        self._freeze_switch.freeze()

    def thaw(self) -> None:
        """Continue where ``freeze`` stopped."""
        self._freeze_switch.thaw()

    def approve(self, request_id: str) -> None:
        """Pair a device, as ``openclaw devices approve`` does."""
        self._authenticator.devices.approve(request_id)

    def approve_node(self, request_id: str) -> None:
        """Approve a node's commands, as ``openclaw nodes approve`` does."""
        self.nodes.approve(request_id)

    def tick(self) -> None:
        """Send a `tick` to everyone now."""
        self.broadcast("tick", {"ts": now_ms()})

    def skip_events(self, events: int) -> None:
        """Leave a gap in the numbering of every connection's events."""
        for peer in self._peers:
            peer.skip(events)

    def broadcast(self, event: str, payload: Any) -> None:
        """Send any event to everyone, well-formed or not."""
        for peer in self._peers:
            peer.event(event, payload)

    async def send_text(self, text: str) -> None:
        """Send any text to everyone, a frame or not."""
        for peer in list(self._peers):
            await peer.socket.send(text)

    # -- the host of runs --------------------------------------------------------------------------

    def publish(self, event: str, payload: dict[str, Any]) -> None:
        """Send an event of a run to every client that receives these."""
        fault, delay_s = self.faults.event_fault(event, payload)
        for peer in self._peers:
            if peer.hears_runs:
                peer.event(event, payload, fault, delay_s=delay_s)
        self._changes.notify()

    async def use_tool(self, name: str, arguments: dict[str, Any], session_key: str) -> str:
        """Call a node's tool, or the agent's own ``memory_search``; returns the text that the agent
        reads as its result."""
        if name == "memory_search":
            return self.memory.search_tool(session_key, arguments)
        return await self.nodes.use_tool(name, arguments, session_key)

    async def ask_user(self, arguments: dict[str, Any], run: SimulatedRun) -> str:
        """Ask people for an agent; returns the text that it reads as the result."""
        owner = run.owner
        may = isinstance(owner, ClientPeer) and owner.admission.may(SCOPE)
        session = run.session
        return await self.people.questions.ask(
            arguments, agent=session.agent.id, session_key=session.key, run_id=run.id, may=may
        )

    def _publish_to_answering(self, event: str, payload: dict[str, Any]) -> None:
        for peer in self._peers:
            if peer.admission.may(SCOPE):
                peer.event(event, payload)
        self._changes.notify()

    def _publish_to_pairing(self, event: str, payload: dict[str, Any]) -> None:
        for peer in self._peers:
            if peer.admission.may("operator.pairing"):
                peer.event(event, payload)
        self._changes.notify()

    async def _serve(self, socket: ServerConnection) -> None:
        try:
            peer = await self._handshake.greet(socket)
            self.handshakes += 1
            self._changes.notify()
            if peer is None:
                return
            self._peers.add(peer)
            if peer.admission.role == "node":
                self.nodes.came(peer)
            else:
                peer.event("health", {"ok": True, "ts": now_ms()})
            self._changes.notify()
            try:
                async for text in socket:
                    self._dispatcher.take(peer, text)
                    self._changes.notify()
            finally:
                self._peers.discard(peer)
                peer.gone()
                self.nodes.went(peer)
                self.people.gone(peer)
                self._changes.notify()
        except ConnectionClosed:
            pass

    def _before_websocket(
        self, connection: ServerConnection, request: HttpRequest
    ) -> HttpResponse | None:
        """Show the page of an invitation, and reject an untrusted proxy."""
        if request.path.startswith(PAGES):
            return connection.respond(*self.invitations.read_page(request.path))
        if FORWARDED not in request.headers or self._trusted_proxy:
            return None
        return connection.respond(HTTPStatus.FORBIDDEN, "untrusted proxy\n")

    def _schedule_tick(self) -> None:
        self._ticker = self._clock.call_later(self._tick_interval_s, self._tick_and_schedule)

    def _tick_and_schedule(self) -> None:
        self.tick()
        self._schedule_tick()
