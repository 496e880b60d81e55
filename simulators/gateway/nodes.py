"""The simulated Gateway's nodes: their usable commands, their tools, and invocation.

The rules are those seen on OpenClaw 2026.9.6 (docs/gateway.md). A command is usable when the
Gateway's configuration allows it, the node has declared it, and an operator has approved it.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openclaw_client.clock import Clock, time_limit
from simulators.gateway.handshake import now_ms
from simulators.gateway.params import NodeInvokeParams, NodeInvokeResultParams
from simulators.gateway.peer import ClientPeer
from simulators.gateway.refusal import Refusal, invalid

Payload = dict[str, Any]

CLOSE_REMOVED = 4001
TOOL_TIMEOUT_MS = 30_000
"""Timeout of an agent's tool call; a constant in OpenClaw's source, and observed."""


@dataclass(slots=True, eq=False)
class Node:
    """A device in its role as a node. ``peer`` is None while it is away."""

    id: str
    name: str = ""
    peer: ClientPeer | None = None
    declared: tuple[str, ...] = ()
    """The declared commands that the configuration allows."""
    approved: frozenset[str] | None = None
    """The approved commands; None before the first approval."""
    pending: str | None = None
    """The id of the request to approve the other declared commands."""
    published: list[Payload] = field(default_factory=list)
    settling: bool = False
    """Whether an invitation approves it at this moment: its first request comes too early."""
    host_stats: Payload | None = None
    caps: frozenset[str] = frozenset()
    platform: str = ""
    version: str = ""
    last_seen_ms: int = 0
    """When its last connection began."""

    @property
    def usable(self) -> list[str]:
        return [name for name in self.declared if name in (self.approved or ())]

    @property
    def tools(self) -> list[Payload]:
        """The published tools whose command is usable."""
        return [tool for tool in self.published if tool.get("command") in self.usable]

    @property
    def approval_state(self) -> str:
        if self.pending is None:
            return "unapproved" if self.approved is None else "approved"
        return "pending-approval" if self.approved is None else "pending-reapproval"

    def row(self) -> Payload:
        """The node's row in lists of nodes."""
        row: Payload = {
            "nodeId": self.id,
            "displayName": self.name,
            "clientId": "node-host",
            "clientMode": "node",
            "platform": self.platform,
            "version": self.version,
            "caps": [] if self.approved is None else sorted(self.caps),
            "commands": sorted(self.usable if self.peer else self.approved or ()),
            "nodePluginTools": self.tools,
            "approvalState": self.approval_state,
            "paired": True,
            "connected": self.peer is not None,
            "lastSeenAtMs": self.last_seen_ms,
        }
        if self.pending is not None:
            row["pendingDeclaredCommands"] = list(self.declared)
        if self.host_stats is not None:
            row["hostStats"] = self.host_stats
        return row


@dataclass(slots=True, eq=False)
class _Asked:
    """A command that a node has not answered yet."""

    node: Node
    command: str
    answered: asyncio.Future[NodeInvokeResultParams]


