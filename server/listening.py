"""A server's socket, and uvicorn on the running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import uvicorn

from server.errors import ServerNotStarted

_SEND_BUFFER_BYTES: Final = 256 * 1024
"""What the system buffers for one connection. Its own choice grows to some megabytes, which a
client that reads nothing would fill."""


@dataclass(frozen=True, slots=True)
class AddressNames:
    """For messages: the ``server``, the setting of its host, and what to do about a taken port."""

    server: str
    host: str
    port_advice: str


class ListeningPlace(NamedTuple):
    """Where to listen."""

    family: socket.AddressFamily
    kind: socket.SocketKind
    address: tuple[Any, ...]


class ListeningUvicorn(uvicorn.Server):
    """Uvicorn that leaves signal handlers to the host, and reports when it listens."""

    def __init__(self, config: uvicorn.Config, names: AddressNames) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._names = names

    async def until_listening(self, serving: asyncio.Task[None]) -> None:
        """Wait until it listens; ``serving`` is the task of its ``serve``.

        Raises:
            ServerNotStarted: the application does not start.
        """
        listening = asyncio.create_task(self.listening.wait(), name="server start")
        try:
            await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancelled(listening)
        if serving.done():
            await serving

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise ServerNotStarted(
                f"{self._names.server}'s application does not start; see the log"
            ) from error
        self.listening.set()


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and wait for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def resolved(host: str, port: int, names: AddressNames) -> ListeningPlace:
    """The address to bind to.

    Raises:
        ServerNotStarted: ``host`` is none.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ServerNotStarted(
            f"{names.host} {host!r} is not an address: {error.strerror}"
        ) from error
    return ListeningPlace(family, kind, address)


def listen(place: ListeningPlace, host: str, port: int, names: AddressNames) -> socket.socket:
    """A socket that is bound to ``place``.

    Raises:
        ServerNotStarted: the system does not allow it.
    """
    # asyncio disables Nagle's algorithm only if the protocol is named. With it, the end of each
    # response waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(place.family, place.kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        listener.bind(place.address)
    except OSError as error:
        listener.close()
        raise ServerNotStarted(
            f"{names.server} cannot listen on {host} port {port} ({error.strerror}): "
            f"{names.port_advice}"
        ) from error
    return listener


def local_url(listener: socket.socket, *, encrypted: bool) -> str:
    """The address of a bound socket, as opened on this machine."""
    scheme = "https" if encrypted else "http"
    host, port = listener.getsockname()[:2]
    if listener.family == socket.AF_INET6:
        return f"{scheme}://[{'::1' if host == '::' else host}]:{port}"
    return f"{scheme}://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
