"""One client's connection to the simulated Gateway: event numbers, send queue, freezing."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any
from weakref import WeakSet

from websockets.asyncio.server import ServerConnection, broadcast

from openclaw_client.clock import Clock, Timer
from simulators.gateway.admission import Admission
from simulators.gateway.faults import EventFaultKind
from simulators.gateway.refusal import Refusal

MAX_BUFFERED_BYTES = 52_428_800
"""``policy.maxBufferedBytes``: what may wait for a reader before events are dropped."""

Frame = dict[str, Any]


def send_json(socket: ServerConnection, frame: Frame) -> None:
    """Send without waiting; a connection that is gone is no error."""
    broadcast([socket], json.dumps(frame, ensure_ascii=False))


class SendQueue:
    """Frames on their way to one client, in order.

    A delayed frame delays all that follow it, as on any stream; a swapped one follows the next.
    """

    def __init__(self, socket: ServerConnection, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._late: deque[Frame] = deque()
        self._timer: Timer | None = None
        self._swapped: Frame | None = None

    @property
    def waiting_bytes(self) -> int:
        """What the reader has not taken yet."""
        return self._socket.transport.get_write_buffer_size()

    def send(
        self, frame: Frame, fault: EventFaultKind | None = None, *, delay_s: float = 0.0
    ) -> None:
        if fault is EventFaultKind.LOSE:
            return
        if fault is EventFaultKind.SWAP:
            self._swapped = frame
            return
        if fault is EventFaultKind.DELAY:
            self._delay(delay_s)
        self._put(frame)
        if fault is EventFaultKind.REPEAT:
            self._put(frame)
        if self._swapped is not None:
            swapped, self._swapped = self._swapped, None
            self._put(swapped)

    def close(self) -> None:
        """Forget what has not been sent."""
        if self._timer is not None:
            self._timer.cancel()
        self._late.clear()

    def _put(self, frame: Frame) -> None:
        if self._timer is not None:
            self._late.append(frame)
        else:
            send_json(self._socket, frame)

    def _delay(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(seconds, self._release)

    def _release(self) -> None:
        self._timer = None
        while self._late:
            send_json(self._socket, self._late.popleft())


class FreezeSwitch:
    """Freezes all connections of one server, new ones too: half-open, without even a pong.

    After `thaw` they continue where they stopped, as after SIGSTOP and SIGCONT.
    """

    def __init__(self) -> None:
        self.frozen = False
        self._connections: WeakSet[FreezableConnection] = WeakSet()

    def freeze(self) -> None:
        self.frozen = True

    def thaw(self) -> None:
        self.frozen = False
        for connection in list(self._connections):
            connection.catch_up()

    def connection_class(self) -> type[FreezableConnection]:
        """For ``websockets.serve(create_connection=...)``."""
        switch = self

        class Connection(FreezableConnection):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, **kwargs)  # type: ignore[arg-type]
                self.freeze_switch = switch

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                switch._connections.add(self)

        return Connection


class FreezableConnection(ServerConnection):
    """A server connection that a `FreezeSwitch` can freeze."""

    freeze_switch: FreezeSwitch
    _unread: bytes = b""

    def data_received(self, data: bytes) -> None:
        if self.freeze_switch.frozen:
            self._unread += data
        else:
            super().data_received(data)

    def send_data(self) -> None:
        if not self.freeze_switch.frozen:
            super().send_data()

    def catch_up(self) -> None:
        """Process what arrived, and send what was written, while frozen."""
        unread, self._unread = self._unread, b""
        if self.transport.is_closing():
            return
        if unread:
            super().data_received(unread)
        super().send_data()


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
        fault: EventFaultKind | None = None,
        *,
        delay_s: float = 0.0,
    ) -> None:
        """Send an event under the next number; drop it silently if the client reads too slowly."""
        if self._outbox.waiting_bytes > MAX_BUFFERED_BYTES:
            return
        self._seq += 1
        frame = {"type": "event", "event": name, "payload": payload, "seq": self._seq}
        self._outbox.send(frame, fault, delay_s=delay_s)

    def tell(self, name: str, payload: Any) -> None:
        """Send an event to this connection alone; such events have no number."""
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
        """Whether it gets the events of runs: an operator that may read, without session scoping.

        A client with session-scoped events gets none until it subscribes, which is not simulated.
        """
        scoped = "session-scoped-events" in self.admission.caps
        return not scoped and self.admission.may("operator.read")

    def abort(self) -> None:
        """Break the connection without a closing handshake."""
        self.socket.transport.abort()

    def gone(self) -> None:
        """The connection has ended."""
        self._outbox.close()
