"""Uvicorn's HTTP protocol with the limits that uvicorn itself does not have.

Uvicorn limits requests at once (``limit_concurrency``, with a body that is not OpenAI's), idle
connections (``timeout_keep_alive``) and, with h11, the size of the headers
(``h11_max_incomplete_event_size``). It has no limit on the time of the headers, on the connections
of one address, and on the time in which a client reads nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Final, TypeAlias

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from logs import FaultLog
from network.serving.connections import ConnectionLimits, OpenConnections

log = logging.getLogger(__name__)

_HIGH_WATER: Final = 64 * 1024
_LOW_WATER: Final = 48 * 1024
"""Bytes in the buffer of a connection from which the response waits, and from which it goes on. A
client has to read 16 kB within the send timeout."""


RETRY_AFTER_S: Final = 2
"""What a client that comes too early is asked to wait, in seconds."""


@dataclass(frozen=True, slots=True)
class ConnectionRefusal:
    """Why a connection is refused, before its request reaches the application."""

    status: int
    message: str
    code: str


RefusalBody: TypeAlias = Callable[[ConnectionRefusal], tuple[str, bytes]]
"""The content type and the body of a refusal."""


def plain_text(refusal: ConnectionRefusal) -> tuple[str, bytes]:
    """A refusal for people."""
    return "text/plain; charset=utf-8", refusal.message.encode()


class _Limited:
    """What HTTP and WebSocket connections share: a place, and a client that reads."""

    limits: ClassVar[ConnectionLimits]
    refusal_body: ClassVar[RefusalBody]
    open_connections: ClassVar[OpenConnections]
    faults: ClassVar[FaultLog]
    transport: asyncio.Transport
    client: tuple[str, int] | None
    address: str = ""
    _send_timer: asyncio.TimerHandle | None = None

    def evict(self) -> None:
        """See `CountedConnection.evict`."""
        self.faults.tell(logging.WARNING, "connections without a request are closed for new ones")
        self.transport.close()

    def _take_place(self) -> bool:
        self.address = self.client[0] if self.client else ""
        return self.open_connections.add(self)

    def _leave(self) -> None:
        self._client_reads()
        self.open_connections.discard(self)

    def _client_reads_nothing(self) -> None:
        if self._send_timer is None:
            loop = asyncio.get_running_loop()
            self._send_timer = loop.call_later(self.limits.send_timeout_s, self._cut)

    def _client_reads(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _cut(self) -> None:
        self._send_timer = None
        self.faults.tell(
            logging.WARNING, "a client read nothing for %g s: cut", self.limits.send_timeout_s
        )
        self.transport.abort()


class GuardedHttp(_Limited, H11Protocol):
    """One HTTP connection; `guarded_protocols` makes the class for a server."""

    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(_HIGH_WATER, _LOW_WATER)
        if self._take_place():
            self._start_header_timer()
            return
        self.faults.tell(logging.WARNING, "connections are refused: too many are open")
        self._answer_and_close(
            ConnectionRefusal(
                503,
                "Too many connections are open. Try again in some seconds.",
                "too_many_connections",
            )
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_header_timer()
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return  # a refused connection
        super().data_received(data)
        self._note_progress()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._stop_header_timer()
        self._leave()  # the WebSocket takes a place of its own
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note_progress()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._client_reads_nothing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._client_reads()

    def _note_progress(self) -> None:
        """Start or stop the header timer, and say whether the connection waits or works."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self.open_connections.waits(self)
            if self._has_begun_headers():
                self._start_header_timer()
            return
        self._stop_header_timer()
        if not cycle.more_body:
            self.open_connections.works(self)

    def _has_begun_headers(self) -> bool:
        return bool(self.conn.trailing_data[0])

    def _start_header_timer(self) -> None:
        if self._header_timer is None:
            self._header_timer = self.loop.call_later(
                self.limits.header_timeout_s, self._headers_are_late
            )

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _headers_are_late(self) -> None:
        self._header_timer = None
        if self.transport.is_closing():
            return
        if not self._has_begun_headers():
            self.transport.close()  # a client that sent nothing expects no answer
            return
        self._answer_and_close(
            ConnectionRefusal(
                408,
                f"The headers did not end within {self.limits.header_timeout_s:g} s.",
                "request_timeout",
            )
        )

    def _answer_and_close(self, refusal: ConnectionRefusal) -> None:
        kind, body = type(self).refusal_body(refusal)
        lines = (
            f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}",
            f"content-type: {kind}",
            f"content-length: {len(body)}",
            f"retry-after: {RETRY_AFTER_S}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*lines, "", "")).encode("ascii") + body)
        self.transport.close()


class GuardedWebSocket(_Limited, WebSocketsSansIOProtocol):
    """One WebSocket connection; `guarded_protocols` makes the class for a server.

    ``scope["state"]["abort"]`` is the application's way to end a connection whose peer does not
    read: a close frame would wait behind what the peer does not take.
    """

    async def run_asgi(self) -> None:
        self.scope["state"]["abort"] = self.transport.abort
        await super().run_asgi()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._take_place():
            self.open_connections.works(self)
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._client_reads_nothing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._client_reads()


def guarded_protocols(
    limits: ConnectionLimits, body_of: RefusalBody = plain_text
) -> tuple[type[GuardedHttp], type[GuardedWebSocket]]:
    """The protocols of one server: their connections count together."""
    shared = {
        "limits": limits,
        "refusal_body": staticmethod(body_of),
        "open_connections": OpenConnections(limits),
        "faults": FaultLog(log),
    }
    return (
        type("_ServerHttp", (GuardedHttp,), shared),
        type("_ServerWebSocket", (GuardedWebSocket,), shared),
    )
