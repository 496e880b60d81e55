"""The jobs of this machine: what runs them, and how they reach agents."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self, TypeAlias

from fleet.jobs.book import CONTAINERS, SPEECH, JobBook
from fleet.jobs.commands import JobCommands
from fleet.jobs.containers import ContainerJobs
from fleet.jobs.engine import ContainerEngine
from fleet.jobs.errors import JobsUnusable
from fleet.jobs.folder import JOBS_FOLDER, JobFolder
from fleet.jobs.processes import ProcessJobs, WorkerSettings
from fleet.jobs.records import JobRecord
from fleet.session_notices import SessionNotices
from openclaw_client import CannotNow, DeviceStore
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.commands import NodeCommand
from settings import HOME, Settings
from tasks import OwnedTasks

log = logging.getLogger(__name__)

Say: TypeAlias = Callable[[str], None]

WORKER: Final = "app.fleet.job_worker"
_MB: Final = 1_000_000
_PASSED_ON: Final = re.compile(
    r"(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMP|TEMP|TMPDIR|SYSTEMROOT|VIRTUAL_ENV"
    r"|XDG_\w+|HF_HOME|LD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+|SSL_CERT_\w+|(HTTPS?|ALL|NO)_PROXY)",
    re.IGNORECASE,
)
"""Variables of the system. Ours hold tokens, and the worker gets its settings as an order."""
_SHOWN: Final = 20


class Jobs:
    """What a machine does of jobs; nothing where the settings have no kinds. An async context
    manager: what runs goes on after its end, and is found again by the next one."""

    def __init__(self, book: JobBook | None, commands: list[NodeCommand]) -> None:
        self.book = book
        self._commands = commands
        self._tasks = OwnedTasks(log)

    def commands(self) -> list[NodeCommand]:
        """What it adds to the commands of the node."""
        return self._commands

    def attach(self, notices: SessionNotices, audit: AuditLog) -> None:
        """Begin to work, and tell asking sessions by way of ``notices``."""
        if self.book is not None:
            self._tasks.spawn(self._begin(self.book, notices, audit), "begin with the jobs")

    async def _begin(self, book: JobBook, notices: SessionNotices, audit: AuditLog) -> None:
        try:
            await book.begin()
        except JobsUnusable as error:
            log.error("no jobs are taken: %s", error)
            return
        book.report_to(notices, audit)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()
        if self.book is not None:
            await self.book.aclose()


def job_command_names(settings: Settings) -> list[str]:
    """The names of the commands about jobs that the settings allow."""
    jobs = settings.fleet.jobs
    if not jobs.kinds:
        return []
    has_exec = "container" in jobs.kinds and jobs.containers.exec
    names = ["job.submit", "job.status", "job.list", "job.logs", "job.cancel"]
    return [*names, *(["container.exec"] if has_exec else [])]


def jobs_of(settings: Settings, state: Path) -> Jobs:
    """The jobs of this machine; ``state`` is the folder of its state."""
    jobs = settings.fleet.jobs
    if not jobs.kinds:
        return Jobs(None, [])
    folder = job_folder(settings, state)
    engine = container_engine(settings, place_id(folder.root))
    containers = ContainerJobs(engine, folder)
    speech = ProcessJobs(
        (sys.executable, "-m", WORKER),
        folder,
        _worker_settings(settings),
        _worker_environment(os.environ, jobs.threads),
    )
    book = JobBook(jobs, folder, {SPEECH: speech, CONTAINERS: containers})
    voice = next((each.voice for each in settings.agents.values() if each.voice), "jarvis")
    allowed = job_command_names(settings)
    commands = JobCommands(book, voice, containers if "container.exec" in allowed else None)
    return Jobs(book, commands.all())


def job_folder(settings: Settings, state: Path) -> JobFolder:
    """The files of the jobs."""
    return JobFolder(state / JOBS_FOLDER, log_bytes=_log_bytes(settings))


def container_engine(settings: Settings, node_id: str = "") -> ContainerEngine:
    """The engine of the settings, for the containers of one node."""
    jobs = settings.fleet.jobs
    return ContainerEngine(jobs.containers, node_id, log_bytes=_log_bytes(settings))


def place_id(folder: Path) -> str:
    """What tells the containers of this node from those of another one on the same machine."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _log_bytes(settings: Settings) -> int:
    return round(settings.fleet.jobs.log_mb * _MB)


def _worker_settings(settings: Settings) -> WorkerSettings:
    jobs = settings.fleet.jobs
    server = settings.server.model_dump(
        mode="json", include={"engine", "device", "transcription"}
    ) | {"threads": jobs.threads}
    stt = {**settings.pipeline.stt.model_dump(mode="json"), "threads": jobs.threads}
    pipeline = {"stt": stt, "vad": settings.pipeline.vad.model_dump(mode="json")}
    models = settings.models.model_dump(mode="json")
    return WorkerSettings(
        input_bytes=jobs.input_mb * _MB,
        url_hosts=jobs.url_hosts,
        nice=jobs.nice,
        config=json.dumps({"pipeline": pipeline, "models": models, "server": server}),
    )


def _worker_environment(environ: Mapping[str, str], threads: int) -> dict[str, str]:
    """That of the system, without our own: the worker opens files of others."""
    kept = {name: value for name, value in environ.items() if _PASSED_ON.fullmatch(name)}
    path = os.pathsep.join(filter(None, (str(HOME), environ.get("PYTHONPATH", ""))))
    bound = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **bound, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


# -- the command line --------------------------------------------------------------------------


async def show_jobs(settings: Settings, say: Say = print) -> int:
    """Say what the settings allow, and list the newest jobs; returns the exit status.

    Raises:
        CannotNow: the folder of the jobs cannot be read.
    """
    jobs = settings.fleet.jobs
    if not jobs.kinds:
        say("This machine takes no jobs: fleet.jobs.kinds is empty.")
    else:
        say(f"kinds: {', '.join(jobs.kinds)}")
    if "container" in jobs.kinds:
        images = ", ".join(jobs.containers.images) or "none (fleet.jobs.containers.images)"
        say(f"images: {images}, by {jobs.containers.engine}")
    folder = job_folder(settings, DeviceStore.of(settings.openclaw).folder)
    say(f"files for transcribe: {', '.join(map(str, (folder.inbox, *jobs.folders)))}")
    try:
        records = folder.load()
    except JobsUnusable as error:
        raise CannotNow(str(error)) from error
    for record in records[::-1][:_SHOWN]:
        say(line_of(record, time.time()))
    if len(records) > _SHOWN:
        say(f"and {len(records) - _SHOWN} older ones in {folder.root}")
    if not records:
        say("No job was given yet.")
    return 0


def line_of(record: JobRecord, now: float) -> str:
    """A job as a line: ``3f0c…  transcribe  done  12 s  agent:jarvis:main  minutes of Monday``."""
    asked = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.asked_at))
    end = record.ended_at or now
    seconds = "" if record.started_at is None else f"{max(0, round(end - record.started_at))} s"
    words = "; ".join(filter(None, (record.name, record.detail)))
    asker = record.session_key or "command line"
    return (
        f"{record.id}  {asked}  {record.kind:<10} {record.state:<9} {seconds:>7}  {asker}  {words}"
    )
