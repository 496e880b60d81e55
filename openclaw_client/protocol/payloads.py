"""The payloads of events and answers that the client reads, and the params of chat.send. No I/O.

``read_event`` validates a payload once, where it comes off the wire. Events that no listener reads
keep their raw payload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from openclaw_client.errors import ProtocolViolation
from openclaw_client.protocol.frames import MAX_RETRY_S, Event
from openclaw_client.protocol.wire import StringList, WireModel, or_else, read_payload, valid_items
from openclaw_client.session_keys import check_agent_id


class ChatEvent(WireModel):
    """One step of a run. ``state`` is status, delta, final, aborted or error."""

    run_id: str
    session_key: str
    state: str
    delta_text: str | None = None
    replace: bool = False
    message: Any = None
    stop_reason: str | None = None
    error_message: Annotated[str | None, or_else(None)] = None
    error_kind: Annotated[str | None, or_else(None)] = None
    error_detail: Any = None


class ChatAck(WireModel):
    run_id: str
    status: str


class AbortAnswer(WireModel):
    aborted: bool


class InFlightRun(WireModel):
    """A running run, with its whole text so far."""

    run_id: str
    text: str = ""


class ChatHistory(WireModel):
    messages: Annotated[list[Any], or_else([]), Field(default_factory=list)]
    in_flight_run: Annotated[InFlightRun | None, or_else(None)] = None


class TerminalReply(WireModel):
    """``disposition`` is visible; silent or empty for an agent that chose to say nothing."""

    disposition: str = "visible"
    text: str = ""


class RunOutcome(WireModel):
    """How a run ended. Without ``ended_at`` it goes on, or is unknown."""

    run_id: str
    status: str
    ended_at: float | None = None
    error: Annotated[str | None, or_else(None)] = None
    stop_reason: Annotated[str | None, or_else(None)] = None
    terminal_reply: Annotated[TerminalReply | None, or_else(None)] = None


class Shutdown(WireModel):
    """The Gateway shuts down. All fields are optional."""

    reason: Annotated[str, or_else("")] = ""
    restart_expected_ms: Annotated[float | None, or_else(None)] = None

    @property
    def restart_expected_s(self) -> float | None:
        """Seconds until it is back, if it announced that."""
        if self.restart_expected_ms is None:
            return None
        return min(max(0.0, self.restart_expected_ms / 1000), MAX_RETRY_S)


AgentId = Annotated[str, AfterValidator(check_agent_id)]


class AgentRow(WireModel):
    """An agent in ``agents.list``."""

    id: AgentId
    name: Annotated[str | None, or_else(None)] = None


class AgentsList(WireModel):
    default_id: Annotated[AgentId, or_else("")] = ""
    agents: Annotated[list[AgentRow], valid_items(AgentRow)]


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """An agent of the Gateway. ``default`` marks the one that it uses where none is named."""

    id: str
    name: str | None = None
    default: bool = False


def message_text(message: Any) -> str | None:
    """The text of a chat message; its content is a text or a list of typed parts."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(part for part in parts if isinstance(part, str))


def chat_send_params(
    session_key: str, message: str, run_id: str, timeout_s: float
) -> dict[str, Any]:
    """The params of ``chat.send``.

    ``queueMode`` is always set. With its default, steer, a second turn's answer would come as more
    text of the first one's run.
    """
    return {
        "sessionKey": session_key,
        "message": message,
        "idempotencyKey": run_id,
        "queueMode": "interrupt",
        "timeoutMs": round(timeout_s * 1000),
    }


_LONGEST_NAME: Final = 512
"""Longest session key of the Gateway; its other names are far shorter. The limit matters because
these texts are remembered and logged."""


class InvokeRequest(WireModel):
    """The payload of ``node.invoke.request``. ``params_json`` is null without params; an agent's
    request has a ``session_key``."""

    id: Annotated[str, Field(max_length=_LONGEST_NAME)]
    node_id: Annotated[str, Field(max_length=_LONGEST_NAME)]
    command: Annotated[str, Field(max_length=_LONGEST_NAME)]
    params_json: str | None = Field(None, alias="paramsJSON")
    timeout_ms: float | None = None
    idempotency_key: Annotated[str, Field(max_length=_LONGEST_NAME)] | None = None
    session_key: Annotated[str, Field(max_length=_LONGEST_NAME)] | None = None


class InvokeCancel(WireModel):
    """The payload of ``node.invoke.cancel``: the caller no longer waits."""

    invoke_id: str


class PairResolved(WireModel):
    """The payload of ``node.pair.resolved``: the operator decided on a node's commands."""

    node_id: str
    decision: str


class NodeTool(WireModel):
    """A tool that a node published; OpenClaw renames those that two nodes call the same."""

    plugin_id: str = ""
    name: str


class HostStats(WireModel):
    """The load of a node's machine, which it reports by ``node.host.stats``."""

    cpu_count: Annotated[int | None, or_else(None)] = None
    load_average: Annotated[list[float], or_else([]), Field(default_factory=list, strict=False)]
    memory_total_bytes: Annotated[int | None, or_else(None)] = None
    memory_free_bytes: Annotated[int | None, or_else(None)] = None
    disk_total_bytes: Annotated[int | None, or_else(None)] = None
    disk_available_bytes: Annotated[int | None, or_else(None)] = None
    updated_at_ms: Annotated[float | None, or_else(None)] = None


class NodeRow(WireModel):
    """A node in ``node.list``. ``commands`` are the approved ones; ``pending_request_id`` is shown
    only to the node's own device."""

    node_id: str
    display_name: Annotated[str, or_else("")] = ""
    connected: Annotated[bool, or_else(False)] = False
    node_plugin_tools: Annotated[list[NodeTool], valid_items(NodeTool), Field(default_factory=list)]
    approval_state: Annotated[str, or_else("")] = ""
    commands: Annotated[StringList, or_else([]), Field(default_factory=list)]
    pending_request_id: Annotated[str | None, or_else(None)] = None
    pending_declared_commands: Annotated[StringList, or_else([]), Field(default_factory=list)]
    platform: Annotated[str, or_else("")] = ""
    version: Annotated[str, or_else("")] = ""
    caps: Annotated[StringList, or_else([]), Field(default_factory=list)]
    last_seen_at_ms: Annotated[float | None, or_else(None)] = None
    host_stats: Annotated[HostStats | None, or_else(None)] = None


class NodeList(WireModel):
    nodes: Annotated[list[NodeRow], valid_items(NodeRow)]


class InvokeAnswer(WireModel):
    """The answer to ``node.invoke``: the node's payload, an object."""

    payload: dict[str, Any]


class ToolsPublished(WireModel):
    """The answer to ``node.pluginTools.update``: the tools of the approved commands."""

    tools: Annotated[list[NodeTool], valid_items(NodeTool), Field(default_factory=list)]


_PAYLOADS: Final[Mapping[str, type[WireModel]]] = MappingProxyType(
    {
        "chat": ChatEvent,
        "shutdown": Shutdown,
        "node.invoke.request": InvokeRequest,
        "node.invoke.cancel": InvokeCancel,
        "node.pair.resolved": PairResolved,
    }
)


def read_event(event: Event) -> Event:
    """The event with its payload validated; an event that no listener reads stays as it is.

    Raises:
        ProtocolViolation: the payload is malformed.
    """
    model = _PAYLOADS.get(event.event)
    if model is None:
        return event
    try:
        payload = read_payload(model, event.payload, f"a {event.event} event")
    except ProtocolViolation as violation:
        violation.event = event.event
        raise
    return event.model_copy(update={"payload": payload})
