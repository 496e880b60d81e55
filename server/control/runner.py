"""The control plane on the running event loop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from contextlib import AsyncExitStack
from typing import Final, Self

import uvicorn
from fastapi import FastAPI

from server.control.app import limits_of, protected_control
from server.control.settings import ControlPlaneSettings
from server.listening import (
    AddressNames,
    ListeningUvicorn,
    cancelled,
    listen,
    local_url,
    resolved,
)
from server.protection.errors import OpenToNetwork
from server.protection.protocol import guarded_protocols
from server.protection.tls import tls_context

log = logging.getLogger(__name__)

_ADDRESS: Final = AddressNames(
    "the control plane", "control_plane.host", "set another control_plane.port, or 0 for a free one"
)
_GRACE_S: Final = 1
_KEEP_ALIVE_S: Final = 120
_HEADER_BYTES: Final = 16 * 1024


class ControlServer:
    """Serves the application at the address of the settings; an async context manager.

    Raises:
        ServerNotStarted: the address cannot be used.
        ProtectionError: the certificate cannot be used, or the address needs one.
    """

    def __init__(self, settings: ControlPlaneSettings, app: FastAPI) -> None:
        self._settings = settings
        self._app = app
        self._server: ListeningUvicorn | None = None
        self._serving: asyncio.Task[None] | None = None
        self.url = ""
        """Its address on this machine; empty before the start."""

    async def __aenter__(self) -> Self:
        settings = self._settings
        certificate = settings.tls_certificate
        context = (
            None
            if certificate is None
            else tls_context(certificate, settings.tls_key, section="control_plane")
        )
        place = resolved(settings.host, settings.port, _ADDRESS)
        address = ipaddress.ip_address(place.address[0].partition("%")[0])
        if not address.is_loopback and context is None and not settings.behind_proxy:
            raise OpenToNetwork(
                f"the control plane would send the bots' tokens in the clear over {settings.host}: "
                "set control_plane.tls_certificate, or listen on 127.0.0.1, or set "
                "control_plane.behind_proxy to true behind a proxy with TLS"
            )
        http, websocket = guarded_protocols(limits_of(settings))
        configuration = uvicorn.Config(
            protected_control(self._app, settings),
            lifespan="off",
            http=http,
            ws=websocket,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            ssl_context_factory=None if context is None else lambda *_: context,
        )
        async with AsyncExitStack() as unless_started:
            listener = listen(place, settings.host, settings.port, _ADDRESS)
            unless_started.callback(listener.close)
            self._server = ListeningUvicorn(configuration, _ADDRESS)
            self._serving = asyncio.create_task(
                self._server.serve([listener]), name="control plane"
            )
            unless_started.push_async_callback(cancelled, self._serving)
            await self._server.until_listening(self._serving)
            self.url = local_url(listener, encrypted=context is not None)
            unless_started.pop_all()
        log.info("control plane on %s", self.url)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
