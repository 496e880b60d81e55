"""One client's connection to the simulated Gateway, after it was let in."""

from __future__ import annotations

import json
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast

from openclaw_client.simulator.handshake import Admission
from openclaw_client.simulator.refusal import Refusal


def send_json(socket: ServerConnection, frame: dict[str, Any]) -> None:
    """Send without waiting; a connection that is gone is no error."""
    broadcast([socket], json.dumps(frame, ensure_ascii=False))


def send_answer(socket: ServerConnection, ident: str, payload: Any) -> None:
    send_json(socket, {"type": "res", "id": ident, "ok": True, "payload": payload})


def send_refusal(socket: ServerConnection, ident: str, refusal: Refusal) -> None:
    """An error answer; the replay of a failed run has a payload as well."""
    frame: dict[str, Any] = {"type": "res", "id": ident, "ok": False, "error": refusal.shape()}
    if refusal.payload is not None:
        frame["payload"] = refusal.payload
    send_json(socket, frame)


class Peer:
    """A connected client: its rights, and the numbering of its events."""

    def __init__(self, socket: ServerConnection, admission: Admission) -> None:
        self.socket = socket
        self.admission = admission
        self._seq = 0

    def event(self, name: str, payload: Any) -> None:
        """Send an event under this connection's next number."""
        self._seq += 1
        frame = {"type": "event", "event": name, "payload": payload, "seq": self._seq}
        send_json(self.socket, frame)

    def tell(self, name: str, payload: Any) -> None:
        """Send an event that is for this connection alone; such have no number."""
        send_json(self.socket, {"type": "event", "event": name, "payload": payload})

    def skip(self, events: int) -> None:
        """Number events that are never sent, as the Gateway does for a reader that is too slow."""
        self._seq += events

    @property
    def hears_runs(self) -> bool:
        """All runs' events go to every operator that may read, unless it asked for its sessions'
        only; and then, until it has subscribed to some, it gets none."""
        scoped = "session-scoped-events" in self.admission.caps
        return not scoped and self.admission.may("operator.read")

    def abort(self) -> None:
        """Break the connection without a closing handshake."""
        self.socket.transport.abort()
