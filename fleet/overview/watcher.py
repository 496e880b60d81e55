"""Looks at the fleet: the Gateway's list of nodes, and what the nodes say of themselves.

The list needs the scope ``operator.read``. GPUs, rooms, jobs and alerts are asked of the nodes by
``node.invoke``, which needs ``operator.write``; without it they are not shown. Only commands that
a node offers and the operator has approved are sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from fleet.overview.model import (
    Configurations,
    ConfigurationState,
    ConfigurationStates,
    FleetNode,
    FleetState,
)
from fleet.overview.rows import (
    Details,
    fleet_node,
    with_alerts,
    with_gpus,
    with_jobs,
    with_rooms,
)
from openclaw_client.clock import Clock, time_limit
from openclaw_client.errors import OpenClawError
from openclaw_client.gateway import GatewayClient
from openclaw_client.protocol.payloads import NodeRow
from openclaw_client.session_keys import check_agent_id
from tasks import OwnedTasks

log = logging.getLogger(__name__)

LIST_S: Final = 3.0
"""Seconds for which a list of the nodes is fresh."""
DETAILS_S: Final = 30.0
"""Seconds for which a node's answers are fresh. A node takes 20 commands a minute of a session; an
overview sends it 8 at most."""
PLANE_S: Final = 10.0
"""Seconds for which an answer of the control plane is fresh."""
LIST_WITHIN_S: Final = 5.0
ANSWER_WITHIN_S: Final = 5.0
READ_ONLY: Final = (
    "the Gateway grants this connection operator.read alone, so GPUs, rooms, jobs and alerts are "
    "not asked for (they need operator.write)"
)
_QUESTIONS: Final[Mapping[str, Callable[[Details, Mapping[str, Any]], Details]]] = {
    "voice.status": with_rooms,
    "job.list": with_jobs,
    "fleet.status": with_alerts,
}
"""The commands that are asked, beside those about GPUs, and how their answers are read."""


class FleetGateway(Protocol):
    """What the overview needs of the Gateway's connection; it raises `OpenClawError`."""

    async def nodes(self) -> Sequence[NodeRow]: ...

    async def invoke_node(
        self,
        node_id: str,
        command: str,
        params: Mapping[str, Any],
        *,
        session_key: str,
        within_s: float,
    ) -> dict[str, Any]: ...


@dataclass(slots=True)
class _Known:
    """What is known of one node."""

    details: Details = field(default_factory=Details)
    asked_at: float | None = None
    """Time of the last questions; None before the first, and after a reconnect."""
    without_gpus: bool = False
    """Whether it has answered that it has none."""
    under_way: asyncio.Task[None] | None = None


