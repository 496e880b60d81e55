"""A speech server in a process of its own, and what memory it takes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from testing.ports import free_port

ROOT: Final = Path(__file__).parents[2]
_START_S: Final = 240.0
_SAMPLE_S: Final = 0.05
MIB: Final = 1 << 20


class ServerDidNotStart(Exception):
    """The server of a measurement ended, or does not answer."""


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A running server."""

    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def memory_mib(self) -> float:
        """The resident memory of the process; 0 where the system has no /proc."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except OSError:
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / MIB


@dataclass
class PeakMemory:
    """The most resident memory while `watch` is open, in MiB."""

    most_mib: float = 0.0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    @asynccontextmanager
    async def watch(self, server: MeasuredServer) -> AsyncIterator[None]:
        task = asyncio.create_task(self._sample(server))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _sample(self, server: MeasuredServer) -> None:
        while True:
            self.most_mib = max(self.most_mib, server.memory_mib())
            await asyncio.sleep(_SAMPLE_S)


@asynccontextmanager
async def speech_server_process(
    tree: Path = ROOT, variables: Mapping[str, str] | None = None
) -> AsyncIterator[MeasuredServer]:
    """``run.py serve`` of the checkout ``tree`` on a free port of loopback, without any key.

    Raises:
        ServerDidNotStart: it ended, or does not answer within four minutes.
    """
    port = free_port()
    environment = {
        **os.environ,
        "SERVER_HOST": "127.0.0.1",
        "SERVER_PORT": str(port),
        "LOG_LEVEL": "ERROR",
        **(variables or {}),
    }
    with ended([sys.executable, str(tree / "run.py"), "serve"], tree, environment) as process:
        server = MeasuredServer("127.0.0.1", port, process.pid)
        await _until_it_answers(server, process)
        yield server


@contextlib.contextmanager
def ended(
    command: Sequence[str], folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended at the end of the block."""
    process = subprocess.Popen(command, env=variables, cwd=folder, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _until_it_answers(server: MeasuredServer, process: subprocess.Popen[bytes]) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for _ in range(int(_START_S / 0.2)):
            if process.poll() is not None:
                raise ServerDidNotStart(f"the server ended with status {process.returncode}")
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(server.url + "/health")).is_success:
                    return
            await asyncio.sleep(0.2)
    raise ServerDidNotStart(f"{server.url} does not answer")
