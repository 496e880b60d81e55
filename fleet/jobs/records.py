"""What is kept of a job: who asked for what, and what became of it. No I/O."""

from __future__ import annotations

import re
import time
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from fleet.jobs.settings import JobKind

JobState: TypeAlias = Literal[
    "queued", "running", "done", "failed", "cancelled", "timed out", "lost"
]
"""``lost``: the machine no longer knows how it ended, for example after it was switched off."""
OPEN: Final[frozenset[JobState]] = frozenset({"queued", "running"})
JOB_ID: Final = re.compile(r"[0-9a-f]{12}")


class TranscribeWork(BaseModel):
    """Speech to text of one file: either ``path``, which was allowed, or ``url``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["transcribe"] = "transcribe"
    path: str = ""
    url: str = ""
    language: str | None = None


class SynthesiseWork(BaseModel):
    """Text to speech, as one audio file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["synthesise"] = "synthesise"
    text: str
    voice: str
    speed: float = 1.0
    format: Literal["opus", "mp3", "wav"] = "opus"


class ContainerWork(BaseModel):
    """A container. ``args`` follow the image; ``gpus`` is how many."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["container"] = "container"
    image: str
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    cpus: float
    memory_mb: int
    gpus: int = 0


Work: TypeAlias = TranscribeWork | SynthesiseWork | ContainerWork


class ResultFile(BaseModel):
    """A file that a job made, in its folder ``out``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    size: int
    """Bytes."""


class JobOutcome(BaseModel):
    """How a job ended. ``detail`` is a sentence: what it made, or why it failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: JobState
    detail: str = ""
    exit_code: int | None = None
    files: tuple[ResultFile, ...] = ()
    lost_process: bool = False
    """Whether the process ended without a result, so that the job may be tried again."""


class JobRecord(BaseModel):
    """One job. Times are Unix time in seconds."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(pattern=JOB_ID.pattern)
    work: Work = Field(discriminator="kind")
    name: str = ""
    """The asking agent's name for it."""
    session_key: str | None = None
    asked_at: float = Field(default_factory=time.time)
    longest_s: float
    state: JobState = "queued"
    attempts: int = 0
    started_at: float | None = None
    ended_at: float | None = None
    cancelled: bool = False
    """Whether it was asked to end."""
    detail: str = ""
    exit_code: int | None = None
    files: tuple[ResultFile, ...] = ()
    gpus: tuple[int, ...] = ()
    """The indices of the GPUs that it has or had."""
    pid: int | None = None
    pid_created_at: float | None = None
    """When that process began; another one may have the same number later."""
    reported: bool = False
    """Whether its end is in the queue for the asking session."""

    @property
    def kind(self) -> JobKind:
        return self.work.kind

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def deadline(self) -> float:
        """When it is ended by force."""
        return (self.started_at or self.asked_at) + self.longest_s
