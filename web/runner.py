"""The server of the pages, on the running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.errors import WebNotStarted
from web.settings import WebSettings

log = logging.getLogger(__name__)

_GRACE_S: Final = 1
"""How long pending responses may take when the server stops."""
_KEEP_ALIVE_S: Final = 20
_MOST_CONNECTIONS: Final = 200
HEADERS_WITHIN_S: Final = 10.0
LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes of one WebSocket message from a page."""
_PING_S: Final = 10.0
"""A page that does not answer a ping within this time is gone."""


class WebServer:
    """Serves an application at the address of the settings; an async context manager.

    Raises:
        WebNotStarted: the address or the certificate cannot be used.
    """

    def __init__(self, settings: WebSettings, app: FastAPI) -> None:
        self._settings = settings
        self._app = app
        self._server: _Uvicorn | None = None
        self._serving: asyncio.Task[None] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """The address of the pages, as opened on this machine; empty before the start."""
        return self._url

    async def __aenter__(self) -> Self:
        configuration = self._configuration()
        listener = _listen(self._settings.host, self._settings.port)
        self._url = _local_url(listener, secure=configuration.is_ssl)
        self._server = _Uvicorn(configuration)
        self._serving = asyncio.create_task(self._server.serve([listener]), name="web server")
        started = asyncio.create_task(self._server.listening.wait(), name="web server start")
        try:
            await asyncio.wait((self._serving, started), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
            raise
        finally:
            started.cancel()
            await asyncio.gather(started, return_exceptions=True)
        if self._serving.done():
            listener.close()
            raise WebNotStarted("the pages' application does not start; see the log")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving

    def _configuration(self) -> uvicorn.Config:
        certificate, key = self._settings.tls_certificate, self._settings.tls_key
        configuration = uvicorn.Config(
            self._app,
            lifespan="on",
            http=PatientHttp,
            ws=AbortableWebSocket,
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=_PING_S,
            ws_ping_timeout=_PING_S,
            # Audio does not compress, and compression costs 300 kB a connection.
            ws_per_message_deflate=False,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        try:
            configuration.load()
        except (OSError, ssl.SSLError) as error:
            raise WebNotStarted(
                f"web.tls_certificate {certificate} with web.tls_key {key} cannot be used "
                f"({error}): both are PEM files, and the key belongs to the certificate"
            ) from error
        return configuration


class PatientHttp(H11Protocol):
    """HTTP whose peer has a limited time for the headers of a request.

    Uvicorn itself has none: a peer that sends a header every minute would keep its connection.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # IDLE, a state of h11, is that of a peer whose headers are not complete.
        if repr(self.conn.their_state) != "IDLE":
            self._end()
        elif self._deadline is None:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._deadline = self.loop.call_later(HEADERS_WITHIN_S, self.transport.abort)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """Gives the application a way to end a connection whose peer does not read.

    A close frame would wait behind what the peer does not take.
    """

    async def run_asgi(self) -> None:
        self.scope["state"]["abort"] = self.transport.abort
        await super().run_asgi()


class _Uvicorn(uvicorn.Server):
    """Uvicorn that leaves signal handlers to the host, and reports when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise WebNotStarted("the pages' application does not start; see the log") from error
        self.listening.set()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise WebNotStarted(f"web.host {host!r} is not an address: {error.strerror}") from error
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise WebNotStarted(
            f"the pages cannot listen on {host} port {port} ({error.strerror}): "
            "set another web.port, or 0 for a free one"
        ) from error
    return listener


def _local_url(listener: socket.socket, *, secure: bool) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if secure else "http"
    if listener.family == socket.AF_INET6:
        return f"{scheme}://[{'::1' if host == '::' else host}]:{port}"
    return f"{scheme}://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
