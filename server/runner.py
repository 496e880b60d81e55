"""The speech server on the running event loop: in the bot, or alone with `run.py serve`."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import uvicorn
from fastapi import FastAPI

from server.app import create_app
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.listening import (
    AddressNames,
    ListeningPlace,
    ListeningUvicorn,
    cancelled,
    listen,
    local_url,
    resolved,
)
from server.protection.errors import CertificateUnusable, OpenToNetwork
from server.protection.keys import KeyFile, KeyRing
from server.protection.layers import protected
from server.protection.protocol import guarded_protocols
from server.protection.tls import tls_context
from server.settings import ServerSettings
from server.state import SpeechEngine
from server.transcription.opening import closed, opened

if TYPE_CHECKING:
    from server.transcription.ears import Ears

log = logging.getLogger(__name__)

_KEEP_ALIVE_S: Final = 120
"""Longer than the client keeps an idle connection, so that the client closes it first."""
_GRACE_S: Final = 1
"""How long pending responses may take when the server stops."""
_HEADER_BYTES: Final = 64 * 1024
"""The largest headers of a request; a larger one gets 400."""
_BACKLOG: Final = 512
_LOOPBACK: Final = "127.0.0.1"
_ADDRESS: Final = AddressNames(
    "the speech server", "server.host", "set another SERVER_PORT, or 0 for a free one"
)


def espeak_only() -> EmbeddedVoices:
    """The voices of espeak-ng; no weights are needed.

    Raises:
        EngineUnavailable: its library or data do not load.
    """
    return EmbeddedVoices(EspeakVoices())


class EmbeddedServer:
    """The speech server on the running event loop; use it as an async context manager.

    ``async with EmbeddedServer(settings) as server: ... server.url``

    ``make_ears`` loads what transcribes; without it, or where it fails, the server only speaks.
    ``keys`` are the keys of which a request needs one; without any, none needs one. ``own_key`` is
    a further key, and stands in `url`. ``listener`` is a socket that listens already, in place of
    the address in the settings; the server closes it. ``prepare`` gets the application before the
    start, to add routes and middleware.

    Raises:
        ServerNotStarted: the address cannot be used, or the application does not start.
        EngineUnavailable: the engine's library does not load.
        ProtectionError: the keys or the certificate cannot be used, or the network could use the
            server without a key.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        make_engine: Callable[[], SpeechEngine] = espeak_only,
        make_ears: Callable[[], Ears] | None = None,
        keys: KeyFile | None = None,
        own_key: str | None = None,
        listener: socket.socket | None = None,
        prepare: Callable[[FastAPI], None] = lambda app: None,
    ) -> None:
        self._settings = settings
        self._prepare = prepare
        self._listener = listener
        self._keys = keys
        self._own_key = own_key
        self._make_engine = make_engine
        self._make_ears = make_ears
        self._ears: Ears | None = None
        self._url = ""
        self._engine = ""
        self._voices: tuple[str, ...] = ()
        self._server: ListeningUvicorn | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def engine(self) -> str:
        """The name of the engine that the agents speak with; empty before the start."""
        return self._engine

    @property
    def voices(self) -> tuple[str, ...]:
        """The ids of the engine's voices; none before the start."""
        return self._voices

    @property
    def url(self) -> str:
        """The server's URL on this machine, for example ``http://127.0.0.1:8090``.

        With a key of its own it is ``http://bot:KEY@127.0.0.1:8090``, which clients send as a
        login. It must not be shown.
        """
        return with_login(self._url, self._own_key)

    async def __aenter__(self) -> Self:
        ring = KeyRing(self._keys, self._own_key)
        context = _tls(self._settings)
        listener = self._listener
        if listener is None:
            place = resolved(self._settings.host, self._settings.port, _ADDRESS)
            _check_open(place, ring, self._settings, encrypted=context is not None)
        engine = await _made(self._make_engine)
        async with contextlib.AsyncExitStack() as unless_started:
            unless_started.callback(engine.close)
            self._ears, no_ears = await opened(self._make_ears)
            if self._ears is not None:
                unless_started.push_async_callback(closed, self._ears)
            if listener is None:
                listener = listen(place, self._settings.host, self._settings.port, _ADDRESS)
            unless_started.callback(listener.close)
            self._url = local_url(listener, encrypted=context is not None)
            self._engine = engine.label
            self._voices = tuple(voice.id for voice in engine.voices())
            app = create_app(lambda: engine, self._ears, no_ears, self._settings.cors_origins)
            self._prepare(app)
            self._server = ListeningUvicorn(
                _configuration(app, self._settings, ring, context), _ADDRESS
            )
            self._serving = asyncio.create_task(
                self._server.serve([listener]), name="speech server"
            )
            unless_started.push_async_callback(cancelled, self._serving)
            await self._server.until_listening(self._serving)
            unless_started.pop_all()
        log.info("speech server on %s: %s", self._url, engine.label)
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
        if self._ears is not None:
            await closed(self._ears)


