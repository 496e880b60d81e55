"""The speech server's runner: inside the bot, or alone with `run.py serve`.

Inside the bot it uses the bot's event loop. A thread or a process would not help: the engines run
outside the GIL, and no callback blocks the loop for 5 ms. Measured with espeak on two cores at ten
sentences a second, a 20 ms clock on the loop is 3 to 8 ms late (99th percentile) in all three
cases, and 2 to 6 ms without a server. A process would also add 1.5 s to the start, and could
outlive the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from server.app import create_app
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.errors import ServerNotStarted
from server.settings import ServerSettings
from server.state import SpeechEngine

log = logging.getLogger(__name__)

_KEEP_ALIVE_S: Final = 120
"""Longer than the client keeps an idle connection, so that the client closes it first."""
_GRACE_S: Final = 1
"""How long pending responses may take when the server stops."""


def espeak_only() -> EmbeddedVoices:
    """The voices of espeak-ng; no weights are needed.

    Raises:
        EngineUnavailable: its library or data do not load.
    """
    return EmbeddedVoices(EspeakVoices())


class EmbeddedServer:
    """The speech server on the running event loop; use it as an async context manager.

    ``async with EmbeddedServer(settings) as server: ... server.url``

    Raises:
        ServerNotStarted: the address cannot be used, or the application does not start.
        EngineUnavailable: the engine's library does not load.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        make_engine: Callable[[], SpeechEngine] = espeak_only,
    ) -> None:
        self._settings = settings
        self._make_engine = make_engine
        self._url = ""
        self._engine = ""
        self._voices: tuple[str, ...] = ()
        self._server: _Uvicorn | None = None
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
        """The server's URL on this machine, for example ``http://127.0.0.1:8090``."""
        return self._url

    async def __aenter__(self) -> Self:
        engine = await _made(self._make_engine)
        async with contextlib.AsyncExitStack() as unless_started:
            unless_started.callback(engine.close)
            listener = _listen(self._settings.host, self._settings.port)
            unless_started.callback(listener.close)
            self._url = _local_url(listener)
            self._engine = engine.label
            self._voices = tuple(voice.id for voice in engine.voices())
            self._server = _Uvicorn(_configuration(engine))
            self._serving = asyncio.create_task(
                self._server.serve([listener]), name="speech server"
            )
            unless_started.push_async_callback(_cancel, self._serving)
            await self._until_listening(self._server, self._serving)
            unless_started.pop_all()
        log.info("speech server on %s: %s", self._url, engine.label)
        return self

    async def _until_listening(self, server: _Uvicorn, serving: asyncio.Task[None]) -> None:
        listening = asyncio.create_task(server.listening.wait(), name="speech server start")
        try:
            await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(listening)
        if serving.done():
            await serving

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving


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


async def serve(settings: ServerSettings, make_engine: Callable[[], SpeechEngine]) -> None:
    """Run the server until cancelled; cancellation shuts it down gracefully.

    Raises:
        ServerNotStarted: the address cannot be used.
        EngineUnavailable: the engine's library does not load.
    """
    async with EmbeddedServer(settings, make_engine=make_engine):
        await asyncio.Event().wait()


def _configuration(engine: SpeechEngine) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(lambda: engine),
        lifespan="on",
        ws="none",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


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
            raise ServerNotStarted(
                "the speech server's application does not start; see the log"
            ) from error
        self.listening.set()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ServerNotStarted(
            f"server.host {host!r} is not an address: {error.strerror}"
        ) from error
    # asyncio disables Nagle's algorithm only if the protocol is named. With it, the end of each
    # response waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ServerNotStarted(
            f"the speech server cannot listen on {host} port {port} ({error.strerror}): "
            "set another SERVER_PORT, or 0 for a free one"
        ) from error
    return listener


def _local_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if listener.family == socket.AF_INET6:
        return f"http://[{'::1' if host == '::' else host}]:{port}"
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
