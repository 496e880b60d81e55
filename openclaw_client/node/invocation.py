"""A command on the wire: what the Gateway asks of a node, and what it is answered. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from openclaw_client.errors import CommandError
from openclaw_client.protocol.wire import Texts, Wire, or_else, readable

_LONGEST_NAME: Final = 512
"""What the Gateway takes as a session key; its other names are far shorter. These are remembered
and recorded, so they have an end."""


class Invocation(Wire):
    """The payload of ``node.invoke.request``. ``params_json`` is null where there are none;
    ``session_key`` is there when an agent asks."""

    id: Annotated[str, Field(max_length=_LONGEST_NAME)]
    node_id: Annotated[str, Field(max_length=_LONGEST_NAME)]
    command: Annotated[str, Field(max_length=_LONGEST_NAME)]
    params_json: str | None = Field(None, alias="paramsJSON")
    timeout_ms: float | None = None
    idempotency_key: Annotated[str, Field(max_length=_LONGEST_NAME)] | None = None
    session_key: Annotated[str, Field(max_length=_LONGEST_NAME)] | None = None


class Cancellation(Wire):
    """The payload of ``node.invoke.cancel``: nobody waits for the answer any more."""

    invoke_id: str


class PairResolved(Wire):
    """The payload of ``node.pair.resolved``: somebody has decided on what a node may offer."""

    node_id: str
    decision: str


class NodeRow(Wire):
    """A node as ``node.list`` has it. ``commands`` are those that it may be asked for;
    ``pending_request_id`` is shown to the node's own device alone."""

    node_id: str
    approval_state: Annotated[str, or_else("")] = ""
    commands: Annotated[Texts, or_else([]), Field(default_factory=list)]
    pending_request_id: Annotated[str | None, or_else(None)] = None


class NodeList(Wire):
    nodes: Annotated[list[NodeRow], readable(NodeRow)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A payload, or the code and text of what went wrong."""

    payload: dict[str, Any] | None = None
    code: str | None = None
    message: str = ""

    @classmethod
    def refused(cls, error: CommandError) -> Answer:
        return cls(code=error.code, message=str(error))

    def params(self, invocation: Invocation) -> dict[str, Any]:
        """The params of ``node.invoke.result``."""
        params: dict[str, Any] = {"id": invocation.id, "nodeId": invocation.node_id}
        if self.code is None:
            return {**params, "ok": True, "payload": self.payload or {}}
        return {**params, "ok": False, "error": {"code": self.code, "message": self.message}}
