"""An HTTP server on the running event loop: what all servers of this program share.

The host keeps its signal handlers, its log, and the choice of the address.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import uvicorn
from starlette.types import ASGIApp

from network.serving.connections import ConnectionLimits
from network.serving.errors import NotServing
from network.serving.protocol import RefusalBody, guarded_protocols, plain_text

_GRACE_S: Final = 1
"""How long pending responses may take when the server stops."""


class ListeningPlace(NamedTuple):
    """Where to listen."""

    family: socket.AddressFamily
    kind: socket.SocketKind
    address: tuple[Any, ...]


def resolved(host: str, port: int) -> ListeningPlace:
    """The first address of ``host``.

    Raises:
        OSError: it is not an address.
    """
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return ListeningPlace(family, kind, address)


def bound(place: ListeningPlace, *, send_buffer_bytes: int | None = None) -> socket.socket:
    """A socket at ``place``; ``send_buffer_bytes`` is what the system buffers for a connection.

    Raises:
        OSError: the address is in use, or is another machine's.
    """
    # asyncio disables Nagle's algorithm only if the protocol is named. With it, the end of each
    # response waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(place.family, place.kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if send_buffer_bytes is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        listener.bind(place.address)
    except OSError:
        listener.close()
        raise
    return listener


def local_url(listener: socket.socket, *, encrypted: bool) -> str:
    """The address of a server on ``listener``, as it is opened on this machine."""
    scheme = "https" if encrypted else "http"
    host, port = listener.getsockname()[:2]
    if listener.family == socket.AF_INET6:
        return f"{scheme}://[{'::1' if host == '::' else host}]:{port}"
    return f"{scheme}://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


class HttpServer:
    """Serves ``app`` on ``listener``, which it closes; an async context manager.

    ``name`` is that of its task. ``body_of`` makes the body of a connection's refusal. ``options``
    are further ones of `uvicorn.Config`.

    Raises:
        NotServing: the application does not start.
    """

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        limits: ConnectionLimits,
        *,
        name: str,
        tls: ssl.SSLContext | None = None,
        body_of: RefusalBody = plain_text,
        **options: Any,
    ) -> None:
        http, websocket = guarded_protocols(limits, body_of)
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                lifespan="on",
                http=http,
                ws=websocket,
                log_config=None,
                log_level=logging.WARNING,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                ssl_context_factory=None if tls is None else lambda *_: tls,
                **options,
            )
        )
        self._listener = listener
        self._name = name
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        serving = asyncio.create_task(self._server.serve([self._listener]), name=self._name)
        listening = asyncio.create_task(self._server.listening.wait(), name=f"{self._name} start")
        try:
            await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _cancel(serving)
            self._listener.close()
            raise
        finally:
            await _cancel(listening)
        if serving.done():
            self._listener.close()
            await serving
            raise NotServing("the server ended at its start")
        self._serving = serving
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
            raise NotServing("the application does not start; see the log") from error
        self.listening.set()
