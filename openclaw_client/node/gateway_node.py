"""A node of the Gateway: a connection that declares commands and executes them.

After each connect the node publishes its tools, since the Gateway drops them with the connection.
Every minute it reports the machine's load, which ``openclaw nodes status`` shows. The operator
approves twice: the device, unless it is on the Gateway's machine, and the commands. The log says
which command to run for each. A node that joined by a code needs no approval.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, Final, Self, TypeAlias

from logs import FaultLog
from openclaw_client.clock import Clock, sleep
from openclaw_client.errors import AuditError, NotConnected, OpenClawError, RequestFailed
from openclaw_client.identity.device_store import DeviceStore, default_state_dir
from openclaw_client.node.approval import Approval, approval_of, approval_of_tools
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import CommandGate, NodeCommand, NodeCommands
from openclaw_client.node.dispatcher import Dispatcher, InvokeResult, RateLimit
from openclaw_client.node.system_commands import host_stats
from openclaw_client.node.tool_names import machine_name, others_with_tools, tool_prefix
from openclaw_client.protocol.frames import Event
from openclaw_client.protocol.handshake import node_role
from openclaw_client.protocol.payloads import (
    InvokeCancel,
    InvokeRequest,
    NodeRow,
    PairResolved,
    ToolsPublished,
)
from openclaw_client.protocol.wire import read_payload
from openclaw_client.settings import OpenClawConfig
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ConnectionStatus, ReconnectingConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

STATS_INTERVAL_S: Final = 60.0
"""The interval of OpenClaw's own nodes."""
RETRY_S: Final = 30.0
"""Between two attempts to look up the approval or to open the audit log."""
AUDIT_FILE: Final = "node-audit.jsonl"
_PUBLISH_ATTEMPTS: Final = 5
_PUBLISH_AGAIN_S: Final = 1.0
"""Between two attempts to publish the tools: for a moment after an invitation was used, the Gateway
answers that the pairing has changed."""
MAX_CONCURRENT: Final = 32
"""Commands that may run at a time; one agent's turn sends them one after the other."""

ListNodes: TypeAlias = Callable[[], Awaitable[Sequence[NodeRow]]]
"""Requests ``node.list``, which a node itself may not."""