class Nodes:
    """All nodes that ever connected. ``allow`` is ``gateway.nodes.commands.allow``."""

    def __init__(
        self, allow: Iterable[str], clock: Clock, announce: Callable[[str, Payload], None]
    ) -> None:
        """``announce`` sends an event to operators with the pairing scope."""
        self.allow = set(allow)
        self.all: dict[str, Node] = {}
        self._clock = clock
        self._announce = announce
        self._asked: dict[str, _Asked] = {}
        self._closing: set[asyncio.Future[None]] = set()

    @property
    def open_requests(self) -> list[str]:
        """The ids of unanswered invocations."""
        return list(self._asked)

    # -- coming and going ----------------------------------------------------------------------

    def came(self, peer: ClientPeer) -> None:
        """A node has connected; the newest connection of a device is the node."""
        admission = peer.admission
        node = self.all.setdefault(str(admission.device_id), Node(str(admission.device_id)))
        node.peer, node.name, node.published = peer, admission.display_name, []
        node.platform, node.version = admission.platform, admission.version
        node.caps, node.last_seen_ms = admission.caps, now_ms()
        node.declared = tuple(name for name in admission.commands if name in self.allow)
        if admission.invited:
            node.approved, node.pending, node.settling = frozenset(node.declared), None, True
        elif node.approved is None or not set(node.declared) <= node.approved:
            node.pending = str(uuid.uuid4())
            request = {"requestId": node.pending, "nodeId": node.id, "displayName": node.name}
            self._announce("node.pair.requested", {**request, "commands": list(node.declared)})
        else:
            node.pending = None

    def went(self, peer: ClientPeer) -> None:
        for node in self.all.values():
            if node.peer is peer:
                node.peer, node.published = None, []
        gone = [ident for ident, asked in self._asked.items() if asked.node.peer is None]
        for ident in gone:
            asked = self._asked.pop(ident)
            if not asked.answered.done():
                text = f"node disconnected ({asked.command})"
                asked.answered.set_exception(_node_error("DISCONNECTED", text))

    def approve(self, request_id: str) -> Node:
        """What ``openclaw nodes approve`` does.

        Raises:
            KeyError: no such request.
        """
        node = next((each for each in self.all.values() if each.pending == request_id), None)
        if node is None:
            raise KeyError(request_id)
        node.approved, node.pending = frozenset(node.declared), None
        decided = {"requestId": request_id, "nodeId": node.id, "decision": "approved"}
        self._announce("node.pair.resolved", decided)
        if node.peer is not None:
            node.peer.tell("node.pair.resolved", decided)
        return node

    def remove(self, node_id: str) -> None:
        """What ``openclaw nodes remove`` does.

        Raises:
            KeyError: no such node.
        """
        node = self.all.pop(node_id)
        if node.peer is not None:
            closing = asyncio.ensure_future(node.peer.socket.close(CLOSE_REMOVED, "device removed"))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    # -- looking -------------------------------------------------------------------------------

    def of(self, device_id: str | None) -> Node:
        """The node of a device."""
        return self.all[str(device_id)]

    def pending(self) -> list[Payload]:
        """The requests that wait for approval."""
        return [
            {"requestId": node.pending, "nodeId": node.id, "commands": list(node.declared)}
            for node in self.all.values()
            if node.pending is not None
        ]

    def paired(self) -> list[Payload]:
        """The nodes with approved commands."""
        return [node.row() for node in self.all.values() if node.approved is not None]

    def rows(self, device_id: str | None, *, may_pair: bool) -> list[Payload]:
        """The rows of ``node.list``; request ids for the pairing scope and the node itself."""
        rows = []
        for node in self.all.values():
            row = node.row()
            if node.pending is not None and (may_pair or node.id == device_id):
                row["pendingRequestId"] = node.pending
            rows.append(row)
        return rows

    # -- asking --------------------------------------------------------------------------------

    async def use_tool(
        self, name: str, arguments: Mapping[str, Any], session_key: str, call_id: str | None = None
    ) -> str:
        """Call a tool for an agent; returns the text that the agent reads as its result.

        The arguments are validated against the tool's schema first.
        """
        found = self._tool(name)
        if found is None:
            return _tool_error(name, "unknown tool")
        node, tool = found
        if wrong := _mismatch(tool.get("parameters") or {}, arguments):
            return _tool_error(name, f'Invalid arguments for tool "{name}": {wrong}')
        asked = {
            "nodeId": node.id,
            "command": tool["command"],
            "params": dict(arguments),
            "timeoutMs": TOOL_TIMEOUT_MS,
            "idempotencyKey": call_id or str(uuid.uuid4()),
            "sessionKey": session_key,
        }
        try:
            answer = await self.invoke(NodeInvokeParams.model_validate(asked))
        except Refusal as refusal:
            return _tool_error(name, refusal.message)
        return _compact(answer["payload"])

    async def invoke(self, params: NodeInvokeParams) -> Payload:
        """Invoke a command of a node; returns its answer.

        Raises:
            Refusal: the command is not usable, or it failed.
        """
        node = self._askable(params)
        timeout_ms = TOOL_TIMEOUT_MS if params.timeout_ms is None else params.timeout_ms
        ident = str(uuid.uuid4())
        request: Payload = {
            "id": ident,
            "nodeId": node.id,
            "command": params.command,
            "paramsJSON": None if params.params is None else _compact(params.params),
            "timeoutMs": timeout_ms,
            "idempotencyKey": params.idempotency_key,
        }
        if params.session_key is not None:
            request["sessionKey"] = params.session_key
        asked = _Asked(node, params.command, asyncio.get_running_loop().create_future())
        self._asked[ident] = asked
        assert node.peer is not None
        node.peer.tell("node.invoke.request", request)
        try:
            async with time_limit(self._clock, timeout_ms / 1000):
                result = await asked.answered
        except TimeoutError:
            if node.peer is not None:
                node.peer.tell("node.invoke.cancel", {"invokeId": ident, "nodeId": node.id})
            raise _node_error("TIMEOUT", "node invoke timed out") from None
        finally:
            self._asked.pop(ident, None)
        if not result.ok:
            error = result.error
            code = (error.code if error is not None else None) or "UNAVAILABLE"
            raise _node_error(code, (error.message if error is not None else None) or "failed")
        return {
            "ok": True,
            "nodeId": node.id,
            "command": params.command,
            "payload": _payload(result),
            "payloadJSON": result.payload_json,
        }

    def result(self, device_id: str | None, params: NodeInvokeResultParams) -> Payload:
        """Take a node's result; a late one is ignored.

        Raises:
            Refusal: the invocation belongs to another node.
        """
        if params.node_id != device_id:
            raise invalid("nodeId mismatch")
        asked = self._asked.get(params.id)
        if asked is None or asked.node.id != device_id or asked.answered.done():
            return {"ok": True, "ignored": True}
        asked.answered.set_result(params)
        return {"ok": True}

    def _tool(self, name: str) -> tuple[Node, Payload] | None:
        """An available tool and its node, by the name that agents see."""
        return self.offered().get(name)

    def offered(self) -> dict[str, tuple[Node, Payload]]:
        """All tools by the names that agents see: those of the same name are renamed by node."""
        every = [(node, tool) for node in self.all.values() for tool in node.tools]
        counts = Counter(str(tool["name"]) for _, tool in every)
        return {
            tool["name"] if counts[tool["name"]] == 1 else f"{_lead(node)}_{tool['name']}": (
                node,
                tool,
            )
            for node, tool in every
        }

    def _askable(self, params: NodeInvokeParams) -> Node:
        node = self.all.get(params.node_id)
        if node is None:
            raise unapproved()
        if node.peer is None:
            raise Refusal(
                "UNAVAILABLE",
                "node not connected",
                {
                    "code": "NOT_CONNECTED",
                    "nodeError": {"code": "NOT_CONNECTED", "message": "node not connected"},
                    "nodeCommandDispatched": False,
                },
            )
        if node.approved is None:
            raise unapproved()
        if params.command not in self.allow:
            raise invalid(
                f'node command not allowed: "{params.command}" is not in the allowlist for '
                'platform "linux"',
                reason="command not allowlisted",
                command=params.command,
            )
        if params.command not in node.usable:
            raise invalid(
                "node command not allowed: the node (platform: linux) does not support "
                f'"{params.command}"',
                reason="command not declared by node",
                command=params.command,
            )
        return node


