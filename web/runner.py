"""The server of the pages, on the running event loop."""

from __future__ import annotations

import socket
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from fastapi import FastAPI

from network.serving.errors import NotServing, UnusableCertificate
from network.serving.http_server import HttpServer, bound, local_url, resolved
from network.serving.tls import tls_context
from web.errors import WebNotStarted
from web.settings import WebSettings

_KEEP_ALIVE_S: Final = 20
LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes of one WebSocket message from a page."""
_PING_S: Final = 10.0
"""A page that does not answer a ping within this time is gone."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """See `network.serving.connections.ConnectionLimits`. Behind a proxy all have one address."""

    header_timeout_s: float = 10.0
    send_timeout_s: float = 30.0
    connections: int = 200
    connections_per_address: int = 200


class WebServer:
    """Serves an application at the address of the settings; an async context manager.

    Raises:
        WebNotStarted: the address or the certificate cannot be used.
    """

    def __init__(
        self, settings: WebSettings, app: FastAPI, limits: PageLimits = PageLimits()
    ) -> None:
        self._settings = settings
        self._app = app
        self._limits = limits
        self._stack = AsyncExitStack()
        self._url = ""

    @property
    def url(self) -> str:
        """The address of the pages, as opened on this machine; empty before the start."""
        return self._url

    async def __aenter__(self) -> Self:
        tls = self._tls()
        listener = self._listen()
        self._url = local_url(listener, encrypted=tls is not None)
        server = HttpServer(
            self._app,
            listener,
            self._limits,
            name="web server",
            tls=tls,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=_PING_S,
            ws_ping_timeout=_PING_S,
            # Audio does not compress, and compression costs 300 kB a connection.
            ws_per_message_deflate=False,
        )
        try:
            await self._stack.enter_async_context(server)
        except NotServing as error:
            raise WebNotStarted(f"the pages: {error}") from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def _tls(self) -> ssl.SSLContext | None:
        certificate, key = self._settings.tls_certificate, self._settings.tls_key
        if certificate is None:
            return None
        try:
            return tls_context("web", certificate, key)
        except UnusableCertificate as error:
            raise WebNotStarted(str(error)) from error

    def _listen(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        try:
            place = resolved(host, port)
        except OSError as error:
            raise WebNotStarted(f"web.host {host!r} is not an address: {error.strerror}") from error
        try:
            return bound(place)
        except OSError as error:
            raise WebNotStarted(
                f"the pages cannot listen on {host} port {port} ({error.strerror}): "
                "set another web.port, or 0 for a free one"
            ) from error
