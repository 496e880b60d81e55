"""What goes out over one connection, in order; and what may go wrong with it on the way."""

from __future__ import annotations

import json
from collections import deque
from enum import Enum, auto
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast

from openclaw_client.clock import Clock, Timer

MAX_BUFFERED_BYTES = 52_428_800
"""``policy.maxBufferedBytes``: what may wait for a reader before events are dropped."""

Frame = dict[str, Any]


def send_json(socket: ServerConnection, frame: Frame) -> None:
    """Send without waiting; a connection that is gone is no error."""
    broadcast([socket], json.dumps(frame, ensure_ascii=False))


class EventFaultKind(Enum):
    """What happens to one event."""

    LOSE = auto()
    REPEAT = auto()
    DELAY = auto()
    SWAP = auto()


class SendQueue:
    """A frame that is delayed holds up all that come after it, as on any stream; one that is
    swapped comes after the next."""

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
        self, frame: Frame, mischief: EventFaultKind | None = None, *, delay_s: float = 0.0
    ) -> None:
        if mischief is EventFaultKind.LOSE:
            return
        if mischief is EventFaultKind.SWAP:
            self._swapped = frame
            return
        if mischief is EventFaultKind.DELAY:
            self._hold_up(delay_s)
        self._put(frame)
        if mischief is EventFaultKind.REPEAT:
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

    def _hold_up(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(seconds, self._let_go)

    def _let_go(self) -> None:
        self._timer = None
        while self._late:
            send_json(self._socket, self._late.popleft())