def _lead(node: Node) -> str:
    """What OpenClaw puts before a tool's name: 32 characters that begin with a letter."""
    return (node.id if node.id[0].isalpha() else f"node_{node.id}")[:32]


def _tool_error(name: str, error: str) -> str:
    return _compact({"status": "error", "tool": name, "error": error})


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _payload(result: NodeInvokeResultParams) -> Any:
    """The node's payload, in either of its two forms."""
    if result.payload is not None or result.payload_json is None:
        return result.payload
    return json.loads(result.payload_json)


def unapproved() -> Refusal:
    """The error for a node without approved commands."""
    return Refusal(
        "UNAVAILABLE",
        "node pairing changed while invocation was active",
        {"code": "PAIRING_CHANGED"},
        retryable=True,
    )


def settling() -> Refusal:
    """The error for a request that comes while an invitation is being approved."""
    return Refusal(
        "UNAVAILABLE",
        "node pairing changed before request dispatch",
        {"code": "PAIRING_CHANGED"},
        retryable=True,
    )


def _mismatch(schema: Payload, arguments: Mapping[str, Any]) -> str:
    missing = [name for name in schema.get("required", ()) if name not in arguments]
    if missing:
        return f"{missing[0]}: must have required property '{missing[0]}'"
    known = schema.get("properties", {})
    unknown = [name for name in arguments if name not in known]
    if unknown and schema.get("additionalProperties") is False:
        return f'<root>: must not have additional properties: "{unknown[0]}"'
    return ""


def _node_error(code: str, message: str) -> Refusal:
    details = {"nodeError": {"code": code, "message": message}, "nodeCommandDispatched": True}
    return Refusal("UNAVAILABLE", f"{code}: {message}", details)
