"""Jobs that are processes of our own: speech to text and text to speech, at a low priority.

A process gets its work on standard input, writes its log to the job's folder, and its outcome to
`outcome.json` there. It outlives this program, which finds it again by its number and its start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil
from pydantic import BaseModel, ConfigDict

from fleet.jobs.errors import JobError
from fleet.jobs.folder import JobFolder
from fleet.jobs.records import JobOutcome, JobRecord, Work
from state import StateError, read_state

log = logging.getLogger(__name__)

_POLL_S: Final = 0.2
_STOP_S: Final = 5.0
_SAME_START_S: Final = 5.0
"""The system's start time of a process moves a little when the machine's clock is corrected."""
_CHILDREN: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""The processes that this one has begun: only their parent can learn how they ended."""


class WorkerSettings(BaseModel):
    """The part of the orders that is the same for all jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_bytes: int
    """Size of a file that it may read or fetch."""
    url_hosts: tuple[str, ...]
    nice: int
    config: str
    """Further settings, as JSON, for the program that does the work."""


class ProcessOrders(BaseModel):
    """What the process of a job reads from its standard input."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    work: Work
    out: Path
    """The folder for its results."""
    outcome: Path
    """The file for its outcome."""
    settings: WorkerSettings


class ProcessNotStarted(JobError):
    """The process of a job cannot be started."""


class ProcessJobs:
    """Runs jobs by ``command``, a program and its arguments, which reads `ProcessOrders`."""

    def __init__(
        self,
        command: Sequence[str],
        folder: JobFolder,
        settings: WorkerSettings,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``environment`` is that of the processes; without one, ours."""
        self._command = tuple(command)
        self._folder = folder
        self._settings = settings
        self._environment = None if environment is None else dict(environment)

    async def start(self, record: JobRecord) -> None:
        """Sets ``pid`` and ``pid_created_at`` of the record.

        Raises:
            ProcessNotStarted: the system does not start it.
        """
        try:
            record.pid = await asyncio.to_thread(self._start, record)
            record.pid_created_at = _created_at(record.pid) or time.time()
        except OSError as error:
            raise ProcessNotStarted(f"its process does not start: {error}") from error

    def _start(self, record: JobRecord) -> int:
        orders = ProcessOrders(
            work=record.work,
            out=self._folder.out(record.id),
            outcome=self._folder.outcome(record.id),
            settings=self._settings,
        )
        self._folder.outcome(record.id).unlink(missing_ok=True)
        self._folder.out(record.id).mkdir(mode=0o700, parents=True, exist_ok=True)
        own_log = self._folder.log_of(record.id).first_segment
        own_log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with own_log.open("ab") as output:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                # Ctrl-C in a terminal is for the bot; and the whole group can be ended.
                start_new_session=True,
            )
        _CHILDREN[process.pid] = process
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(orders.model_dump_json().encode() + b"\n")
        return process.pid

    async def wait(self, record: JobRecord) -> JobOutcome:
        """Until the process has ended."""
        await _gone(record)
        child = _CHILDREN.pop(record.pid or 0, None)
        status = None if child is None else child.returncode
        try:
            outcome = await asyncio.to_thread(
                read_state, self._folder.outcome(record.id), JobOutcome.model_validate_json
            )
        except StateError as error:
            return JobOutcome(state="lost", detail=f"its outcome cannot be read: {error}")
        if outcome is not None:
            return outcome
        how = "" if status is None else f" ({_status_text(status)})"
        return JobOutcome(
            state="lost", detail=f"its process ended without a result{how}", lost_process=True
        )

    async def stop(self, record: JobRecord) -> None:
        """End the process and those that it began: SIGTERM, then SIGKILL."""
        for sign, wait_s in ((signal.SIGTERM, _STOP_S), (_KILL, _STOP_S)):
            if not _is_alive(record) or record.pid is None:
                return
            _signal(record.pid, sign)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await _gone(record)

    async def tidy(self, is_open: Callable[[str], bool]) -> None:
        """Nothing is left of a process that has ended."""


_KILL: Final = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


def _signal(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, sign)
        else:
            os.killpg(pid, sign)


async def _gone(record: JobRecord) -> None:
    """Until its process has ended. A process that is not our child can only be looked at."""
    while _is_alive(record):  # noqa: ASYNC110 - see above
        await asyncio.sleep(_POLL_S)


def _is_alive(record: JobRecord) -> bool:
    """Whether the process of the record runs, and not another one that got its number."""
    if record.pid is None:
        return False
    if (child := _CHILDREN.get(record.pid)) is not None:
        return child.poll() is None
    began = _created_at(record.pid)
    return began is not None and abs(began - (record.pid_created_at or 0.0)) < _SAME_START_S


def _created_at(pid: int) -> float | None:
    """When a process began, as Unix time; None if there is none, or it has ended."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.Error:
        return None


def _status_text(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"
