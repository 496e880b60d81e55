"""The UDP socket of a call: the thread that reads it, IP discovery, and the keepalive."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import selectors
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from discord.voice_state import SocketReader

from discord_bot.receive.route import DOUBT_S, discovery_request, is_discovery_answer
from logs import FaultLog, placed

if TYPE_CHECKING:
    import socket

    from discord.voice_state import VoiceConnectionState

    from discord_bot.receive.route import RouteWatch

log = logging.getLogger(__name__)

_POLL_S: Final = 0.1
"""How soon the reader notices that the socket was replaced."""
_NO_SOCKET_DELAY_S: Final = 0.01
_MAX_DATAGRAM: Final = 4096
_SHORTEST_S: Final = 0.02
"""Between two looks at whether a keepalive is due."""
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
    route: RouteWatch,
    send: Callable[[bytes], None],
    ssrc: Callable[[], int | None],
    period_s: float,
) -> None:
    """Send what watches the route until cancelled: every ``period_s``, in doubt more often.

    Discord stops forwarding to a client that has sent nothing for some minutes, and discord.py
    sends nothing while it does not play. ``ssrc`` returns the bot's, or None while there is no
    connection.
    """
    faults, clock = FaultLog(log), asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(max(route.due_at(period_s) - clock(), _SHORTEST_S))
        own = ssrc()
        if own is None:
            await asyncio.sleep(DOUBT_S)
            continue
        if clock() < route.due_at(period_s):
            continue
        for data in route.send(own, clock()):
            try:
                send(data)
            except OSError as e:
                faults.tell(logging.DEBUG, "UDP keepalive not sent: %s", e)


async def discover_address(
    connection: VoiceConnectionState, again_s: float = 0.5
) -> tuple[str, int]:
    """The bot's address as the voice server sees it; asks again until there is an answer.

    discord.py asks once, and a lost datagram then costs the whole attempt.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[bytes] = loop.create_future()

    def keep(data: bytes) -> None:
        if not found.done():
            found.set_result(data)

    def from_socket(data: bytes) -> None:  # called on the reader's thread
        if is_discovery_answer(data):
            with contextlib.suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(keep, data)

    connection.add_socket_listener(from_socket)
    try:
        while not found.done():
            with contextlib.suppress(OSError):  # no network: again, until the attempt times out
                connection.send_packet(discovery_request(connection.ssrc))
            await asyncio.wait({found}, timeout=again_s)
    finally:
        connection.remove_socket_listener(from_socket)
    answer = found.result()
    address = answer[8 : answer.index(0, 8)].decode("ascii")
    return address, int.from_bytes(answer[-2:], "big")