async def _made(make_engine: Callable[[], SpeechEngine]) -> SpeechEngine:
    """A new engine; it is made in a thread, because a neural one takes seconds."""
    making = asyncio.get_running_loop().run_in_executor(None, make_engine)
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(_close_made)
        raise


def _close_made(making: asyncio.Future[SpeechEngine]) -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()


async def serve(
    settings: ServerSettings,
    make_engine: Callable[[], SpeechEngine],
    keys: KeyFile | None = None,
    make_ears: Callable[[], Ears] | None = None,
    prepare: Callable[[FastAPI], None] = lambda app: None,
) -> None:
    """Run the server until cancelled; cancellation shuts it down gracefully.

    Raises:
        ServerNotStarted: the address cannot be used.
        EngineUnavailable: the engine's library does not load.
        ProtectionError: the keys or the certificate cannot be used, or the network could use the
            server without a key.
    """
    async with EmbeddedServer(
        settings, make_engine=make_engine, make_ears=make_ears, keys=keys, prepare=prepare
    ):
        await asyncio.Event().wait()


def with_login(url: str, key: str | None) -> str:
    """``url`` with ``key`` as the password of a login; without a key, ``url``."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}bot:{key}@{rest}" if key and rest else url


def _tls(settings: ServerSettings) -> ssl.SSLContext | None:
    if settings.tls_certificate is not None:
        return tls_context(settings.tls_certificate, settings.tls_key)
    if settings.tls_key is not None:
        raise CertificateUnusable("server.tls_key needs server.tls_certificate beside it")
    return None


def _check_open(
    place: ListeningPlace, keys: KeyRing, settings: ServerSettings, *, encrypted: bool
) -> None:
    if ipaddress.ip_address(place.address[0].partition("%")[0]).is_loopback:
        return
    if not keys and not settings.open_to_everyone:
        raise OpenToNetwork(
            f"the speech server would serve every machine that reaches {settings.host}, without a "
            "key: make one with `python run.py serve keys add NAME`, or listen on 127.0.0.1 "
            "(SERVER_HOST), or set server.open_to_everyone to true"
        )
    if keys and not encrypted:
        log.warning(
            "the speech server's keys cross the network unencrypted: set server.tls_certificate, "
            "or put it behind a proxy with TLS"
        )
    if not keys:
        log.warning("anyone who reaches %s may use the speech server", settings.host)


def _configuration(
    app: FastAPI,
    settings: ServerSettings,
    keys: KeyRing,
    context: ssl.SSLContext | None,
) -> uvicorn.Config:
    http, websocket = guarded_protocols(settings.limits)
    return uvicorn.Config(
        protected(app, settings.limits, keys, settings.cors_origins),
        lifespan="on",
        http=http,
        ws=websocket,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_context_factory=None if context is None else lambda *_: context,
    )


def listen_on_loopback() -> socket.socket:
    """A socket that listens on a free port of loopback; connections wait until it is served.

    Raises:
        ServerNotStarted: the system has no loopback, or no free port.
    """
    listener = listen(resolved(_LOOPBACK, 0, _ADDRESS), _LOOPBACK, 0, _ADDRESS)
    listener.listen(_BACKLOG)
    return listener
