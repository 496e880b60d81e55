"""docker and podman on the command line: argument lists, never a shell; and what they answer.

Both take the same options, but for GPUs and the bound of the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fleet.jobs.errors import EngineFailed, NoContainer
from fleet.jobs.job_log import text_of
from fleet.jobs.records import ContainerWork
from fleet.jobs.settings import ContainerSettings

JOB_LABEL: Final = "openclaw-voice.job"
NODE_LABEL: Final = "openclaw-voice.node"
STOP_S: Final = 5
"""Seconds between SIGTERM and SIGKILL."""
ANSWER_S: Final = 30.0
"""Seconds that an engine may take for a question."""
START_S: Final = 600.0
"""Seconds that it may take to start a container, as it may have to fetch the image."""
_EXTRA_S: Final = 60
"""Podman ends a container by itself so long after its time, in case this program is not there."""
_END_S: Final = 10.0
_MOST_ERROR_CHARS: Final = 400
_GOES_ON: Final = frozenset({"running", "paused", "restarting", "stopping"})
_NO_CONTAINER: Final = re.compile(r"no such (container|object)", re.IGNORECASE)
_NO_IMAGE: Final = re.compile(r"no such image|image not known", re.IGNORECASE)
_PASSED_ON: Final = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "DBUS_SESSION_BUS_ADDRESS",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip
_PASSED_ON_BEGINS: Final = ("XDG_", "DOCKER_", "CONTAINER_", "CONTAINERS_", "REGISTRY_")


@dataclass(frozen=True, slots=True)
class ContainerState:
    """``exit_code`` counts once it does not run any more."""

    running: bool
    exit_code: int = 0
    out_of_memory: bool = False
    error: str = ""
    created: bool = False
    """Whether it has never begun."""


class ContainerEngine:
    """One engine, for the containers of one node."""

    def __init__(self, settings: ContainerSettings, node_id: str, *, log_bytes: int) -> None:
        self.settings = settings
        self._node_id = node_id
        self._log_bytes = log_bytes

    # -- argument lists --------------------------------------------------------------------------

    def run_args(
        self, ident: str, work: ContainerWork, gpus: Sequence[int], longest_s: float
    ) -> list[str]:
        """The arguments of ``run`` for a job; ``gpus`` are indices."""
        limits = self.settings
        podman = limits.engine == "podman"
        args = ["run", "--detach", "--name", container_name(ident)]
        args += ["--pull", "missing" if limits.pull else "never"]
        args += ["--label", f"{JOB_LABEL}={ident}", "--label", f"{NODE_LABEL}={self._node_id}"]
        args += ["--network", limits.network, "--read-only", "--cap-drop", "ALL"]
        args += ["--security-opt", "no-new-privileges", "--pids-limit", str(limits.processes)]
        args += ["--tmpfs", f"/tmp:rw,size={limits.tmp_mb}m,mode=1777,noexec,nosuid,nodev"]
        memory = f"{work.memory_mb}m"
        args += ["--cpus", f"{work.cpus:g}", "--memory", memory, "--memory-swap", memory]
        args += ["--log-driver", "json-file", "--log-opt", f"max-size={self._log_bytes // 1000}k"]
        if podman:
            args += ["--timeout", str(round(longest_s) + _EXTRA_S)]
        if limits.user:
            args += ["--user", limits.user]
        if gpus:
            args += _gpu_args(gpus, podman=podman)
        for entry in work.env:
            args += ["--env", entry]
        return [*args, "--", work.image, *work.args]

    # -- the engine ------------------------------------------------------------------------------

    async def version(self) -> str:
        """The version of the engine; for docker that of its daemon.

        Raises:
            EngineFailed: it is missing, or does not answer.
        """
        field = "{{.Client.Version}}" if self.settings.engine == "podman" else "{{.Server.Version}}"
        return (await self._ask("version", "--format", field)).strip()

    async def has_image(self, image: str) -> bool:
        """Whether the image is on this machine.

        Raises:
            EngineFailed: the engine does not answer.
        """
        try:
            await self._ask("image", "inspect", "--format", "{{.Id}}", "--", image)
        except EngineFailed as error:
            if _NO_IMAGE.search(str(error)):
                return False
            raise
        return True

    async def run(
        self, ident: str, work: ContainerWork, gpus: Sequence[int], longest_s: float
    ) -> None:
        """Start the container of a job.

        Raises:
            EngineFailed: it does not start; then nothing of it is left.
        """
        try:
            await self._ask(*self.run_args(ident, work, gpus, longest_s), within_s=START_S)
        except EngineFailed:
            with contextlib.suppress(EngineFailed):
                await self.remove(ident)
            raise

    async def state(self, ident: str) -> ContainerState:
        """
        Raises:
            NoContainer: there is none for that job.
            EngineFailed: the engine does not answer.
        """
        answer = await self._ask(
            "container", "inspect", "--format", "{{json .State}}", container_name(ident)
        )
        try:
            state: dict[str, Any] = json.loads(answer)
            return ContainerState(
                running=state["Status"] in _GOES_ON,
                exit_code=int(state["ExitCode"]),
                out_of_memory=bool(state.get("OOMKilled")),
                error=str(state.get("Error") or ""),
                created=state["Status"] in ("created", "initialized", "configured"),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise EngineFailed(f"{self.settings.engine} gave an unknown answer: {error}") from error

    async def wait(self, ident: str) -> None:
        """Until the container of a job has ended.

        Raises:
            EngineFailed: the engine does not answer any more.
        """
        await self._ask("wait", container_name(ident), within_s=None)

    async def stop(self, ident: str) -> None:
        """SIGTERM, and SIGKILL after `STOP_S`. A container that has ended, or is none, is no error.

        Raises:
            EngineFailed: the engine does not answer.
        """
        with contextlib.suppress(NoContainer):
            await self._ask(
                "stop", "-t", str(STOP_S), container_name(ident), within_s=ANSWER_S + STOP_S
            )

    async def remove(self, ident: str) -> None:
        """Remove a container, also a running one; none is no error.

        Raises:
            EngineFailed: the engine does not answer.
        """
        at_once = ("--time", "0") if self.settings.engine == "podman" else ()  # docker kills anyway
        with contextlib.suppress(NoContainer):
            await self._ask("rm", "--force", *at_once, container_name(ident))

    async def jobs(self) -> list[str]:
        """The ids of the jobs of this node whose containers are there, running or not.

        Raises:
            EngineFailed: the engine does not answer.
        """
        mine = f"label={NODE_LABEL}={self._node_id}"
        answer = await self._ask("ps", "--all", "--filter", mine, "--format", "{{.Names}}")
        names = [line.strip() for line in answer.splitlines()]
        return [job_of(name) for name in names if job_of(name)]

    async def exec(self, ident: str, args: Sequence[str], *, within_s: float) -> tuple[int, bytes]:
        """Run a command in a running container; its exit status and output, 16 kB at most.

        Raises:
            EngineFailed: it does not start.
            TimeoutError: it is not done in time, and may go on in the container.
        """
        process = await self._start(("exec", container_name(ident), *args))
        try:
            async with asyncio.timeout(within_s):
                output, cut = await _read_bounded(process, 16_000)
                status = await process.wait()
        finally:
            await end_process(process)
        if status == 125:
            raise EngineFailed(f"{self.settings.engine}: {_error_text(output)}")
        return status, output + (b"\n[the rest is cut]" if cut else b"")

    async def follow(self, ident: str) -> asyncio.subprocess.Process:
        """``logs --follow`` of a container with a time before each line; the caller ends it.

        Raises:
            EngineFailed: it does not start.
        """
        return await self._start(("logs", "--follow", "--timestamps", container_name(ident)))

    async def _ask(self, *args: str, within_s: float | None = ANSWER_S) -> str:
        process = await self._start(args, apart=True)
        try:
            async with asyncio.timeout(within_s):
                output, errors = await process.communicate()
        except TimeoutError:
            raise EngineFailed(
                f"{self.settings.engine} {args[0]} gave no answer within {within_s:g} s"
            ) from None
        finally:
            await end_process(process)
        if process.returncode != 0:
            text = _error_text(errors or output)
            kind = NoContainer if _NO_CONTAINER.search(text) else EngineFailed
            raise kind(f"{self.settings.engine} {args[0]}: {text}")
        return output.decode("utf-8", "replace")

    async def _start(
        self, args: Sequence[str], *, apart: bool = False
    ) -> asyncio.subprocess.Process:
        """Start the engine's program; ``apart`` keeps its errors out of its output."""
        program = shutil.which(self.settings.engine)
        if program is None:
            raise EngineFailed(
                f"{self.settings.engine} is not installed here, or not in the PATH of the bot "
                "(fleet.jobs.containers.engine)"
            )
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                program,
                *args,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if apart else subprocess.STDOUT,
                env=engine_environment(os.environ),
            )
        )
        try:
            return await asyncio.shield(starting)
        except (OSError, ValueError) as error:
            raise EngineFailed(f"{program} does not start: {error}") from error
        except asyncio.CancelledError:
            # asyncio may lose a process whose start is cancelled.
            with contextlib.suppress(OSError, ValueError):
                await end_process(await starting)
            raise


