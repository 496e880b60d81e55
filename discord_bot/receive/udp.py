"""The UDP socket of a call: the thread that reads it, and the keepalive that it needs."""

from __future__ import annotations

import asyncio
import logging
import selectors
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from discord.voice_state import SocketReader

from logs import FaultLog, placed

if TYPE_CHECKING:
    import socket

    from discord.voice_state import VoiceConnectionState

log = logging.getLogger(__name__)

_POLL_S: Final = 0.1
"""How soon the reader notices that the socket was replaced."""
_NO_SOCKET_DELAY_S: Final = 0.01
_MAX_DATAGRAM: Final = 4096
_READING: Final = "reading the voice socket failed"
"""A server that is gone can cause this error a hundred times a second."""

# select fails for descriptors from 1024 on, which a bot in many calls reaches; poll has no limit.
# Windows has only select, without that limit.
_Selector: Final = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Reader(SocketReader):
    """discord.py's reader thread, which checks every 100 ms whether its socket was replaced.

    discord.py's own waits up to 30 s in ``select`` on a socket that a reconnect or move has
    replaced. It reads no IP discovery from the new socket until then, and the reconnect stalls.
    """

    def __init__(self, state: VoiceConnectionState) -> None:
        super().__init__(state)
        self.place = ""
        """The guild of the call, for the log."""
        self._faults = FaultLog(log)

    def run(self) -> None:
        # discord.py's own first clears what register, resume and stop have set since the start.
        try:
            self._do_run()
        except Exception:
            log.exception("the reader of the voice socket failed")
        finally:
            self._callbacks.clear()

    def _do_run(self) -> None:
        while not self._end.is_set():
            if not self._running.is_set():
                self._running.wait()
                continue
            data = self._receive(self.state.socket)
            if data is not None:
                self._call_listeners(data)

    def _receive(self, sock: socket.socket) -> bytes | None:
        try:
            if not _readable(sock):
                return None
            # If it was replaced meanwhile, its data belongs to the old session.
            return sock.recv(_MAX_DATAGRAM) if sock is self.state.socket else None
        except (ValueError, TypeError, KeyError):  # closed, or not created yet
            self._end.wait(_NO_SOCKET_DELAY_S)
        except OSError as error:  # closed by another thread, or an ICMP error about a sent packet
            self._tell(logging.DEBUG, _READING, error)
            self._end.wait(_NO_SOCKET_DELAY_S)
        return None

    def _call_listeners(self, data: bytes) -> None:
        for callback in list(self._callbacks):
            try:
                callback(data)
            except Exception as error:
                self._tell(logging.ERROR, "a listener of the voice socket failed", error)

    def _tell(self, level: int, what: str, error: Exception) -> None:
        with placed(self.place):
            self._faults.tell(level, what, error=error)


def _readable(sock: socket.socket) -> bool:
    with _Selector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(_POLL_S))


async def keep_route_open(
    send: Callable[[bytes], None], is_connected: Callable[[], bool], period_s: float
) -> None:
    """Send a counter of 8 bytes every ``period_s``, until cancelled.

    Discord stops forwarding to a client that has sent nothing for some minutes, and discord.py
    sends nothing while it does not play.
    """
    faults, count = FaultLog(log), 0
    while True:
        await asyncio.sleep(period_s)
        if not is_connected():
            continue
        try:
            send(count.to_bytes(8, "little"))
        except OSError as e:
            faults.tell(logging.DEBUG, "UDP keepalive not sent: %s", e)
        count += 1
