"""The real Gateway and its stub model, together."""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from testing.ports import free_port
from testing.real_gateway.config import gateway_config, gateway_environment, merged
from testing.real_gateway.directives import DirectedReply
from testing.real_gateway.errors import CommandFailed
from testing.real_gateway.install import Installed, install
from testing.real_gateway.process import STOP_GRACE_S, GatewayProcess
from testing.real_gateway.stub_model import StubModel

AGENTS = ("main", "jarvis", "sage")
_CLI_TIMEOUT_S = 60.0


class RealGateway:
    """A Gateway that can be restarted on the same address, with the same state."""

    def __init__(
        self,
        installed: Installed,
        stub: StubModel,
        folder: Path,
        *,
        agents: Sequence[str],
        extra_config: Mapping[str, Any],
    ) -> None:
        self.stub = stub
        self.folder = folder
        self.agents = tuple(agents)
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self._installed = installed
        self._extra_config = extra_config
        self._process: GatewayProcess | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The output of the process, over all its starts."""
        return self.folder / "gateway.out"

    @property
    def pid(self) -> int | None:
        """The id of the running process; None if there is none."""
        return self._process.pid if self._process is not None and self._process.running else None

    @property
    def _environment(self) -> dict[str, str]:
        return gateway_environment(
            self._installed,
            port=self.port,
            token=self.token,
            folder=self.folder,
            channels="channels" in self._extra_config,
        )

    async def start(self) -> None:
        """Start (again), and wait until it accepts clients.

        Raises:
            GatewayNotReady: it ended, or accepts no clients in time.
        """
        command = self._installed.command("gateway", "run")
        self._process = await GatewayProcess.start(
            command, self._environment, self.folder, self.log
        )
        await self._process.ready(self.http_url)

    async def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Stop it in order; kill it after ``grace_s``."""
        if self._process is not None:
            await self._process.terminate(grace_s)

    async def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            await self._process.kill()

    async def restart(self, grace_s: float = STOP_GRACE_S) -> None:
        """Restart: another process with the same state."""
        await self.stop(grace_s)
        await self.start()

    async def cli(self, *arguments: str) -> str:
        """Run ``openclaw ...`` against this Gateway; returns its output after 1 to 4 s.

        Raises:
            CommandFailed: it failed, or took more than a minute.
        """
        name = f"openclaw {' '.join(arguments)}"
        process = await asyncio.create_subprocess_exec(
            *self._installed.command(*arguments),
            cwd=self.folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_CLI_TIMEOUT_S):
                printed, _ = await process.communicate()
        except TimeoutError:
            raise CommandFailed(f"{name} was not done after {_CLI_TIMEOUT_S:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = printed.decode(errors="replace")
        if process.returncode != 0:
            raise CommandFailed(f"{name} failed with status {process.returncode}:\n{text[-2_000:]}")
        return text

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """The payload of a Gateway method, called by the command line with the owner's rights.

        Raises:
            CommandFailed: the Gateway answered with an error.
        """
        given = json.dumps(params or {})
        text = await self.cli("gateway", "call", method, "--json", "--params", given)
        return json.loads(text[text.index("{") :])

    def write_config(self) -> None:
        """Write the configuration once: later changes by the Gateway must persist."""
        for name in ("home", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        config = gateway_config(
            port=self.port,
            token=self.token,
            model_url=self.stub.url,
            agents=self.agents,
            folder=self.folder,
        )
        path = self.folder / "openclaw.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(merged(config, self._extra_config), indent=2), encoding="utf-8")


@asynccontextmanager
async def real_gateway(
    *,
    agents: Sequence[str] = AGENTS,
    extra_config: Mapping[str, Any] | None = None,
    pace: DirectedReply | None = None,
    cache: Path | None = None,
) -> AsyncIterator[RealGateway]:
    """A running Gateway on a free port of loopback, with its own state.

    The stub model answers on the event loop of the caller.

    Args:
        agents: their ids; the first is the default one.
        extra_config: updates the configuration (config.py), table by table.
        pace: the model's default times.
        cache: where the packages are; ``cache_folder()`` if None.

    Raises:
        InstallFailed: the packages are missing and cannot be downloaded.
        GatewayNotReady: it does not start; the text has the end of its log.
    """
    installed = await asyncio.to_thread(install, cache)
    with tempfile.TemporaryDirectory(prefix="openclaw-", ignore_cleanup_errors=True) as folder:
        async with StubModel(pace=pace) as stub:
            gateway = RealGateway(
                installed, stub, Path(folder), agents=agents, extra_config=extra_config or {}
            )
            try:
                gateway.write_config()
                await gateway.start()
                yield gateway
            finally:
                await gateway.kill()
