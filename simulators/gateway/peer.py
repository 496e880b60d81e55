"""One client's connection to the simulated Gateway, after it was let in."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.server import ServerConnection

from openclaw_client.clock import Clock
from simulators.gateway.admission import Admission
from simulators.gateway.outbox import MAX_BUFFERED_BYTES, EventFaultKind, SendQueue
from simulators.gateway.refusal import Refusal


def answer_frame(ident: str, payload: Any) -> dict[str, Any]:
    return {"type": "res", "id": ident, "ok": True, "payload": payload}


def refusal_frame(ident: str, refusal: Refusal) -> dict[str, Any]:
    """An error answer; the replay of a failed run has a payload as well."""
    frame: dict[str, Any] = {"type": "res", "id": ident, "ok": False, "error": refusal.shape()}
    if refusal.payload is not None:
        frame["payload"] = refusal.payload
    return frame


class ClientPeer:
    """A connected client: its rights, and the numbering of its events."""

    def __init__(self, socket: ServerConnection, admission: Admission, clock: Clock) -> None:
        self.socket = socket
        self.admission = admission
        self._outbox = SendQueue(socket, clock)
        self._seq = 0

    def event(
        self,
        name: str,
        payload: Any,
        mischief: EventFaultKind | None = None,
        *,
        delay_s: float = 0.0,
    ) -> None:
        """Send an event under this connection's next number; for a reader that is too slow it is
        left out, without a trace."""
        if self._outbox.waiting_bytes > MAX_BUFFERED_BYTES:
            return
        self._seq += 1
        frame = {"type": "event", "event": name, "payload": payload, "seq": self._seq}
        self._outbox.send(frame, mischief, delay_s=delay_s)

    def tell(self, name: str, payload: Any) -> None:
        """Send an event that is for this connection alone; such have no number."""
        self._outbox.send({"type": "event", "event": name, "payload": payload})

    def answer(self, ident: str, payload: Any) -> None:
        self._outbox.send(answer_frame(ident, payload))

    def refuse(self, ident: str, refusal: Refusal) -> None:
        self._outbox.send(refusal_frame(ident, refusal))

    def skip(self, events: int) -> None:
        """Number events that are never sent."""
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

    def gone(self) -> None:
        """The connection has ended."""
        self._outbox.close()