class GatewayNode:
    """Receives and executes the commands of agents. An async context manager: it connects in the
    background and reconnects, like the connection for turns."""

    def __init__(
        self,
        config: OpenClawConfig,
        commands: Iterable[NodeCommand],
        devices: DeviceStore,
        list_nodes: ListNodes | None = None,
        *,
        gate: CommandGate | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``list_nodes`` uses an operator's connection. With the same device key the Gateway tells
        it the id of the request to approve. Without it, the node learns which of its commands are
        approved from the answer to its tools, and prefixes their names unless the settings ask for
        plain ones. ``gate`` may refuse commands."""
        settings = config.node
        self.name = machine_name(settings)
        self.commands = NodeCommands(commands, settings.commands, gate)
        self.advice = ""
        """What the operator still has to do; empty if nothing."""
        self.usable: tuple[str, ...] = ()
        """The commands that agents can use, as far as is known."""
        self.checked = False
        """Whether the Gateway has answered which commands are approved."""
        self.prefix = self._first_prefix(settings.tool_names, has_list=list_nodes is not None)
        """What stands before the names of its tools."""
        self._follows_others = settings.tool_names == "auto" and list_nodes is not None
        self._devices = devices
        self._list_nodes = list_nodes
        self.audit = AuditLog(
            settings.audit_log or (config.state_dir or default_state_dir()) / AUDIT_FILE,
            max_bytes=settings.audit_max_bytes,
            files_kept=settings.audit_files_kept,
        )
        self._connection = ReconnectingConnection(
            config,
            clock=clock,
            chance=chance,
            devices=devices,
            role=node_role(self.commands.names, self.name),
            on_connected=self._on_connected,
        )
        self._connection.add_listener(self)
        self._listeners: list[Callable[[], None]] = []
        self._limit = RateLimit(settings.commands_per_minute)
        self._resources = ExitStack()
        self._current: GatewayConnection | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks = OwnedTasks(log)
        self._faults = FaultLog(log)

    def _first_prefix(self, names: str, *, has_list: bool) -> str:
        plain = names == "plain" or (names == "auto" and has_list)
        return "" if plain else tool_prefix(self.name)

    @property
    def status(self) -> ConnectionStatus:
        """State of the connection, for an operator."""
        return self._connection.status

    async def __aenter__(self) -> Self:
        self._dispatcher = Dispatcher(
            self.commands, self._limit, self.audit, self._connection.clock
        )
        if not self._begin(logging.ERROR):
            self._tasks.spawn(self._begin_when_possible(), "begin to serve")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
        await self._tasks.aclose()
        self._resources.close()
        if outcomes := self._dispatcher.outcomes:
            counts = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
            log.info("commands from agents: %s", counts)

    def _begin(self, level: int) -> bool:
        """Connect, if the audit log can be written; else log that at ``level``."""
        try:
            self._resources.enter_context(self.audit)
        except AuditError as error:
            log.log(level, "the node is off, so agents cannot send commands: %s", error)
            return False
        self._connection.start()
        return True

    async def _begin_when_possible(self) -> None:
        """Retry: a full disk may get room again."""
        while True:
            await sleep(self._connection.clock, RETRY_S)
            if self._begin(logging.DEBUG):
                return

    async def send_event(self, event: str, payload: dict[str, Any]) -> None:
        """Send ``node.event`` over the present connection.

        Raises:
            NotConnected: there is none.
            GatewayUnreachable, RequestFailed: it was not taken, or that is unknown.
        """
        if (connection := self._current) is None:
            raise NotConnected("the node is not connected to the Gateway")
        await connection.request("node.event", {"event": event, "payload": payload})

    def on_connected(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each connect. It must neither block nor raise."""
        self._listeners.append(listener)

    # -- what the connection reports --------------------------------------------------------

    def on_event(self, event: Event) -> None:
        match event.payload:
            case InvokeRequest() as invocation:
                self._accept(invocation)
            case InvokeCancel(invoke_id=ident):
                if (task := self._running.get(ident)) is not None:
                    task.cancel()
            case PairResolved():
                self._tasks.spawn(self._check_approval(), "look at the approval")

    def on_events_lost(self) -> None:
        """Ignored: the agent that waits for a lost command may send it again."""

    def on_connection_lost(self, why: str) -> None:
        """Cancel the running commands: OpenClaw has reported them to the agents as failed."""
        self._current = None
        self._tasks.cancel()

    def _on_connected(self, connection: GatewayConnection) -> None:
        self._current = connection
        self._tasks.spawn(self._publish_tools(connection), "publish the tools")
        self._tasks.spawn(self._check_approval(), "look at the approval")
        self._tasks.spawn(self._report_load(connection), "report the load")
        for listener in self._listeners:
            listener()

    # -- commands ---------------------------------------------------------------------------

    def _accept(self, invocation: InvokeRequest) -> None:
        connection = self._current
        if connection is None or invocation.id in self._running:
            return
        if len(self._running) >= MAX_CONCURRENT:
            self._faults.tell(
                logging.WARNING, "%d commands are running; one more is refused", MAX_CONCURRENT
            )
            busy = self._dispatcher.refuse(invocation, "too many commands are running")
            self._tasks.spawn(self._send_result(busy, invocation, connection), "refuse a command")
            return
        task = self._tasks.spawn(self._execute(invocation, connection), f"command {invocation.id}")
        self._running[invocation.id] = task
        task.add_done_callback(lambda _: self._running.pop(invocation.id, None))

    async def _execute(self, invocation: InvokeRequest, connection: GatewayConnection) -> None:
        answer = await self._dispatcher.answer(invocation)
        await self._send_result(answer, invocation, connection)

    async def _send_result(
        self, answer: InvokeResult, invocation: InvokeRequest, connection: GatewayConnection
    ) -> None:
        try:
            await connection.request("node.invoke.result", answer.params(invocation))
        except OpenClawError as error:
            self._faults.tell(
                logging.WARNING, "the answer to a command did not get through: %s", error
            )

    # -- what follows each connect ----------------------------------------------------------

    async def _publish_tools(self, connection: GatewayConnection) -> None:
        """Publish also before the approval: what is approved later becomes a tool by itself."""
        await self._avoid_same_names()
        answer = None
        for _ in range(_PUBLISH_ATTEMPTS):
            answer = await self._try(
                connection, "node.pluginTools.update", {"tools": self.commands.tools(self.prefix)}
            )
            if answer is not None or connection.ended:
                break
            await sleep(self._connection.clock, _PUBLISH_AGAIN_S)
        if answer is not None and self._list_nodes is None:
            usable = read_payload(ToolsPublished, answer, "the answer to node.pluginTools.update")
            names = [tool.name for tool in usable.tools]
            self._note(approval_of_tools(names, self.commands.tools(self.prefix)))

    async def _avoid_same_names(self) -> bool:
        """Take the prefix once another node publishes such tools; whether the names changed."""
        if not self._follows_others or self.prefix:
            return False
        others = others_with_tools(await self._listed(), self._devices.key().id)
        if not others:
            return False
        self.prefix = tool_prefix(self.name)
        log.info(
            "%s offers tools of the same names to this Gateway, so the tools of this machine begin "
            "with %s",
            others[0].display_name or others[0].node_id[:12],
            self.prefix,
        )
        same = [row for row in others if tool_prefix(row.display_name or "") == self.prefix]
        if same:
            log.warning(
                "the tools of the node %s begin with %s too, so OpenClaw renames those of both: "
                "set openclaw.node.name to another name here",
                same[0].display_name,
                self.prefix,
            )
        return True

    async def _check_approval(self) -> None:
        if self._list_nodes is None:
            if (connection := self._current) is not None:
                await self._publish_tools(connection)
            return
        own_id = self._devices.key().id
        row = next((row for row in await self._listed() if row.node_id == own_id), None)
        self._note(approval_of(row, self.commands.names))

    def _note(self, approval: Approval) -> None:
        self.checked, self.usable = True, approval.usable
        if approval.advice and approval.advice != self.advice:
            log.warning("agents cannot use all commands of the node: %s", approval.advice)
        elif not approval.advice:
            log.info("agents can use: %s", ", ".join(approval.usable))
        self.advice = approval.advice

    async def _listed(self) -> Sequence[NodeRow]:
        """The Gateway's nodes. The operator's connection may open later."""
        assert self._list_nodes is not None
        level = logging.WARNING
        while True:
            try:
                return await self._list_nodes()
            except OpenClawError as error:
                log.log(level, "could not look up the nodes of the Gateway: %s", error)
                level = logging.DEBUG
            await sleep(self._connection.clock, RETRY_S)

    async def _report_load(self, connection: GatewayConnection) -> None:
        while not connection.ended:
            stats = {"event": "node.host.stats", "payload": host_stats()}
            await self._try(connection, "node.event", stats)
            await sleep(self._connection.clock, STATS_INTERVAL_S)
            if await self._avoid_same_names():
                await self._publish_tools(connection)

    async def _try(self, connection: GatewayConnection, method: str, params: dict[str, Any]) -> Any:
        """Send a request that may fail: it is repeated with the next minute or connection. None if
        it failed, else its answer."""
        try:
            return await connection.request(method, params)
        except RequestFailed as refused:
            unapproved = refused.code == "UNAVAILABLE"
            self._faults.tell(logging.DEBUG if unapproved else logging.WARNING, "%s", refused)
        except OpenClawError as error:
            log.debug("%s", error)
        return None
