"""The thread that reads a call's UDP socket."""

from __future__ import annotations

import logging
import selectors
from typing import TYPE_CHECKING, Final

from discord.voice_state import SocketReader

from logs import FaultLog, placed

if TYPE_CHECKING:
    import socket

    from discord.voice_state import VoiceConnectionState

log = logging.getLogger(__name__)

_LOOK_S: Final = 0.1
"""How soon a replaced socket is noticed."""
_NO_SOCKET_S: Final = 0.01
_MAX_DATAGRAM: Final = 4096
_READING: Final = "reading the voice socket failed"
"""As of a server that is gone, a hundred times a second."""

# poll has no limit on the number of the descriptor; select gives up at 1024, which a bot in many
# calls reaches. Windows has select alone, without that limit.
_Selector: Final = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Reader(SocketReader):
    """discord.py's reader thread, but it looks up from its socket ten times a second.

    The stock one sleeps up to 30 s in ``select`` on a socket that a reconnect or move has replaced.
    The new socket's IP discovery goes unread meanwhile, and the reconnect stalls for that long.
    """

    def __init__(self, state: VoiceConnectionState) -> None:
        super().__init__(state)
        self.place = ""
        """Whose call it is, for the log."""
        self._faults = FaultLog(log)

    def run(self) -> None:
        # The stock one begins by clearing what register, resume and stop have set since start.
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
                self._pass_on(data)

    def _receive(self, sock: socket.socket) -> bytes | None:
        try:
            if not _readable(sock):
                return None
            # Replaced while we waited: what the old one still has belongs to the old session.
            return sock.recv(_MAX_DATAGRAM) if sock is self.state.socket else None
        except (ValueError, TypeError, KeyError):  # closed, or there is none yet
            self._end.wait(_NO_SOCKET_S)
        except OSError as error:  # closed under us, or an ICMP error about something we sent
            self._tell(logging.DEBUG, _READING, error)
            self._end.wait(_NO_SOCKET_S)
        return None

    def _pass_on(self, data: bytes) -> None:
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
        return bool(selector.select(_LOOK_S))
