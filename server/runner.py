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

from fastapi import FastAPI

from network.serving.errors import NotServing, UnusableCertificate
from network.serving.http_server import HttpServer, ListeningPlace, bound, local_url, resolved
from network.serving.tls import tls_context
from server.app import create_app
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.errors import ServerNotStarted
from server.protection.errors import CertificateUnusable, OpenToNetwork
from server.protection.keys import KeyFile, KeyRing
from server.protection.layers import protected
from server.protection.refusals import refusal_body
from server.settings import ServerSettings
from server.state import SpeechEngine
from server.transcription.opening import closed, opened

if TYPE_CHECKING:
    from server.transcription.listening_models import ListeningModels

log = logging.getLogger(__name__)

_KEEP_ALIVE_S: Final = 120
"""Longer than the client keeps an idle connection, so that the client closes it first."""
_HEADER_BYTES: Final = 64 * 1024
"""The largest headers of a request; a larger one gets 400."""
_SEND_BUFFER_BYTES: Final = 256 * 1024
"""What the system buffers for one connection. Its own choice grows to some megabytes, which a
client that reads nothing would fill."""
_BACKLOG: Final = 512
_LOOPBACK: Final = "127.0.0.1"


def espeak_only() -> EmbeddedVoices:
    """The voices of espeak-ng; no weights are needed.

    Raises:
        EngineUnavailable: its library or data do not load.
    """
    return EmbeddedVoices(EspeakVoices())


class EmbeddedServer:
    """The speech server on the running event loop; use it as an async context manager.

    ``async with EmbeddedServer(settings) as server: ... server.url``

    ``make_listening`` loads what transcribes. Without it, or where that fails, the server
    only speaks.
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
        make_listening: Callable[[], ListeningModels] | None = None,
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
        self._make_listening = make_listening
        self._listening: ListeningModels | None = None
        self._url = ""
        self._engine = ""
        self._voices: tuple[str, ...] = ()
        self._server: HttpServer | None = None

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
            place = _resolved(self._settings.host, self._settings.port)
            _check_open(place, bool(ring), self._settings, encrypted=context is not None)
        engine = await _made(self._make_engine)
        async with contextlib.AsyncExitStack() as unless_started:
            unless_started.callback(engine.close)
            self._listening, no_listening = await opened(self._make_listening)
            if self._listening is not None:
                unless_started.push_async_callback(closed, self._listening)
            if listener is None:
                listener = _listen(place, self._settings.host, self._settings.port)
            unless_started.callback(listener.close)
            self._url = local_url(listener, encrypted=context is not None)
            self._engine = engine.label
            self._voices = tuple(voice.id for voice in engine.voices())
            app = create_app(
                lambda: engine,
                self._listening,
                no_listening,
                self._settings.limits.input_chars,
            )
            self._prepare(app)
            server = _http_server(app, listener, self._settings, ring, context)
            try:
                self._server = await server.__aenter__()
            except NotServing as error:
                raise ServerNotStarted(f"the speech server: {error}") from error
            unless_started.pop_all()
        log.info("speech server on %s: %s", self._url, engine.label)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            await self._server.__aexit__(kind, error, trace)
        if self._listening is not None:
            await closed(self._listening)


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
    make_listening: Callable[[], ListeningModels] | None = None,
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
        settings, make_engine=make_engine, make_listening=make_listening, keys=keys, prepare=prepare
    ):
        await asyncio.Event().wait()


def with_login(url: str, key: str | None) -> str:
    """``url`` with ``key`` as the password of a login; without a key, ``url``."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}bot:{key}@{rest}" if key and rest else url


def _tls(settings: ServerSettings) -> ssl.SSLContext | None:
    if settings.tls_certificate is not None:
        try:
            return tls_context("server", settings.tls_certificate, settings.tls_key)
        except UnusableCertificate as error:
            raise CertificateUnusable(str(error)) from error
    if settings.tls_key is not None:
        raise CertificateUnusable("server.tls_key needs server.tls_certificate beside it")
    return None


def check_address(settings: ServerSettings, *, has_keys: bool) -> None:
    """Refuse what `EmbeddedServer` would refuse, for another HTTP server in its place.

    Raises:
        ServerNotStarted: the host is not an address.
        CertificateUnusable: the files of TLS cannot be used.
        OpenToNetwork: other machines reach the address, and there is no key.
    """
    encrypted = _tls(settings) is not None
    place = _resolved(settings.host, settings.port)
    _check_open(place, has_keys, settings, encrypted=encrypted)


def _check_open(
    place: ListeningPlace, keys: bool, settings: ServerSettings, *, encrypted: bool
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


def _http_server(
    app: FastAPI,
    listener: socket.socket,
    settings: ServerSettings,
    keys: KeyRing,
    context: ssl.SSLContext | None,
) -> HttpServer:
    return HttpServer(
        protected(app, settings.limits, keys, settings.cors_origins),
        listener,
        settings.limits,
        name="speech server",
        tls=context,
        body_of=refusal_body,
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )


def listen_on_loopback() -> socket.socket:
    """A socket that listens on a free port of loopback; connections wait until it is served.

    Raises:
        ServerNotStarted: the system has no loopback, or no free port.
    """
    listener = _listen(_resolved(_LOOPBACK, 0), _LOOPBACK, 0)
    listener.listen(_BACKLOG)
    return listener


def _resolved(host: str, port: int) -> ListeningPlace:
    try:
        return resolved(host, port)
    except OSError as error:
        raise ServerNotStarted(
            f"server.host {host!r} is not an address: {error.strerror}"
        ) from error


def _listen(place: ListeningPlace, host: str, port: int) -> socket.socket:
    try:
        return bound(place, send_buffer_bytes=_SEND_BUFFER_BYTES)
    except OSError as error:
        raise ServerNotStarted(
            f"the speech server cannot listen on {host} port {port} ({error.strerror}): "
            "set another SERVER_PORT, or 0 for a free one"
        ) from error