class FleetOverview:
    """The fleet as an operator sees it. It asks when it is looked at, and not between."""

    def __init__(
        self,
        gateway: FleetGateway,
        agent_id: str,
        *,
        may_invoke: Callable[[], bool],
        desired: ConfigurationStates | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``agent_id`` is the agent as whose owner the nodes are asked; none of its sessions is
        touched. ``may_invoke`` says whether the connection has ``operator.write``."""
        self._gateway = gateway
        self._session = f"agent:{check_agent_id(agent_id)}:main:thread:fleet-overview"
        self._may_invoke = may_invoke
        self._desired = desired
        self._given_clock = clock
        self._rows: Sequence[NodeRow] = ()
        self._listed_at: float | None = None
        self._problem = ""
        self._known: dict[str, _Known] = {}
        self._configurations = Configurations({})
        self._plane_asked_at: float | None = None
        self._asking_plane: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._tasks = OwnedTasks(log)

    async def look(self) -> FleetState:
        """What is known now, with a list that is `LIST_S` old at most. Questions to nodes and to
        the control plane begin here and are not waited for."""
        async with self._looking:
            if self._listed_at is None or self._now() - self._listed_at >= LIST_S:
                await self._list()
            self._ask_nodes()
            self._ask_plane()
            return self._state()

    async def look_closely(self) -> FleetState:
        """As `look`, but with the answers of all nodes and of the control plane, or that they gave
        none in time."""
        await self.look()
        asked = [self._asking_plane, *(each.under_way for each in self._known.values())]
        running = [each for each in asked if each is not None]
        await asyncio.gather(*running, return_exceptions=True)
        return self._state()

    async def aclose(self) -> None:
        """End the questions that are under way."""
        await self._tasks.aclose()

    def _now(self) -> float:
        return self._clock.time()

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    def _state(self) -> FleetState:
        nodes = [self._node(row) for row in self._rows]
        nodes.sort(key=lambda node: (node.name.casefold(), node.id))
        limited = READ_ONLY if self._listed_at is not None and not self._may_invoke() else ""
        return FleetState(tuple(nodes), self._problem, limited)

    def _node(self, row: NodeRow) -> FleetNode:
        details = self._known[row.node_id].details
        node = fleet_node(row, details)
        known = self._configurations
        desired = known.states.get(details.bot_id or row.display_name)
        if known.problem and node.kind != "companion":
            desired = ConfigurationState("", "", known.problem)
        return replace(node, desired=desired)

    async def _list(self) -> None:
        try:
            async with time_limit(self._clock, LIST_WITHIN_S):
                rows = await self._gateway.nodes()
        except (OpenClawError, TimeoutError) as error:
            self._problem = str(error) or "the Gateway did not answer"
            return
        self._note(rows)
        self._problem, self._listed_at = "", self._now()

    def _note(self, rows: Sequence[NodeRow]) -> None:
        """Take a new list, and forget what is known of nodes that are no longer on it."""
        self._rows = rows
        ids = {row.node_id for row in rows}
        for gone in self._known.keys() - ids:
            forgotten = self._known.pop(gone)
            if forgotten.under_way is not None:
                forgotten.under_way.cancel()
        for row in rows:
            known = self._known.setdefault(row.node_id, _Known())
            if not row.connected:
                known.asked_at, known.without_gpus = None, False

    def _ask_nodes(self) -> None:
        if not self._may_invoke():
            return
        for row in self._rows:
            known = self._known[row.node_id]
            fresh = known.asked_at is not None and self._now() - known.asked_at < DETAILS_S
            if row.connected and row.commands and not fresh and known.under_way is None:
                known.asked_at = self._now()
                known.under_way = self._tasks.spawn(self._ask(row, known), "ask a node")

    def _ask_plane(self) -> None:
        if self._desired is None or self._asking_plane is not None:
            return
        if self._plane_asked_at is None or self._now() - self._plane_asked_at >= PLANE_S:
            self._plane_asked_at = self._now()
            asking = self._ask_configurations(self._desired)
            self._asking_plane = self._tasks.spawn(asking, "ask the control plane")

    async def _ask_configurations(self, plane: ConfigurationStates) -> None:
        try:
            self._configurations = await plane.configurations()
        finally:
            self._asking_plane = None

    async def _ask(self, row: NodeRow, known: _Known) -> None:
        try:
            before = replace(known.details, unknown=())
            details = await self._ask_gpus(row, known, before)
            for command, read in _QUESTIONS.items():
                if command in row.commands:
                    details = await self._answer(row, command, read, details)
            known.details = details
        finally:
            known.under_way = None

    async def _ask_gpus(self, row: NodeRow, known: _Known, details: Details) -> Details:
        """A machine without a GPU refuses ``gpu.metrics``, so it is asked for its list first, once
        for each connection."""
        if "gpu.list" in row.commands and not details.gpus and not known.without_gpus:
            details = await self._answer(row, "gpu.list", with_gpus, details)
            known.without_gpus = not details.gpus and not details.unknown
        if "gpu.metrics" in row.commands and details.gpus:
            details = await self._answer(row, "gpu.metrics", with_gpus, details)
        return details

    async def _answer(
        self,
        row: NodeRow,
        command: str,
        read: Callable[[Details, Mapping[str, Any]], Details],
        details: Details,
    ) -> Details:
        try:
            answer = await self._gateway.invoke_node(
                row.node_id, command, {}, session_key=self._session, within_s=ANSWER_WITHIN_S
            )
        except OpenClawError as error:
            return replace(details, unknown=(*details.unknown, f"{command}: {error}"))
        return read(details, answer)


def overview_of(client: GatewayClient, desired: ConfigurationStates | None = None) -> FleetOverview:
    """The overview over a client's connection, with the rights that it has."""

    def may_invoke() -> bool:
        return bool({"operator.write", "operator.admin"} & set(client.status.scopes))

    agent = client.config.agent_id
    return FleetOverview(client, agent, may_invoke=may_invoke, desired=desired)
