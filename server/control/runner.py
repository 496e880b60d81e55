"""The control plane on the running event loop."""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from typing import Final, Self

from fastapi import FastAPI

from network.serving.errors import NotServing, UnusableCertificate
from network.serving.http_server import HttpServer, ListeningPlace, bound, local_url, resolved
from network.serving.tls import tls_context
from server.control.app import limits_of, protected_control
from server.control.settings import ControlPlaneSettings
from server.errors import ServerNotStarted
from server.protection.errors import CertificateUnusable, OpenToNetwork

log = logging.getLogger(__name__)

_KEEP_ALIVE_S: Final = 120
_HEADER_BYTES: Final = 16 * 1024
_SEND_BUFFER_BYTES: Final = 256 * 1024


class ControlServer:
    """Serves the application at the address of the settings; an async context manager.

    Raises:
        ServerNotStarted: the address cannot be used.
        ProtectionError: the certificate cannot be used, or the address needs one.
    """

    def __init__(self, settings: ControlPlaneSettings, app: FastAPI) -> None:
        self._settings = settings
        self._app = app
        self._server: HttpServer | None = None
        self.url = ""
        """Its address on this machine; empty before the start."""

    async def __aenter__(self) -> Self:
        settings = self._settings
        context = _tls(settings)
        listener = _listen(_checked_place(settings, encrypted=context is not None), settings)
        server = HttpServer(
            protected_control(self._app, settings),
            listener,
            limits_of(settings),
            name="control plane",
            tls=context,
            proxy_headers=False,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        try:
            self._server = await server.__aenter__()
        except NotServing as error:
            raise ServerNotStarted(f"the control plane: {error}") from error
        self.url = local_url(listener, encrypted=context is not None)
        log.info("control plane on %s", self.url)
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._server is not None:
            await self._server.__aexit__(None, None, None)


def _tls(settings: ControlPlaneSettings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None:
        return None
    try:
        return tls_context("control_plane", settings.tls_certificate, settings.tls_key)
    except UnusableCertificate as error:
        raise CertificateUnusable(str(error)) from error


def _checked_place(settings: ControlPlaneSettings, *, encrypted: bool) -> ListeningPlace:
    try:
        place = resolved(settings.host, settings.port)
    except OSError as error:
        raise ServerNotStarted(
            f"control_plane.host {settings.host!r} is not an address: {error.strerror}"
        ) from error
    address = ipaddress.ip_address(place.address[0].partition("%")[0])
    if not address.is_loopback and not encrypted and not settings.behind_proxy:
        raise OpenToNetwork(
            f"the control plane would send the bots' tokens in the clear over {settings.host}: "
            "set control_plane.tls_certificate, or listen on 127.0.0.1, or set "
            "control_plane.behind_proxy to true behind a proxy with TLS"
        )
    return place


def _listen(place: ListeningPlace, settings: ControlPlaneSettings) -> socket.socket:
    try:
        return bound(place, send_buffer_bytes=_SEND_BUFFER_BYTES)
    except OSError as error:
        raise ServerNotStarted(
            f"the control plane cannot listen on {settings.host} port {settings.port} "
            f"({error.strerror}): set another control_plane.port, or 0 for a free one"
        ) from error
