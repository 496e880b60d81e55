"""The bot's speech server in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from backoff import Backoff
from logs import LogForm
from models.settings import ModelsSettings
from server.errors import EngineUnavailable, ServerNotStarted
from server.own_process.messages import ServerOrders, ServerReport
from server.protection.keys import random_key
from server.runner import listen_on_loopback, with_login
from server.settings import ServerSettings
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_CHILD: Final = "server.own_process.child"
_HOME: Final = Path(__file__).resolve().parents[2]
_END_S: Final = 5.0
"""How long the process may take to end by itself."""
_FIRST_RETRY_S: Final = 0.2
_LONGEST_RETRY_S: Final = 30.0
_LONGEST_REPORT: Final = 1 << 20


class SpeechProcess:
    """The speech server on loopback, in a process that ends with this one.

    ``async with SpeechProcess(...) as server: ... server.url``

    A server that ends is started again. The bot itself holds the listening socket, so that
    requests wait meanwhile and the address stays. ``stock`` and ``wait`` are those of
    `open_voices`; ``log_form`` is that of its log, on the bot's stderr. `begin` starts it ahead of
    the ``async with``, which waits until it listens.

    Raises:
        EngineUnavailable: the engine of the settings cannot be used.
        ServerNotStarted: the process does not start.
    """

    def __init__(
        self,
        settings: ServerSettings,
        models: ModelsSettings,
        *,
        stock: Sequence[str] | None = None,
        wait: bool = False,
        log_form: LogForm = "text",
    ) -> None:
        self._settings = settings
        self._models = models
        self._stock = None if stock is None else tuple(stock)
        self._wait = wait
        self._log_form = log_form
        self._key = random_key()
        self._listener: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._report = ServerReport()
        self._tasks = OwnedTasks(log, expected=(ServerNotStarted, EngineUnavailable))
        self._beginning: asyncio.Task[ServerReport] | None = None

    @property
    def engine(self) -> str:
        """The name of the engine that the agents speak with; empty before the start."""
        return self._report.engine

    @property
    def voices(self) -> tuple[str, ...]:
        """The ids of the engine's voices; none before the start."""
        return self._report.voices

    @property
    def url(self) -> str:
        """The server's URL on this machine, with its key as a login. It must not be shown."""
        if self._listener is None:
            return ""
        host, port = self._listener.getsockname()[:2]
        return with_login(f"http://{host}:{port}", self._key)

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start the process, and return at once."""
        if self._beginning is None:
            self._listener = listen_on_loopback()
            self._beginning = self._tasks.spawn(self._start(), "speech server start")

    async def __aenter__(self) -> Self:
        self.begin()
        assert self._beginning is not None
        try:
            self._report = await self._beginning
        except BaseException:
            await self.aclose()
            raise
        self._tasks.spawn(self._keep(), "speech server process")
        log.info("speech server in process %s: %s", self.pid, self.engine)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the process, also one that has only begun."""
        await self._tasks.aclose()
        if self._process is not None:
            await _end(self._process, within_s=_END_S if self._report.engine else 0.0)
            self._process = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _start(self) -> ServerReport:
        """Start the process, and wait until it listens."""
        assert self._listener is not None
        listener = self._listener.fileno()
        windows = sys.platform == "win32"
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                _CHILD,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": _python_path()},
                pass_fds=() if windows else (listener,),
                limit=_LONGEST_REPORT,
            )
        except OSError as error:
            raise ServerNotStarted(
                f"the speech server's process does not start ({error}); set server.own_process to "
                "false to speak within the bot"
            ) from error
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError):  # its end is told below
            process.stdin.write(self._orders(process.pid, listener))
            await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise ServerNotStarted(
                f"the speech server's process ended at its start with status "
                f"{await process.wait()}; the log above has the reason"
            )
        report = ServerReport.model_validate_json(line)
        if report.error:
            raise EngineUnavailable(report.error)
        return report

    def _orders(self, pid: int, listener: int) -> bytes:
        if sys.platform == "win32":
            assert self._listener is not None
            shared = base64.b64encode(self._listener.share(pid)).decode()
        else:
            shared = str(listener)
        orders = ServerOrders(
            server=self._settings,
            models=self._models,
            own_key=self._key,
            stock=self._stock,
            wait=self._wait,
            log_level=logging.getLevelName(logging.getLogger("server").getEffectiveLevel()),
            log_form=self._log_form,
            listener=shared,
        )
        return orders.model_dump_json().encode() + b"\n"

    async def _keep(self) -> None:
        """Start the process again whenever it ends."""
        backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        while True:
            assert self._process is not None
            status = await self._process.wait()
            wait_s = backoff.next_s()
            log.error(
                "the speech server's process ended with status %s; again in %.1f s", status, wait_s
            )
            await asyncio.sleep(wait_s)
            try:
                self._report = await self._start()
            except (ServerNotStarted, EngineUnavailable) as error:
                log.error("the speech server does not start again: %s", error)
                continue
            backoff.reset()
            log.info("speech server in process %s again: %s", self.pid, self.engine)


async def _end(process: asyncio.subprocess.Process, *, within_s: float) -> None:
    """Close the pipe, which ends the process; kill one that goes on."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        if within_s:
            log.info("the speech server's process %s was busy, and was killed", process.pid)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _python_path() -> str:
    """The project's folder before what the user set."""
    return os.pathsep.join(filter(None, (str(_HOME), os.environ.get("PYTHONPATH", ""))))
