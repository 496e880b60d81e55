"""The folder of the jobs: a folder for each, with its record, its log and its results.

jobs/in/                    files that `transcribe` may read
jobs/3f0c…/job.json         the record
          /log/             its log
          /out/             its results
          /outcome.json     written by a process of ours when its work is done
"""

from __future__ import annotations

import logging
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from fleet.jobs.errors import JobsUnusable
from fleet.jobs.job_log import JobLog
from fleet.jobs.records import JOB_ID, JobRecord
from state import StateError, read_state, write_state

log = logging.getLogger(__name__)

JOBS_FOLDER: Final = "jobs"
INBOX: Final = "in"
_RECORD: Final = "job.json"
OUTCOME: Final = "outcome.json"


class JobFolder:
    """The files of all jobs. Its methods do file I/O."""

    def __init__(self, folder: Path, *, log_bytes: int) -> None:
        self.root = folder
        self._log_bytes = log_bytes

    @property
    def inbox(self) -> Path:
        return self.root / INBOX

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            JobsUnusable: they cannot be made.
        """
        try:
            self.inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise JobsUnusable(
                f"{self.inbox} cannot be used for jobs ({error.strerror or error}): make it "
                "writable, or set fleet.jobs.kinds to []"
            ) from error

    def load(self) -> list[JobRecord]:
        """Every readable record, the oldest job first; an unreadable one is put aside.

        Raises:
            JobsUnusable: the folder cannot be read.
        """
        found = []
        try:
            for each in self.root.iterdir() if self.root.is_dir() else ():
                if not JOB_ID.fullmatch(each.name):
                    continue
                record = read_state(each / _RECORD, JobRecord.model_validate_json)
                if record is not None and record.id == each.name:
                    found.append(record)
        except (OSError, StateError) as error:
            raise JobsUnusable(f"the jobs in {self.root} cannot be read: {error}") from error
        return sorted(found, key=lambda record: record.asked_at)

    def save(self, record: JobRecord) -> None:
        """Write the record; it is on the disk when this returns.

        Raises:
            StateError: the disk does not take it.
        """
        write_state(self.of(record.id) / _RECORD, record.model_dump_json().encode())

    def of(self, ident: str) -> Path:
        """The folder of a job."""
        return self.root / ident

    def out(self, ident: str) -> Path:
        """The folder of its results."""
        return self.of(ident) / "out"

    def outcome(self, ident: str) -> Path:
        return self.of(ident) / OUTCOME

    def log_of(self, ident: str) -> JobLog:
        return JobLog(self.of(ident) / "log", self._log_bytes)

    def remove(self, records: Iterable[JobRecord]) -> None:
        """Delete these jobs with all their files."""
        for record in records:
            shutil.rmtree(self.of(record.id), ignore_errors=True)


def result_file(out: Path, name: str) -> Path | None:
    """The result of that name in the folder ``out``; None if there is none. A link is none."""
    path = out / name
    if Path(name).name != name or name in ("", ".", ".."):
        return None
    try:
        return path if stat.S_ISREG(path.lstat().st_mode) else None
    except (OSError, ValueError):
        return None


def readable_file(
    name: str,
    folders: Iterable[Path],
    jobs: Path,
    most_bytes: int,
    may_see: Callable[[str], bool],
) -> Path:
    """The file that ``name`` means, if a job may read it.

    ``name`` is a path in one of the ``folders`` (relative to it, or absolute), or ``JOB/NAME`` for
    a result of an earlier job in the folder ``jobs`` that ``may_see`` allows. Links that lead out
    of these folders are refused, and so are the files of jobs by their path.

    Raises:
        ValueError: there is none, it is outside, no file, or larger than ``most_bytes``.
    """
    ident, _, rest = name.partition("/")
    found: Path | None
    if JOB_ID.fullmatch(ident) and rest:
        found = result_file(jobs / ident / "out", rest) if may_see(ident) else None
    else:
        found = next(filter(None, (_below(folder, name) for folder in folders)), None)
        if found is not None and _is_of_a_job(found, jobs):
            found = None
    if found is None:
        raise ValueError("there is no such file in the folders that jobs may read")
    size = found.stat().st_size
    if size > most_bytes:
        raise ValueError(
            f"it has {size / 1e6:.0f} MB; at most {most_bytes / 1e6:.0f} (fleet.jobs.input_mb)"
        )
    return found


def _is_of_a_job(file: Path, jobs: Path) -> bool:
    """Whether a resolved file lies in the folder of a job."""
    root = jobs.resolve()
    return file.is_relative_to(root) and not file.is_relative_to(root / INBOX)


def _below(folder: Path, name: str) -> Path | None:
    """The regular file of that name, if it really lies below the folder."""
    try:
        real = (folder / name).resolve(strict=True)
        inside = real.is_relative_to(folder.resolve(strict=True))
        return real if inside and stat.S_ISREG(real.stat().st_mode) else None
    except (OSError, ValueError, RuntimeError):
        return None
