"""The one connection to the Gateway and all turns over it, and what every client offers of it."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from openclaw_client.clock import Clock
from openclaw_client.errors import OpenClawError
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.protocol.handshake import Role, operator_role
from openclaw_client.protocol.payloads import AgentInfo, AgentsList, InvokeAnswer, NodeList, NodeRow
from openclaw_client.protocol.wire import read_payload
from openclaw_client.runs.turn_runner import TurnRunner
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ConnectionStatus, ReconnectingConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_ANSWER_S: Final = 2.0
"""How long the Gateway may take to report that a node did not answer in time."""

OnAgents = Callable[[Sequence[AgentInfo]], None]


class Gateway:
    """The connection and the turns that the clients of all guilds share."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] | None = None,
        devices: DeviceStore | None = None,
        role: Role | None = None,
    ) -> None:
        self.config = config
        self.connection = ReconnectingConnection(
            config,
            clock=clock,
            chance=chance or random.random,
            devices=devices,
            role=role or operator_role(questions=config.answer_questions),
            on_connected=self._on_connected,
        )
        self.turns = TurnRunner(self.connection)
        self._current: GatewayConnection | None = None
        self._agent_listeners: list[OnAgents] = []
        self._connected_listeners: list[Callable[[GatewayConnection], None]] = []
        self._tasks = OwnedTasks(log)

    def start(self) -> None:
        """Connect in the background, and keep trying."""
        self.connection.start()

    async def connect(self) -> None:
        """Connect, and wait for the Gateway's ``hello-ok``.

        Raises:
            GatewayRefused: the Gateway refused the connection, and waiting does not help.
            GatewayUnreachable: no answer within ``retry_timeout``.
        """
        self.start()
        await self.ready()

    async def ready(self) -> GatewayConnection:
        """The open connection, awaited for ``retry_timeout``; errors as for ``connect``."""
        return await self.connection.ready(self.config.retry_timeout)

    def on_agents(self, listener: OnAgents) -> None:
        """Call ``listener`` with the Gateway's agents, now and after each connect. It must neither
        block nor raise."""
        self._agent_listeners.append(listener)
        if (connection := self.open_connection) is not None:
            self._list_agents_for_listeners(connection)

    def on_connected(self, listener: Callable[[GatewayConnection], None]) -> None:
        """Call ``listener`` with each new connection. It must neither block nor raise."""
        self._connected_listeners.append(listener)

    @property
    def open_connection(self) -> GatewayConnection | None:
        """The present connection."""
        current = self._current
        return None if current is None or current.ended else current

    def _on_connected(self, connection: GatewayConnection) -> None:
        self._current = connection
        for listener in self._connected_listeners:
            listener(connection)
        self._list_agents_for_listeners(connection)

    def _list_agents_for_listeners(self, connection: GatewayConnection) -> None:
        if self._agent_listeners:
            self._tasks.cancel()
            self._tasks.spawn(self._announce_agents(connection), "announce the agents")

    async def _announce_agents(self, connection: GatewayConnection) -> None:
        try:
            agents = await list_agents(connection)
        except OpenClawError as error:
            log.info("the Gateway did not list its agents: %s", error)
            return
        for listener in self._agent_listeners:
            listener(agents)

    async def close(self) -> None:
        """Abort the running turns, then disconnect."""
        self._tasks.cancel()
        await self._tasks.wait()
        await self.turns.stop_all("the client disconnects")
        await self.connection.close()
        await self.turns.settle()
        if self.connection.stats.turns_started:
            log.info("%s: %s", self.config.ws_url, self.connection.stats)


class GatewayClient:
    """What each client offers of the connection, whether it owns the connection or shares it."""

    def __init__(self, gateway: Gateway) -> None:
        self.config = gateway.config
        self._gateway = gateway

    @property
    def gateway(self) -> Gateway:
        """The connection, for what follows its events."""
        return self._gateway

    @property
    def status(self) -> ConnectionStatus:
        """State of the connection, for an operator."""
        return self._gateway.connection.status

    @property
    def stats(self) -> GatewayStats:
        """Counters and times since the start."""
        return self._gateway.connection.stats

    async def connect(self) -> None:
        """Connect, and stay connected.

        Raises:
            GatewayRefused: the Gateway refused the connection; the text says what to do.
            GatewayUnreachable: no answer within ``retry_timeout``; attempts go on.
        """
        await self._gateway.connect()

    async def retry(self) -> ConnectionStatus:
        """Try to connect once more, at a user's request, and return the resulting status.

        After a refused key (state ``STOPPED``) the client makes no attempt until this or
        ``connect`` is called: first a person has to fix what ``status.problem`` names. While
        attempts go on anyway, the next one is made at once. An open connection stays as it is. The
        call takes ``retry_timeout`` at most; attempts go on afterwards unless the key is refused
        again.
        """
        with suppress(OpenClawError):
            await self._gateway.connect()
        return self.status

    async def list_agents(self) -> list[AgentInfo]:
        """The agents that the Gateway has.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable, RequestFailed: the request failed.
        """
        return await list_agents(await self._gateway.ready())

    async def send_to_channel(
        self, channel: str, to: str, text: str, *, key: str, silent: bool = False
    ) -> None:
        """Send a message to a person over a channel of the Gateway, such as ``telegram``.

        The Gateway sends one ``key`` once within five minutes, over whichever connection.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable: it was not sent, or that is unknown.
            RequestFailed: the Gateway or the channel did not take it.
        """
        connection = await self._gateway.ready()
        params = {"channel": channel, "to": to, "message": text, "idempotencyKey": key}
        await connection.request("send", {**params, "silent": True} if silent else params)

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        """Request a method of a plugin of the Gateway; returns the payload of its answer.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable: it was not sent, or that is unknown.
            RequestFailed: the Gateway does not have the method, or the plugin refuses.
        """
        connection = await self._gateway.ready()
        return await connection.request(method, params)

    async def nodes(self) -> list[NodeRow]:
        """The nodes that the Gateway knows; errors as for ``list_agents``."""
        connection = await self._gateway.ready()
        answer = await connection.request("node.list", {})
        return read_payload(NodeList, answer, "the answer to node.list").nodes

    async def invoke_node(
        self,
        node_id: str,
        command: str,
        params: Mapping[str, Any],
        *,
        session_key: str,
        within_s: float,
    ) -> dict[str, Any]:
        """Send a command to a node, as from that session, and return its payload.

        Raises:
            RequestFailed: the Gateway or the node refused it.
            NotConnected, GatewayRefused, GatewayUnreachable: no answer came, and whether it was
                carried out is unknown.
        """
        connection = await self._gateway.ready()
        asked = {
            "nodeId": node_id,
            "command": command,
            "params": dict(params),
            "sessionKey": session_key,
            "timeoutMs": round(within_s * 1000),
            "idempotencyKey": str(uuid.uuid4()),
        }
        answer = await connection.request("node.invoke", asked, timeout_s=within_s + _ANSWER_S)
        return read_payload(InvokeAnswer, answer, "the answer to node.invoke").payload


async def list_agents(connection: GatewayConnection) -> list[AgentInfo]:
    """Request ``agents.list``; each agent once.

    Raises:
        GatewayUnreachable, RequestFailed, ProtocolViolation: the request failed.
    """
    answer = await connection.request("agents.list", {})
    listed = read_payload(AgentsList, answer, "the answer to agents.list")
    rows = {agent.id: agent for agent in listed.agents}
    return [AgentInfo(row.id, row.name, row.id == listed.default_id) for row in rows.values()]