def container_name(ident: str) -> str:
    """The name of a job's container."""
    return f"openclaw-voice-{ident}"


def job_of(name: str) -> str:
    """The job of a container with that name; empty for another container."""
    lead = container_name("")
    return name.removeprefix(lead) if name.startswith(lead) else ""


def engine_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What the engine needs of our environment: its own settings, and no token of ours."""
    return {
        name: value
        for name, value in environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_BEGINS)
    }


def _gpu_args(gpus: Sequence[int], *, podman: bool) -> list[str]:
    """Podman takes GPUs by the names of the Container Device Interface; docker by --gpus, whose
    value is a line of CSV."""
    if podman:
        return [part for gpu in gpus for part in ("--device", f"nvidia.com/gpu={gpu}")]
    return ["--gpus", f'"device={",".join(map(str, gpus))}"']


def _error_text(output: bytes) -> str:
    text = " ".join(output.decode("utf-8", "replace").split()) or "it failed without a message"
    return text if len(text) <= _MOST_ERROR_CHARS else f"{text[: _MOST_ERROR_CHARS - 1]}…"


async def _read_bounded(process: asyncio.subprocess.Process, most: int) -> tuple[bytes, bool]:
    """The first bytes of the output, and whether there are more, which are read and dropped."""
    assert process.stdout is not None
    kept, cut = b"", False
    while data := await process.stdout.read(65_536):
        cut = cut or len(kept) + len(data) > most
        kept += data[: most - len(kept)]
    return text_of(kept, whole=not cut)[0].encode(), cut


async def end_process(process: asyncio.subprocess.Process) -> None:
    """Kill a program that still runs, and wait for it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_END_S):
            # asyncio takes a process as ended when its pipes are read to their end, too.
            for pipe in filter(None, (process.stdout, process.stderr)):
                while await pipe.read(65_536):
                    pass
            await process.wait()
