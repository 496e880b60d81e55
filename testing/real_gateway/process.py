"""One Gateway process: start, readiness, and a certain end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from testing.real_gateway.errors import GatewayNotReady

START_TIMEOUT_S = 120.0
STOP_GRACE_S = 8.0
"""Seconds that it has to end: a Gateway waits minutes for running turns."""
_POLL_S = 0.1
_LOG_LINES = 20


class GatewayProcess:
    """The process and its group of helpers."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> GatewayProcess:
        """Start it, not yet ready; its output goes to ``log``."""
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return cls(process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def ready(self, http_url: str, timeout_s: float = START_TIMEOUT_S) -> None:
        """Until it accepts clients.

        Raises:
            GatewayNotReady: it ended, or ran out of time.
        """
        try:
            async with asyncio.timeout(timeout_s), httpx.AsyncClient(trust_env=False) as http:
                while not await _answers_ready(http, http_url):
                    if not self.running:
                        status = self._process.returncode
                        raise GatewayNotReady(f"it ended with status {status}:\n{self.log_tail()}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            raise GatewayNotReady(
                f"it took no clients within {timeout_s:.0f} s:\n{self.log_tail()}"
            ) from None

    async def terminate(self, grace_s: float = STOP_GRACE_S) -> None:
        """Ask it to stop; kill it after ``grace_s``."""
        if self.running:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """Kill it and the helpers in its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    def log_tail(self) -> str:
        """The last lines of its output."""
        text = self._log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-_LOG_LINES:])


async def _answers_ready(http: httpx.AsyncClient, http_url: str) -> bool:
    try:
        answer = await http.get(f"{http_url}/readyz", timeout=2.0)
        return bool(answer.json().get("ready") is True)
    except (httpx.HTTPError, ValueError):
        return False
